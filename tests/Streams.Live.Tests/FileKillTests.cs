using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;

namespace Streams.Live.Tests;

/// <summary>A <c>streams run</c> that watches files alone, killed with SIGKILL again and again while they change.</summary>
public sealed class FileKillTests : IDisposable
{
    private const int Kills = 4;

    // Enough that commits of the baseline lie between, and some of it is always on its way when the kill comes.
    private const int AlertsBeforeKill = 300;
    private const int StepsWhileDead = 300;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("streams-kill-");
    private readonly Dictionary<string, string> _told = new(StringComparer.Ordinal);
    private readonly HashSet<string> _everTold = new(StringComparer.Ordinal);

    private string Tree => Path.Combine(_folder.FullName, "tree");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData("fanotify")]
    [InlineData("inotify")]
    public async Task However_often_it_is_killed_each_change_is_told_once(string backend)
    {
        Assert.SkipUnless(backend == "inotify" || Environment.IsPrivilegedProcess, "fanotify needs root");
        string queries = Directory.CreateDirectory(Path.Combine(_folder.FullName, "queries")).FullName;
        await File.WriteAllTextAsync(
            Path.Combine(queries, "file-change.csx"),
            """
            Query("file-change", Severity.Low, "A file changed")
                .From((audit, files) => files.Changes)
                .Alert(f => f.Path);
            """,
            TestContext.Current.CancellationToken);
        Directory.CreateDirectory(Tree);
        string collectors =
            $$"""
            { "audit": { "enabled": false }, "files": { "paths": [{ "path": "{{Tree}}", "recursive": true }], "backend": "{{backend}}" } }
            """;
        Assert.Empty(await WhatDiffers());
        using (var storm = new Storm(Tree))
        {
            for (int kill = 0; kill < Kills; kill++)
            {
                await using LiveStreams streams = await LiveStreams.Start(_folder.FullName, collectors, "--queries", queries);
                int seen = 0;
                await streams.Alert("file-change", _ => ++seen == AlertsBeforeKill);
                await streams.KillNow();
                Take(streams.Alerts);
                await storm.Steps(StepsWhileDead);
            }
        }

        Take(await WhatDiffers());
        Dictionary<string, string> disk = OnDisk();
        string[] different = [.. disk.Keys.Union(_told.Keys).Where(path => disk.GetValueOrDefault(path) != _told.GetValueOrDefault(path))];
        Assert.Empty(different);
        Assert.Empty(await WhatDiffers());

        async Task<JsonElement[]> WhatDiffers()
        {
            await using LiveStreams streams = await LiveStreams.Start(_folder.FullName, collectors, "--queries", queries);
            await streams.Said("scanned ");
            await streams.Stop();
            return [.. streams.Alerts];
        }
    }

    // What is told of a file before a change is what was told of it last, or a change in between was lost or told twice. Only what a kill
    // interrupted is told again, word for word.
    private void Take(IEnumerable<JsonElement> alerts)
    {
        var byThisProcess = new HashSet<string>(StringComparer.Ordinal);
        foreach (JsonElement change in alerts.Select(Change))
        {
            JsonElement file = change.GetProperty("file");
            string path = file.GetProperty("path").GetString()!;
            if (path == Tree || !file.TryGetProperty("inode", out _)) continue;
            Assert.True(byThisProcess.Add(change.GetRawText()), $"told twice: {change}");
            if (!_everTold.Add(change.GetRawText())) continue;
            string[] actions =
                [.. change.GetProperty("event").GetProperty("action").EnumerateArray().Select(action => action.GetString()!)];
            string? origin = file.TryGetProperty("origin_path", out JsonElement from) ? from.GetString() : null;
            string? known = _told.GetValueOrDefault(path) ?? (origin is null ? null : _told.GetValueOrDefault(origin));
            string? before = actions.Contains("deleted") ? Hash(file) : Hash(change, "streams", "file", "before");
            Assert.True(known == before, $"known was {known}, told is {change}");
            if (origin is not null) _told.Remove(origin);
            if (actions.Contains("deleted")) _told.Remove(path);
            else _told[path] = Hash(file)!;
        }
    }

    private static JsonElement Change(JsonElement alert) =>
        alert.GetProperty("streams").GetProperty("alert").GetProperty("evidence").EnumerateArray().Single();

    private static string? Hash(JsonElement change, params ReadOnlySpan<string> names)
    {
        foreach (string name in (ReadOnlySpan<string>)[.. names, "hash", "sha256"])
        {
            if (!change.TryGetProperty(name, out change)) return null;
        }

        return change.GetString();
    }

    private Dictionary<string, string> OnDisk() => Directory.EnumerateFiles(Tree)
        .ToDictionary(path => path, path => Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(path))), StringComparer.Ordinal);

    /// <summary>Files that are made, written, renamed and removed until it is disposed, each content once.</summary>
    private sealed class Storm : IDisposable
    {
        private const int Files = 40;

        private readonly string _tree;
        private readonly ConcurrentQueue<(long At, TaskCompletionSource Reached)> _waiting = new();
        private readonly Thread _thread;
        private volatile bool _isStopping;
        private long _steps;

        public Storm(string tree)
        {
            _tree = tree;
            _thread = new Thread(Run) { IsBackground = true };
            _thread.Start();
        }

        /// <summary>Waits until so many more changes are made.</summary>
        public Task Steps(int steps)
        {
            var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Enqueue((Interlocked.Read(ref _steps) + steps, reached));
            return reached.Task.WaitAsync(TimeSpan.FromSeconds(60));
        }

        public void Dispose()
        {
            _isStopping = true;
            _thread.Join();
        }

        private void Run()
        {
            var pace = new SpinWait();
            for (long i = 0; !_isStopping; i++)
            {
                string path = Path.Combine(_tree, (i * 7 % Files).ToString(CultureInfo.InvariantCulture));
                if (i % 5 == 4) File.Delete(path);
                else if (i % 11 == 10 && File.Exists(path)) File.Move(path, path + ".moved", overwrite: true);
                else File.WriteAllText(path, $"{i}");
                Interlocked.Increment(ref _steps);
                bool isReached = _waiting.TryPeek(out (long At, TaskCompletionSource Reached) next) && next.At <= i;
                if (isReached && _waiting.TryDequeue(out next)) next.Reached.SetResult();
                for (int spin = 0; spin < 50; spin++) pace.SpinOnce(sleep1Threshold: -1);
            }
        }
    }
}
