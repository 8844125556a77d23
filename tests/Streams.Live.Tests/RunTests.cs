using System.Text.Json;

namespace Streams.Live.Tests;

/// <summary>The program itself, whatever it watches.</summary>
public sealed class RunTests : IDisposable
{
    private const string AuditAlone = """{ "audit": { "rules": [] }, "files": { "enabled": false } }""";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("streams-live-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task It_stops_cleanly_when_it_is_told_to()
    {
        using KernelAudit audit = KernelAudit.Take();
        string stats = Path.Combine(_folder.FullName, "stats.json");
        await using LiveStreams streams = await LiveStreams.Start(_folder.FullName, AuditAlone, "--stats", stats);
        Assert.Equal(143, await streams.Stop());
        using JsonDocument figures = JsonDocument.Parse(await File.ReadAllBytesAsync(stats, TestContext.Current.CancellationToken));
        Assert.True(figures.RootElement.GetProperty("engine").TryGetProperty("events", out _));
        Assert.False(File.Exists(Path.Combine(_folder.FullName, "control.sock")));
    }

    [Fact]
    public async Task A_wrong_rule_in_the_configuration_is_said_with_its_place_and_the_rest_load()
    {
        using KernelAudit audit = KernelAudit.Take();
        await using LiveStreams streams = await LiveStreams.Start(
            _folder.FullName,
            """
            {
              "audit": { "rules": ["-a always,exit -F arch=b64 -S nonsense -k live", "-w relative -p wa", "-w /etc/passwd -p wa -k live"] },
              "files": { "enabled": false }
            }
            """);
        await streams.Said("b64 has no system call nonsense that is known here");
        await streams.Said("collectors.audit.rules:2:4: relative is no absolute path; it must begin with /");
        Assert.Contains("-w /etc/passwd -p wa -k live", KernelAudit.Rules());
        Assert.Equal(143, await streams.Stop());
    }

    [Fact]
    public async Task Without_anything_to_watch_it_says_so()
    {
        InvalidOperationException ended = await Assert.ThrowsAsync<InvalidOperationException>(() => LiveStreams.Start(
            _folder.FullName, """{ "audit": { "enabled": false }, "files": { "enabled": false } }"""));
        Assert.Contains("nothing to watch", ended.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_running_process_answers_and_only_its_own_control_socket_does()
    {
        using KernelAudit audit = KernelAudit.Take();
        await using LiveStreams streams = await LiveStreams.Start(_folder.FullName, AuditAlone);
        string config = Path.Combine(_folder.FullName, "streams.config.json");
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(_folder.FullName, "control.sock")));
        Result status = await Result.Of(LiveStreams.Program, "status", "--config", config, "--json");
        using JsonDocument answer = JsonDocument.Parse(status.Output);
        Assert.Equal(streams.Id, answer.RootElement.GetProperty("pid").GetInt32());
        await streams.Stop();
        Result none = await Result.Of(LiveStreams.Program, "status", "--config", config);
        Assert.Equal(2, none.Code);
        Assert.Contains("control.sock", none.Error, StringComparison.Ordinal);
    }
}
