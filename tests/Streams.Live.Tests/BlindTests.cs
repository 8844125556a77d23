namespace Streams.Live.Tests;

/// <summary>Somebody takes the rules away, or switches audit off, while Streams runs.</summary>
public sealed class BlindTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("streams-blind-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [Trait("Found", "C5")]
    [InlineData("-D", "rules are loaded again")]
    [InlineData("-e 0", "enabled is 1 again")]
    public async Task What_others_take_away_is_put_back_with_an_alert_and_detection_goes_on(string act, string said)
    {
        using KernelAudit audit = KernelAudit.Take();
        await using LiveStreams streams = await Start("");
        KernelAudit.Control(act.Split(' '));
        await streams.Alert("audit-tampered");
        await streams.Said(said);
        string program = Path.Combine(_folder.FullName, "implant");
        File.Copy("/bin/true", program);
        await Result.Of(program);
        await streams.Alert(
            "writable-folder-exec", alert => alert.GetProperty("message").GetString()!.Contains(program, StringComparison.Ordinal));
        string status = await Status(found => !found.Contains("  ! ", StringComparison.Ordinal));
        Assert.Matches(@"(rules|settings)\.repairs +1\n", status);
    }

    [Theory]
    [Trait("Found", "C5")]
    [InlineData("-D", @"  ! \d+ of \d+ audit rules are not loaded; restart Streams to have them loaded, or set ""repair"": true: -")]
    [InlineData("-e 0", @"  ! Audit is off \(enabled is 0, not 1\), no system call is recorded")]
    [InlineData("-A never,exit -S all", @"  ! 1 audit rule of others keeps events from being recorded; .*: -a never,exit -S all\.")]
    [InlineData("-a never,task", @"  ! 1 audit rule of others keeps events from being recorded; .*: -a never,task\.")]
    public async Task Without_repair_it_is_known_what_is_not_watched(string act, string expected)
    {
        using KernelAudit audit = KernelAudit.Take();
        await using LiveStreams streams = await Start("\"repair\": false");
        await Status(found => !found.Contains("  ! ", StringComparison.Ordinal));
        KernelAudit.Control(act.Split(' '));
        await streams.Alert("audit-tampered");
        Assert.Matches(expected, await Status(found => found.Contains("  ! ", StringComparison.Ordinal)));
    }

    // The figures are those of the last second.
    private async Task<string> Status(Func<string, bool> isAwaited)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        string config = Path.Combine(_folder.FullName, "streams.config.json");
        while (true)
        {
            string status = (await Result.Of(LiveStreams.Program, "status", "--config", config)).Output;
            if (isAwaited(status)) return status;
            Assert.False(patience.IsCancellationRequested, status);
        }
    }

    private Task<LiveStreams> Start(string audit)
    {
        string options = audit.Length > 0 ? $", {audit}" : "";
        return LiveStreams.Start(
            _folder.FullName, $$"""{ "audit": { "socket_type": "unicast"{{options}} }, "files": { "enabled": false } }""");
    }
}
