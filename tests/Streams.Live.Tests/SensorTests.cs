using System.Text.Json;

namespace Streams.Live.Tests;

/// <summary>Somebody stops or kills the sensor: who did it, for how long it was blind, and that it was down.</summary>
[Trait("Found", "Q7")]
public sealed class SensorTests : IDisposable
{
    private const string Collectors = """{ "audit": { "socket_type": "unicast" }, "files": { "enabled": false } }""";

    // More than the five seconds from which on it counts as stopped; nothing shorter can be waited for.
    private static readonly TimeSpan Stopped = TimeSpan.FromSeconds(8);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("streams-sensor-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task A_stop_is_reported_when_it_continues_and_by_whom_it_was_stopped()
    {
        using KernelAudit audit = KernelAudit.Take();
        await using LiveStreams streams = await LiveStreams.Start(_folder.FullName, Collectors);
        await Signal("STOP", streams.Id);
        await IsStopped(streams.Id);
        await Task.Delay(Stopped, TestContext.Current.CancellationToken);
        await Signal("CONT", streams.Id);

        await streams.Alert("sensor-stopped");
        JsonElement attack = await streams.Alert("sensor-attacked", alert => Message(alert).Contains("sent Streams SIGSTOP", StringComparison.Ordinal));
        Assert.Equal("high", attack.GetProperty("streams").GetProperty("alert").GetProperty("severity").GetString());
        await streams.Alert("sensor-attacked", alert => Message(alert).Contains("sent Streams SIGCONT", StringComparison.Ordinal));
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
