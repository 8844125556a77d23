namespace Streams.Notify.Tests;

public sealed class SlackWebhookTests : IDisposable
{
    private const string Secret = "https://hooks.slack.com/services/T000/B000/secret";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("streams-notify-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void It_is_read_from_a_file_that_only_its_owner_can_read()
    {
        SlackWebhook webhook = SlackWebhook.FromFile(Written($"{Secret}\n", UnixFileMode.UserRead | UnixFileMode.UserWrite));
        Assert.Equal(Secret, webhook.Address.ToString());
        Assert.DoesNotContain("secret", webhook.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(UnixFileMode.GroupRead)]
    [InlineData(UnixFileMode.OtherRead)]
    [InlineData(UnixFileMode.GroupWrite)]
    public void A_file_that_others_may_read_or_write_is_refused_with_the_remedy(UnixFileMode others)
    {
        string path = Written(Secret, UnixFileMode.UserRead | others);
        var failure = Assert.Throws<FormatException>(() => SlackWebhook.FromFile(path));
        Assert.Contains($"chmod 0600 {path}", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_missing_is_reported() =>
        Assert.Contains(
            "does not exist",
            Assert.Throws<FormatException>(() => SlackWebhook.FromFile(Path.Combine(_folder.FullName, "none"))).Message,
            StringComparison.Ordinal);

    [Theory]
    [InlineData(null, "the environment variable HOOK is not set")]
    [InlineData("", "the environment variable HOOK is not set")]
    [InlineData("secret", "the environment variable HOOK does not hold the address")]
    [InlineData("http://hooks.slack.com/secret", "the environment variable HOOK does not hold the address")]
    [InlineData("file:///secret", "the environment variable HOOK does not hold the address")]
    public void What_is_no_address_of_a_webhook_is_refused_without_showing_it(string? value, string expected)
    {
        var failure = Assert.Throws<FormatException>(() => SlackWebhook.FromVariable("HOOK", value));
        Assert.StartsWith(expected, failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", failure.Message, StringComparison.Ordinal);
    }

    private string Written(string text, UnixFileMode mode)
    {
        string path = Path.Combine(_folder.FullName, "webhook");
        File.WriteAllText(path, text);
        File.SetUnixFileMode(path, mode);
        return path;
    }
}
