using System.Diagnostics;
using System.Text.Json;
using Streams.Files;

namespace Streams.Benchmarks;

/// <summary>
/// How long it takes from a file's change to its alert on standard output: the whole program, <c>streams run --json</c>, with a query that
/// tells each change, and other files changing beside it.
/// </summary>
internal static class FileLatency
{
    private const int Changes = 800;
    private const int Known = 800;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public static void Print(TextWriter output)
    {
        foreach (FilesBackend backend in (FilesBackend[])[FilesBackend.Fanotify, FilesBackend.Inotify])
        {
            foreach (bool isBusy in (bool[])[false, true])
            {
                double[] times = Measure(backend, isBusy);
                Array.Sort(times);
                output.WriteLine(
                    $"{backend}, {(isBusy ? "500 other files written a second" : "nothing else"),-32} " +
                    $"p50 {times[times.Length / 2]:F1} ms, p99 {times[times.Length * 99 / 100]:F1} ms, most {times[^1]:F1} ms");
            }
        }
    }

    private static double[] Measure(FilesBackend backend, bool isBusy)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("streams-latency-");
        try
        {
            string tree = folder.CreateSubdirectory("tree").FullName;
            for (int i = 0; i < Known; i++) File.WriteAllText(Path.Combine(tree, $"{i}"), "before");
            using var streams = new Program(folder, tree, backend);
            using var stop = new CancellationTokenSource();
            var others = new Thread(() => Others(tree, stop.Token)) { IsBackground = true };
            if (isBusy) others.Start();
            var times = new double[Changes];
            byte[] content = new byte[4096];
            for (int i = 0; i < Changes; i++)
            {
                string path = Path.Combine(tree, $"{i % Known}");
                Random.Shared.NextBytes(content);
                streams.Expect(path);
                File.WriteAllBytes(path, content);
                long changed = Stopwatch.GetTimestamp();
                if (!streams.Wait(Patience)) throw new TimeoutException($"{path} was not told");
                times[i] = Math.Max(0, Stopwatch.GetElapsedTime(changed, streams.At).TotalMilliseconds);
            }

            stop.Cancel();
            if (isBusy) others.Join();
            return times;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static void Others(string tree, CancellationToken stop)
    {
        for (int i = 0; !stop.WaitHandle.WaitOne(2); i++) File.WriteAllText(Path.Combine(tree, $"other{i % 100}"), $"{i}");
    }

    /// <summary>The program over a folder, from the end of its first scan on.</summary>
    private sealed class Program : IDisposable
    {
        private readonly Process _process;
        private readonly AutoResetEvent _told = new(false);
        private volatile string? _path;

        public Program(DirectoryInfo folder, string tree, FilesBackend backend)
        {
            string queries = folder.CreateSubdirectory("queries").FullName;
            File.WriteAllText(
                Path.Combine(queries, "file-change.csx"),
                """
                Query("file-change", Severity.Low, "A file changed")
                    .From((audit, files) => files.Changes)
                    .Alert(f => f.Path);
                """);
            string config = Path.Combine(folder.FullName, "streams.config.json");
            File.WriteAllText(
                config,
                $$"""
                {
                  "control": "control.sock", "state": { "path": "state" }, "metrics": { "enabled": false },
                  "collectors": {
                    "audit": { "enabled": false },
                    "files": {
                      "paths": [{ "path": "{{tree}}", "recursive": true }],
                      "backend": "{{backend.ToString().ToLowerInvariant()}}"
                    }
                  }
                }
                """);
            using var scanned = new ManualResetEventSlim();
            var start = new ProcessStartInfo(
                Path.Combine(AppContext.BaseDirectory, "streams"), ["run", "--json", "--config", config, "--queries", queries])
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
            _process = Process.Start(start)!;
            _process.ErrorDataReceived += (_, line) =>
            {
                if (line.Data?.Contains("scanned ", StringComparison.Ordinal) == true) scanned.Set();
            };
            _process.BeginErrorReadLine();
            new Thread(Read) { IsBackground = true }.Start();
            if (!scanned.Wait(Patience)) throw new TimeoutException("the first scan did not end");
        }

        /// <summary>When the line of the alert had been read.</summary>
        public long At { get; private set; }

        public void Expect(string path) => _path = path;

        public bool Wait(TimeSpan patience) => _told.WaitOne(patience);

        public void Dispose()
        {
            _process.Kill();
            _process.WaitForExit();
            _process.Dispose();
            _told.Dispose();
        }

        private void Read()
        {
            while (_process.StandardOutput.ReadLine() is { } line)
            {
                long at = Stopwatch.GetTimestamp();
                if (_path is not { } path || JsonElement.Parse(line).GetProperty("message").GetString() != path) continue;
                At = at;
                _path = null;
                _told.Set();
            }
        }
    }
}
