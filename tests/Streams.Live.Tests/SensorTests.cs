using System.Text.Json;

namespace Streams.Live.Tests;

/// <summary>Somebody stops or kills the sensor: who did it, for how long it was blind, and that it was down.</summary>
[Trait("Found", "Q7")]
public sealed class SensorTests : IDisposable
{
    private const string Collectors = """{ "audit": { "socket_type": "unicast" }, "files": { "enabled": false } }""";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("streams-sensor-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Who_stops_it_is_reported_when_it_continues()
    {
        using KernelAudit audit = KernelAudit.Take();
        await using LiveStreams streams = await LiveStreams.Start(_folder.FullName, Collectors);
        await Signal("STOP", streams.Id);
        await IsStopped(streams.Id);
        await Signal("CONT", streams.Id);

        JsonElement attack = await Attack(streams, "sent Streams SIGSTOP");
        Assert.Equal("high", attack.GetProperty("streams").GetProperty("alert").GetProperty("severity").GetString());
        await Attack(streams, "/kill sent Streams SIGCONT, as ");
    }

    [Theory]
    [InlineData("a thread")]
    [InlineData("its group")]
    public async Task A_stop_is_known_however_the_process_is_named(string target)
    {
        using KernelAudit audit = KernelAudit.Take();
        await using LiveStreams streams = await LiveStreams.StartUnder(["setsid"], _folder.FullName, Collectors);
        // The oldest beside the first: those of the runtime stay, those of the pool end.
        int thread = Directory.EnumerateDirectories($"/proc/{streams.Id}/task").Select(path => int.Parse(Path.GetFileName(path)))
            .Where(id => id != streams.Id).Min();
        await Signal("STOP", target == "a thread" ? thread : -streams.Id);
        await IsStopped(streams.Id);
        await Signal("CONT", streams.Id);
        await Attack(streams, "/kill sent Streams SIGSTOP, as ");
    }

    // Those of the run before are loaded when the next one starts.
    [Fact]
    public async Task The_rules_about_it_go_in_front_of_those_of_an_earlier_run()
    {
        using KernelAudit audit = KernelAudit.Take();
        await using (LiveStreams first = await LiveStreams.Start(_folder.FullName, Collectors)) await first.Stop();
        Assert.NotEmpty(KernelAudit.Rules());
        await using LiveStreams streams = await LiveStreams.Start(_folder.FullName, Collectors);
        string[] guard = [.. KernelAudit.Rules().Skip(2).Take(6)];
        Assert.All(guard, rule => Assert.EndsWith("-F key=streams-guard", rule, StringComparison.Ordinal));
        Result limits = await Result.Of("prlimit", $"--pid={streams.Id}", "--core=0:0");
        Assert.True(limits.Code == 0, limits.Error);
        await Attack(streams, "/prlimit set a resource limit of Streams, as ");
    }

    [Fact]
    public async Task Signals_that_do_nothing_are_not_an_attack()
    {
        using KernelAudit audit = KernelAudit.Take();
        await using LiveStreams streams = await LiveStreams.Start(_folder.FullName, Collectors);
        await Signal("0", streams.Id);
        await Signal("WINCH", streams.Id);
        await Signal("CONT", streams.Id);
        await Attack(streams, "/kill sent Streams SIGCONT, as ");
        Assert.Single(streams.Seen, alert => alert.GetProperty("rule").GetProperty("name").GetString() == "sensor-attacked");
    }

    // How long it was stopped is known by its own clock, which nothing but time moves: only in a long run. With clocks of their own,
    // Streams.Host.Tests has the cases.
    [Fact]
    public async Task For_how_long_it_was_stopped_is_reported_when_it_continues()
    {
        Assert.SkipUnless(
            Environment.GetEnvironmentVariable("STREAMS_TEST_LONG") is { Length: > 0 }, "waits for more than five seconds: ./test --long");
        using KernelAudit audit = KernelAudit.Take();
        await using LiveStreams streams = await LiveStreams.Start(_folder.FullName, Collectors);
        await Signal("STOP", streams.Id);
        await IsStopped(streams.Id);
        using var clock = new PeriodicTimer(TimeSpan.FromSeconds(8));
        await clock.WaitForNextTickAsync(TestContext.Current.CancellationToken);
        await Signal("CONT", streams.Id);
        await streams.Alert("sensor-stopped");
    }

    [Fact]
    public async Task A_kill_is_reported_by_the_next_start()
    {
        using KernelAudit audit = KernelAudit.Take();
        await using LiveStreams killed = await LiveStreams.Start(_folder.FullName, Collectors);
        await killed.KillNow();
        await using LiveStreams next = await LiveStreams.Start(_folder.FullName, Collectors);
        JsonElement down = await next.Alert("sensor-down");
        Assert.Contains("it was killed or has crashed", Message(down), StringComparison.Ordinal);
    }

    private static Task<JsonElement> Attack(LiveStreams streams, string act) =>
        streams.Alert("sensor-attacked", alert => Message(alert).Contains(act, StringComparison.Ordinal));

    private static async Task Signal(string name, int pid)
    {
        Result sent = await Result.Of("/bin/kill", $"-{name}", "--", $"{pid}");
        Assert.True(sent.Code == 0, sent.Error);
    }

    // proc_pid_stat(5): the state stands behind the name.
    private static async Task IsStopped(int pid)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        while (!(await File.ReadAllTextAsync($"/proc/{pid}/stat", patience.Token)).Contains(") T ", StringComparison.Ordinal))
            await Task.Yield();
    }

    private static string Message(JsonElement alert) => alert.GetProperty("message").GetString()!;
}
