using System.Diagnostics;
using Streams.Events;
using Streams.Files;
using Streams.Files.Watching;

namespace Streams.Benchmarks;

/// <summary>How long it takes from a file's change to its event, hash and baseline included, with other files changing beside it.</summary>
internal static class FileLatency
{
    private const int Changes = 1_000;
    private const int Known = 1_000;
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
                    $"{backend}, {(isBusy ? "500 other files written a second" : "nothing else"),-32} p50 {times[times.Length / 2]:F1} ms, " +
                    $"p99 {times[times.Length * 99 / 100]:F1} ms, most {times[^1]:F1} ms");
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
            var options = new FilesOptions
            {
                Paths = [new WatchedPath(tree, Recursive: true)],
                Backend = backend,
                ScanRatePerSecond = 0,
                StatePath = Path.Combine(folder.FullName, "state"),
            };
            using var told = new Told();
            var collector = new FileCollector(options, TimeProvider.System) { IgnoredPid = 0 };
            using IDisposable subscription = collector.Subscribe(told);
            SpinWait.SpinUntil(() => collector.Counters.Any(counter => counter is { Key: "scans", Value: > 0 }), Patience);
            using var stop = new CancellationTokenSource();
            var others = new Thread(() => Others(tree, stop.Token)) { IsBackground = true };
            if (isBusy) others.Start();
            var times = new double[Changes];
            byte[] content = new byte[4096];
            for (int i = 0; i < Changes; i++)
            {
                string path = Path.Combine(tree, $"{i % Known}");
                Random.Shared.NextBytes(content);
                told.Expect(path);
                File.WriteAllBytes(path, content);
                long changed = Stopwatch.GetTimestamp();
                if (!told.Wait(Patience)) throw new TimeoutException($"{path} was not told");
                times[i] = Math.Max(0, Stopwatch.GetElapsedTime(changed, told.At).TotalMilliseconds);
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

    private sealed class Told : IObserver<ReadOnlyMemory<Event>>, IDisposable
    {
        private readonly AutoResetEvent _told = new(false);
        private volatile string? _path;

        public long At { get; private set; }

        public void Expect(string path) => _path = path;

        public bool Wait(TimeSpan patience) => _told.WaitOne(patience);

        public void OnNext(ReadOnlyMemory<Event> value)
        {
            foreach (Event e in value.Span)
            {
                if (_path is not { } path || e is not FileEvent file || file.Path != path) continue;
                At = Stopwatch.GetTimestamp();
                _path = null;
                _told.Set();
            }
        }

        public void OnError(Exception error) => Console.Error.WriteLine(error.Message);

        public void OnCompleted()
        {
        }

        public void Dispose() => _told.Dispose();
    }
}
