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

        JsonElement attack = await streams.Alert("sensor-attacked", alert => Message(alert).Contains("sent Streams SIGSTOP", StringComparison.Ordinal));
        Assert.Equal("high", attack.GetProperty("streams").GetProperty("alert").GetProperty("severity").GetString());
        await streams.Alert("sensor-attacked", alert => Message(alert).Contains("sent Streams SIGCONT", StringComparison.Ordinal));
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

    private static async Task Signal(string name, int pid)
    {
        Result sent = await Result.Of("/bin/kill", $"-{name}", $"{pid}");
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
