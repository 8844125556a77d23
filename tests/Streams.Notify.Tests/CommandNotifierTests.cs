namespace Streams.Notify.Tests;

public sealed class CommandNotifierTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("streams-notify-");

    private string Output => Path.Combine(_folder.FullName, "output");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void The_command_has_the_alert_on_its_standard_input()
    {
        Notify(["tee", "-a", Output], "a\nb");
        Assert.Equal(["a\nb"], Some.Messages(File.ReadAllLines(Output)));
    }

    [Fact]
    public void No_shell_reads_the_arguments()
    {
        Notify(["sh", "-c", "printf %s \"$1\" > \"$2\"", "sh", "$(id); `id` | * \"", Output]);
        Assert.Equal("$(id); `id` | * \"", File.ReadAllText(Output));
    }

    [Theory]
    [InlineData("cat > /dev/null; exit 3", "sh ended with exit code 3")]
    [InlineData("echo no such channel >&2; exit 1", "sh ended with exit code 1: no such channel")]
    [InlineData("exec <&-; exit 2", "sh ended with exit code 2")]
    public void A_command_that_fails_is_told_and_not_run_again(string script, string expected)
    {
        var failure = Assert.Throws<DeliveryException>(() => Notify(["sh", "-c", script]));
        Assert.Equal(expected, failure.Message);
        Assert.False(failure.IsTransient);
    }

    [Fact]
    public void A_command_that_is_not_there_is_told()
    {
        var failure = Assert.Throws<DeliveryException>(() => Notify([Path.Combine(_folder.FullName, "nothing")]));
        Assert.Contains("nothing cannot be run: ", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_command_need_not_read() => Notify(["true"], new string('x', 1 << 20));

    [Fact]
    public void A_command_may_say_much() => Notify(["sh", "-c", "head -c 1000000 /dev/zero; head -c 1000000 /dev/zero >&2"]);

    [Fact]
    public async Task A_command_that_takes_too_long_is_killed_with_what_it_started()
    {
        var time = new ManualTime();
        string fifo = Path.Combine(_folder.FullName, "alive");
        Notify(["mkfifo", fifo]);

        // The pipe ends when nobody holds it any more: neither the shell nor what it has started.
        using var slow = new CommandNotifier(
            new CommandOptions { Argv = ["sh", "-c", "(echo started; exec tail -f /dev/null) > \"$0\"; :", fifo] }, time);
        Task notifying = Task.Run(
            () => slow.Notify(Some.Alert(), TestContext.Current.CancellationToken), TestContext.Current.CancellationToken);
        using var alive = new StreamReader(fifo);
        Assert.Equal(
            "started",
            await alive.ReadLineAsync(TestContext.Current.CancellationToken).AsTask()
                .WaitAsync(Some.Patience, TestContext.Current.CancellationToken));
        Assert.Equal(TimeSpan.FromSeconds(10), await time.Fire());
        var failure = await Assert.ThrowsAsync<DeliveryException>(
            () => notifying.WaitAsync(Some.Patience, TestContext.Current.CancellationToken));
        Assert.Equal("sh ran for more than 10 s and was killed", failure.Message);
        Assert.Null(
            await alive.ReadLineAsync(TestContext.Current.CancellationToken).AsTask()
                .WaitAsync(Some.Patience, TestContext.Current.CancellationToken));
    }

    private static void Notify(IReadOnlyList<string> argv, string message = "a")
    {
        using var notifier = new CommandNotifier(new CommandOptions { Argv = argv }, TimeProvider.System);
        notifier.Notify(Some.Alert(message), TestContext.Current.CancellationToken);
    }
}
