using System.Text.Json;

namespace Streams.Live.Tests;

/// <summary>A run that follows a log: it needs neither root nor the kernel's audit.</summary>
public sealed class FollowTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("streams-live-");

    private string Log => Path.Combine(_folder.FullName, "audit.log");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task What_a_log_gets_raises_alerts_on_standard_output_and_in_a_file_and_is_kept_as_a_log()
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        string record = Path.Combine(_folder.FullName, "record.log");
        await File.WriteAllTextAsync(Log, Failure(1), cancellation);
        await using LiveStreams streams = await LiveStreams.Start(
            _folder.FullName,
            """{ "files": { "enabled": false } }, "alerts": { "file": { "path": "alerts.json" } }""",
            "--follow", Log, "--record", record);
        File.Move(Log, Log + ".1");
        string line = Failure(2);
        await File.WriteAllTextAsync(Log, line, cancellation);
        JsonElement alert = await streams.Alert("auth-failure");
        Assert.Equal("web-1", alert.GetProperty("host").GetProperty("name").GetString());
        Assert.Equal(143, await streams.Stop());
        string[] kept = await File.ReadAllLinesAsync(Path.Combine(_folder.FullName, "alerts.json"), cancellation);
        Assert.Contains(alert.GetRawText(), kept);
        Assert.Equal($"node=web-1 {line}", await File.ReadAllTextAsync(record, cancellation));
    }

    private static string Failure(int serial) =>
        $"type=USER_AUTH msg=audit({DateTimeOffset.UtcNow.ToUnixTimeSeconds()}.000:{serial}): pid=4242 uid=0 auid=4294967295 "
        + "ses=4294967295 "
        + "msg='op=PAM:authentication grantors=? acct=\"ada\" exe=\"/usr/bin/su\" hostname=? addr=? terminal=pts/0 res=failed'\n";
}
