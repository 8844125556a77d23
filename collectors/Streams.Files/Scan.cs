using System.Collections.Concurrent;
using Streams.Files.Facts;

namespace Streams.Files;

/// <summary>What a scan has found at a path.</summary>
/// <param name="Actions">What has happened there since it was last looked at.</param>
/// <param name="Before">The file as it was known; null when it was not.</param>
/// <param name="After">The file now; null when it is gone.</param>
public readonly record struct ScanFinding(FileActions Actions, FileFacts? Before, FileFacts? After);

/// <summary>
/// Looks at all files of a path and compares them with the baseline. Folders are walked in the order of their names, so that a scan that was
/// cut short goes on where it was; what is found is told first and kept afterwards, so that a kill between the two tells it again rather
/// than never.
/// </summary>
/// <param name="options">How many threads, and how fast.</param>
/// <param name="reader">Makes a reader, one a thread.</param>
/// <param name="baseline">What is known; used on the thread of <see cref="Run"/> alone, or with the gate closed.</param>
/// <param name="time">The clock of the rate.</param>
/// <param name="gate">Closed while the baseline is used, by whoever uses it as well; null: nobody does.</param>
/// <param name="isCurrent">
/// Whether what was found is so still, asked with the gate closed: files are read ahead of the comparison. When it is not, somebody else tells
/// it. Null: it always is.
/// </param>
public sealed class Scan(
    FilesOptions options, Func<FileFactsReader> reader, Baseline baseline, TimeProvider time, Lock? gate = null,
    Func<ScanFinding, bool>? isCurrent = null)
{
    private readonly Lock _gate = gate ?? new Lock();

    private const int Ahead = 256;
    private const int CommitEvery = 256;

    private long _files;
    private long _bytes;
    private long _unreadable;

    /// <summary>Files looked at so far, by all scans.</summary>
    public long Files => Interlocked.Read(ref _files);

    /// <summary>Bytes read so far, by all scans.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>Folders that could not be listed so far, by all scans.</summary>
    public long Unreadable => Interlocked.Read(ref _unreadable);

    /// <summary>Scans a path.</summary>
    /// <param name="root">A file or a folder, absolute.</param>
    /// <param name="recursive">Whether to go into folders in it.</param>
    /// <param name="includes">Whether a path is watched.</param>
    /// <param name="found">Takes what has changed, on the caller's thread.</param>
    /// <param name="cancellation">Stops it; the next scan of the same path goes on from there.</param>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public void Run(string root, bool recursive, Func<string, bool> includes, Action<ScanFinding> found, CancellationToken cancellation)
    {
        (long Number, string? Position)? last;
        lock (_gate) last = baseline.ScanOf(root);
        bool isFirst = last is null or { Number: 1, Position: not null };
        (long number, string? position) = last switch
        {
            null => (1, ""),
            { Position: null } ended => (ended.Number + 1, ""),
            { } cut => (cut.Number, cut.Position),
        };
        lock (_gate) baseline.KeepScan(root, number, position);
        using var readers = new Readers(this, reader, Math.Max(1, options.ScanThreads), options.ScanRatePerSecond, time, cancellation);
        int uncommitted = 0;
        foreach ((string folder, IReadOnlyList<FileFacts?> facts) in readers.Read(Folders(root, recursive, position ?? "", includes)))
        {
            cancellation.ThrowIfCancellationRequested();
            foreach (FileFacts? after in facts)
            {
                if (after is null || after.IsUnknown) continue;
                Take(after, number, isFirst, found);
                uncommitted++;
            }

            if (uncommitted < CommitEvery || folder.Length == 0) continue;
            lock (_gate)
            {
                baseline.KeepScan(root, number, folder);
                baseline.Commit();
            }

            uncommitted = 0;
        }

        IReadOnlyList<FileFacts> missing;
        lock (_gate) missing = baseline.Below(root, notSeenBy: number);
        foreach (FileFacts gone in missing)
        {
            if (!recursive && Path.GetDirectoryName(gone.Path) != root && gone.Path != root) continue;
            if (FileFactsReader.Exists(gone.Path)) continue;
            lock (_gate) Miss(gone, found);
        }

        lock (_gate)
        {
            baseline.KeepScan(root, number, null);
            baseline.Commit();
        }

        // What changed since in the folders that were done before it was cut short has not been looked at.
        if (position!.Length > 0) Run(root, recursive, includes, found, cancellation);
    }

    private void Take(FileFacts after, long number, bool isFirst, Action<ScanFinding> found)
    {
        lock (_gate)
        {
            FileFacts? before = baseline.Get(after.Path);
            FileActions actions = Changes.Between(before, after);
            // In the first scan what is there was there before anybody looked.
            if (actions == FileActions.Created && isFirst) actions = FileActions.InitialScan;
            var finding = new ScanFinding(actions, before, after);
            if (actions != FileActions.None)
            {
                if (isCurrent?.Invoke(finding) == false) return;
                found(finding);
            }

            baseline.Put(after, number);
        }
    }

    private void Miss(FileFacts gone, Action<ScanFinding> found)
    {
        // It may have been told meanwhile.
        if (baseline.Get(gone.Path) is null) return;
        var finding = new ScanFinding(FileActions.Deleted, gone, null);
        if (isCurrent?.Invoke(finding) == false) return;
        found(finding);
        baseline.Delete(gone.Path);
    }

    // Each folder with the paths in it, after those that were done before.
    private IEnumerable<(string Folder, IReadOnlyList<string> Paths)> Folders(string root, bool recursive, string after, Func<string, bool> includes)
    {
        var left = new Stack<string>();
        left.Push(root);
        while (left.TryPop(out string? folder))
        {
            List<string> paths = folder == root && includes(root) ? [root] : [];
            List<string> below = [];
            string? error = FolderListing.Read(folder, (path, mayBeFolder) =>
            {
                if (includes(path)) paths.Add(path);
                if (recursive && mayBeFolder) below.Add(path);
            });
            // What was known of it stays.
            if (error is not null) Interlocked.Increment(ref _unreadable);
            paths.Sort(StringComparer.Ordinal);
            below.Sort(static (a, b) => CompareFolders(b, a));
            foreach (string next in below) left.Push(next);
            if (CompareFolders(folder, after) > 0) yield return (folder, paths);
        }
    }

    // In the order of the walk, a folder comes before what is in it, and that before its siblings.
    private static int CompareFolders(string a, string b)
    {
        int same = 0;
        while (same < a.Length && same < b.Length && a[same] == b[same]) same++;
        char left = same < a.Length ? a[same] : '\0', right = same < b.Length ? b[same] : '\0';
        return (left == '/' ? '\u0001' : left).CompareTo(right == '/' ? '\u0001' : right);
    }

    /// <summary>Reads facts on several threads and gives them back in the order of the folders.</summary>
    private sealed class Readers : IDisposable
    {
        private readonly Scan _scan;
        private readonly BlockingCollection<Work> _queue = new(Ahead);
        private readonly Thread[] _threads;
        private readonly Func<FileFactsReader> _reader;
        private readonly long _rate;
        private readonly TimeProvider _time;
        private readonly long _started;
        private readonly CancellationToken _cancellation;
        private long _read;

        public Readers(Scan scan, Func<FileFactsReader> reader, int threads, long rate, TimeProvider time, CancellationToken cancellation)
        {
            (_scan, _reader, _rate, _time, _cancellation) = (scan, reader, rate, time, cancellation);
            _started = time.GetTimestamp();
            _threads = [.. Enumerable.Range(0, threads).Select(_ => new Thread(ReadAll) { IsBackground = true, Name = "scan" })];
            foreach (Thread thread in _threads) thread.Start();
        }

        public IEnumerable<(string Folder, IReadOnlyList<FileFacts?> Facts)> Read(IEnumerable<(string Folder, IReadOnlyList<string> Paths)> folders)
        {
            var waiting = new Queue<Work>();
            foreach ((string folder, IReadOnlyList<string> paths) in folders)
            {
                for (int start = 0; start < paths.Count; start += Work.Most)
                {
                    // A folder is done with the last of its pieces.
                    bool isLast = start + Work.Most >= paths.Count;
                    var work = new Work(isLast ? folder : "", [.. paths.Skip(start).Take(Work.Most)]);
                    waiting.Enqueue(work);
                    _queue.Add(work, _cancellation);
                }

                while (waiting.Count > Ahead || (waiting.TryPeek(out Work? first) && first.IsDone)) yield return Result(waiting.Dequeue());
            }

            while (waiting.Count > 0) yield return Result(waiting.Dequeue());
        }

        public void Dispose()
        {
            _queue.CompleteAdding();
            foreach (Thread thread in _threads) thread.Join();
            _queue.Dispose();
        }

        private static (string, IReadOnlyList<FileFacts?>) Result(Work work) => (work.Folder, work.Wait());

        private void ReadAll()
        {
            using FileFactsReader reader = _reader();
            foreach (Work work in _queue.GetConsumingEnumerable())
            {
                var facts = new FileFacts?[work.Paths.Count];
                for (int i = 0; i < facts.Length && !_cancellation.IsCancellationRequested; i++)
                {
                    facts[i] = reader.Read(work.Paths[i], Slow);
                    Interlocked.Increment(ref _scan._files);
                }

                work.Done(facts);
            }
        }

        private void Slow(int bytes)
        {
            Interlocked.Add(ref _scan._bytes, bytes);
            if (_rate <= 0) return;
            long read = Interlocked.Add(ref _read, bytes);
            TimeSpan ahead = TimeSpan.FromSeconds((double)read / _rate) - _time.GetElapsedTime(_started);
            if (ahead > TimeSpan.FromMilliseconds(1)) _cancellation.WaitHandle.WaitOne(ahead);
        }
    }

    private sealed class Work(string folder, IReadOnlyList<string> paths)
    {
        private readonly TaskCompletionSource<FileFacts?[]> _facts = new();

        public string Folder { get; } = folder;

        public IReadOnlyList<string> Paths { get; } = paths;

        public bool IsDone => _facts.Task.IsCompleted;

        public void Done(FileFacts?[] facts) => _facts.SetResult(facts);

        public FileFacts?[] Wait() => _facts.Task.GetAwaiter().GetResult();

        public const int Most = 32;
    }
}
