namespace Streams.Live.Tests;

/// <summary>More folders than the kernel has watches for: a limit that holds in a user namespace of the test's own.</summary>
public sealed class WatchLimitTests : IDisposable
{
    private const int Folders = 20;

    private static readonly string[] WithThreeWatches =
        ["unshare", "--user", "--map-root-user", "sh", "-c", "echo 3 > /proc/sys/user/max_inotify_watches && exec \"$0\" \"$@\""];

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("streams-limit-");

    private string Tree => Path.Combine(_folder.FullName, "tree");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Folders_without_a_watch_are_said_and_what_changes_in_them_is_found_by_the_next_scan()
    {
        Result tried = await Result.Of(WithThreeWatches[0], [.. WithThreeWatches[1..], "true"]);
        Assert.SkipUnless(tried.Code == 0, $"needs a user namespace: {tried.Error}");
        string queries = Directory.CreateDirectory(Path.Combine(_folder.FullName, "queries")).FullName;
        await File.WriteAllTextAsync(
            Path.Combine(queries, "file-change.csx"),
            """
            Query("file-change", Severity.Low, "A file changed")
                .From((audit, files) => files.Changes)
                .Alert(f => f.Path);
            """,
            TestContext.Current.CancellationToken);
        for (int i = 0; i < Folders; i++) Directory.CreateDirectory(Path.Combine(Tree, $"{i:00}"));
        await using LiveStreams streams = await LiveStreams.StartUnder(
            WithThreeWatches,
            _folder.FullName,
            $$"""
            {
              "audit": { "enabled": false },
              "files": { "paths": [{ "path": "{{Tree}}", "recursive": true }], "scan_interval": "1s" }
            }
            """,
            "--queries", queries);
        await streams.Said($"{Folders - 1} folders have no watch, only scans see what changes there: raise fs.inotify.max_user_watches");
        await streams.Said("scanned ");
        string path = Path.Combine(Tree, $"{Folders - 1}", "file");
        await File.WriteAllTextAsync(path, "x", TestContext.Current.CancellationToken);
        await streams.Alert("file-change", alert => alert.GetProperty("message").GetString() == path);
    }
}
