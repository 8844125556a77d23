using System.Text.Json;

namespace Streams.Live.Tests;

/// <summary>Files and kernel audit together.</summary>
public sealed class FileTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("streams-live-");
    private readonly string _file = $"/etc/cron.d/streams-live-{Environment.ProcessId}";

    private string Moved => _file + "-moved";

    public void Dispose()
    {
        File.Delete(_file);
        File.Delete(Moved);
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task A_sensitive_file_is_one_alert_with_the_call_and_the_change_of_the_file_as_evidence()
    {
        using KernelAudit audit = KernelAudit.Take();
        Assert.SkipUnless(Directory.Exists("/etc/cron.d"), "needs /etc/cron.d");
        await using LiveStreams streams = await LiveStreams.Start(
            _folder.FullName, """{ "audit": { "socket_type": "unicast" }, "files": { "paths": ["/etc/cron.d"] } }""",
            "--record", Path.Combine(_folder.FullName, "run.streams"));
        await File.WriteAllTextAsync(_file, "# nothing\n", TestContext.Current.CancellationToken);
        await streams.Alert("sensitive-file", a => Key(a) == _file);
        // The second of both comes into the same episode.
        await File.AppendAllTextAsync(_file, "# still nothing\n", TestContext.Current.CancellationToken);
        await streams.Alert("sensitive-file", a => Key(a) == _file && Count(a) >= 2);
        await streams.Stop();
        Result replay = await Result.Of(LiveStreams.Program, "replay", Path.Combine(_folder.FullName, "run.streams"), "--json");
        Assert.Equal(streams.Output, replay.Output);
        JsonElement[] alerts = [.. streams.Alerts.Where(a => Key(a) == _file)];
        Assert.Single(alerts.Select(a => a.GetProperty("streams").GetProperty("alert").GetProperty("id").GetString()).Distinct());
        string?[] modules =
        [
            .. alerts.SelectMany(a => a.GetProperty("streams").GetProperty("alert").GetProperty("evidence").EnumerateArray())
                .Select(e => e.GetProperty("event").GetProperty("module").GetString()).Distinct(),
        ];
        Assert.Contains("auditd", modules);
        Assert.Contains("file_integrity", modules);
    }

    [Fact]
    public async Task Who_changed_a_file_that_inotify_watches_is_known_by_the_records_of_his_call()
    {
        using KernelAudit audit = KernelAudit.Take();
        Assert.SkipUnless(Directory.Exists("/etc/cron.d"), "needs /etc/cron.d");
        await using LiveStreams streams = await LiveStreams.Start(
            _folder.FullName,
            """{ "audit": { "socket_type": "unicast" }, "files": { "paths": ["/etc/cron.d"], "backend": "inotify" } }""");
        await File.WriteAllTextAsync(_file, "# nothing\n", TestContext.Current.CancellationToken);
        await HasThisProcess(streams, _file);
        File.Move(_file, Moved);
        await HasThisProcess(streams, Moved);
    }

    private static async Task HasThisProcess(LiveStreams streams, string file)
    {
        JsonElement alert = await streams.Alert("sensitive-file", a => Key(a) == file && Evidence(a).Any(IsFileEvent));
        JsonElement process = Evidence(alert).First(IsFileEvent).GetProperty("process");
        Assert.Equal(Environment.ProcessId, process.GetProperty("pid").GetInt32());
        Assert.Equal(Environment.ProcessPath, process.GetProperty("executable").GetString());
    }

    private static JsonElement.ArrayEnumerator Evidence(JsonElement alert) =>
        alert.GetProperty("streams").GetProperty("alert").GetProperty("evidence").EnumerateArray();

    private static bool IsFileEvent(JsonElement document) =>
        document.GetProperty("event").GetProperty("module").GetString() == "file_integrity";

    private static string Key(JsonElement alert) => alert.GetProperty("streams").GetProperty("alert").GetProperty("key").GetString()!;

    private static long Count(JsonElement alert) => alert.GetProperty("streams").GetProperty("alert").GetProperty("count").GetInt64();
}
