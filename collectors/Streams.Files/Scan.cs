using System.Collections.Concurrent;
using Streams.Files.Facts;

namespace Streams.Files;

/// <summary>What a scan has found at a path.</summary>
/// <param name="Actions">What has happened there since it was last looked at.</param>
/// <param name="Before">The file as it was known; null when it was not.</param>
/// <param name="After">The file now; null when it is gone.</param>
public readonly record struct ScanFinding(FileActions Actions, FileFacts? Before, FileFacts? After);

/// <summary>
/// Looks at all files of a path and compares them with the baseline. Folders are walked in the order of their names, so that a scan that
/// was cut short goes on where it was; what is found is told first and kept afterwards, so that a kill between the two tells it again
/// rather than never.
/// </summary>
/// <remarks>
/// A glance reads no file whose inode, size, owner, mode and times are those that are known: nothing but a clock that is set back hides a
/// change from it.
/// </remarks>
/// <param name="options">How many threads, and how fast.</param>
/// <param name="reader">Makes a reader, one a thread.</param>
/// <param name="baseline">What is known; used on the thread of <see cref="Run"/> alone, or with the gate closed.</param>
/// <param name="time">The clock of the rate.</param>
/// <param name="gate">Closed while the baseline is used, by whoever uses it as well; null: nobody does.</param>
/// <param name="isCurrent">
/// Whether what was found is so still, asked with the gate closed: files are read ahead of the comparison. When it is not, somebody else
/// tells it. Null: it always is.
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

    /// <summary>Called from time to time while a scan is under way, on its thread.</summary>
    public Action? Progressed { get; init; }

    /// <summary>
    /// Takes a path at which Streams failed, and what was thrown, with the gate closed; what is known of it stays, and the scan continues.
    /// Null: the scan ends with what was thrown.
    /// </summary>
    public Action<string, Exception>? Failed { get; init; }

    /// <summary>Files looked at so far, by all scans.</summary>
    public long Files => Interlocked.Read(ref _files);

    /// <summary>Bytes read so far, by all scans.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>Folders that could not be listed so far, by all scans.</summary>
    public long Unreadable => Interlocked.Read(ref _unreadable);

    /// <summary>Scans a path. Of what an earlier scan had done before it was cut short, only what looks different is read.</summary>
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

        // Each scan has a number of its own, below zero until one of the path has come to its end.
        bool isFirst = last is null or { Number: < 0 };
        long number = (last?.Number ?? 0) + (isFirst ? -1 : 1);
        string done = last?.Position ?? "";
        lock (_gate) baseline.KeepScan(root, number, done);
        var walk = new Walk(number, isFirst, includes, _ => recursive, folder => CompareFolders(folder, done) <= 0, found);
        Look(root, walk, folder => baseline.KeepScan(root, number, CompareFolders(folder, done) <= 0 ? done : folder), cancellation);
        TellMissing(root, walk, path => recursive || path == root || Path.GetDirectoryName(path) == root);
        lock (_gate)
        {
            baseline.KeepScan(root, Math.Abs(number), null);
            baseline.Commit();
        }
    }

    /// <summary>Looks at a path again, and reads only what looks different. It keeps no position.</summary>
    /// <param name="path">A file or a folder, absolute; it may be gone.</param>
    /// <param name="includes">Whether a path is watched.</param>
    /// <param name="enters">Whether to go into a folder.</param>
    /// <param name="found">Takes what has changed, on the caller's thread.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public void Glance(
        string path, Func<string, bool> includes, Func<string, bool> enters, Action<ScanFinding> found, CancellationToken cancellation)
    {
        // No number of a scan, and another one each time.
        var walk = new Walk(-time.GetUtcNow().UtcTicks, IsFirst: false, includes, enters, _ => true, found);
        Look(path, walk, _ => { }, cancellation);
        TellMissing(path, walk, _ => true);
        lock (_gate) baseline.Commit();
    }

    private void Look(string root, Walk walk, Action<string> keep, CancellationToken cancellation)
    {
        using var readers = new Readers(this, reader, Math.Max(1, options.ScanThreads), options.ScanRatePerSecond, time, cancellation);
        int uncommitted = 0;
        foreach ((string folder, IReadOnlyList<FileFacts?> facts) in readers.Read(Folders(root, walk)))
        {
            cancellation.ThrowIfCancellationRequested();
            foreach (FileFacts? after in facts)
            {
                if (after is null || after.IsUnknown) continue;
                TryTake(after, walk);
                uncommitted++;
            }

            if (uncommitted < CommitEvery || folder.Length == 0) continue;
            lock (_gate)
            {
                keep(folder);
                baseline.Commit();
            }

            Progressed?.Invoke();

            uncommitted = 0;
        }
    }

    private void TellMissing(string root, Walk walk, Func<string, bool> covers)
    {
        IReadOnlyList<FileFacts> missing;
        lock (_gate) missing = baseline.Below(root, notSeenBy: walk.Number);
        foreach (FileFacts gone in missing)
        {
            if (!covers(gone.Path) || FileFactsReader.Exists(gone.Path)) continue;
            TryMiss(gone.Path, walk.Found);
        }
    }

    private void TryTake(FileFacts after, Walk walk)
    {
        try
        {
            Take(after, walk);
        }
        catch (Exception error) when (IsContained(error))
        {
            Fail(after.Path, error);
        }
    }

    private void TryMiss(string path, Action<ScanFinding> found)
    {
        try
        {
            lock (_gate) Miss(path, found);
        }
        catch (Exception error) when (IsContained(error))
        {
            Fail(path, error);
        }
    }

    private bool IsContained(Exception error) => Failed is not null && Watching.FileFaults.IsContained(error);

    private void Fail(string path, Exception error)
    {
        lock (_gate) Failed!(path, error);
    }

    private void Take(FileFacts after, Walk walk)
    {
        lock (_gate)
        {
            FileFacts? before = baseline.Get(after.Path);
            FileActions actions = Changes.Between(before, after);
            // In the first scan what is there was there before anybody looked.
            if (actions == FileActions.Created && walk.IsFirst) actions = FileActions.InitialScan;
            var finding = new ScanFinding(actions, before, after);
            if (actions != FileActions.None)
            {
                if (isCurrent?.Invoke(finding) == false) return;
                walk.Found(finding);
            }

            baseline.Put(after, walk.Number);
        }
    }

    private void Miss(string path, Action<ScanFinding> found)
    {
        // Since it was found missing, that may have been told, or another change of it.
        if (baseline.Get(path) is not { } known) return;
        var finding = new ScanFinding(FileActions.Deleted, known, null);
        if (isCurrent?.Invoke(finding) == false) return;
        found(finding);
        baseline.Delete(path);
    }

    // Each folder with the paths in it, and whether they are glanced at only.
    private IEnumerable<(string Folder, IReadOnlyList<string> Paths, bool IsGlance)> Folders(string root, Walk walk)
    {
        var left = new Stack<string>();
        left.Push(root);
        while (left.TryPop(out string? folder))
        {
            List<string> paths = folder == root && walk.Includes(root) ? [root] : [];
            List<string> below = [];
            string? error = FolderListing.Read(folder, (path, mayBeFolder) =>
            {
                if (walk.Includes(path)) paths.Add(path);
                if (mayBeFolder && walk.Enters(path)) below.Add(path);
            });
            // What was known of it stays.
            if (error is not null) Interlocked.Increment(ref _unreadable);
            paths.Sort(StringComparer.Ordinal);
            below.Sort(static (a, b) => CompareFolders(b, a));
            foreach (string next in below) left.Push(next);
            yield return (folder, paths, walk.IsGlance(folder));
        }
    }

    private FileFacts? GlanceAt(FileFactsReader reader, string path, Action<int> wait)
    {
        FileFacts? known;
        lock (_gate) known = baseline.Get(path);
        return reader.Read(path, wait, known);
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

        public IEnumerable<(string Folder, IReadOnlyList<FileFacts?> Facts)> Read(
            IEnumerable<(string Folder, IReadOnlyList<string> Paths, bool IsGlance)> folders)
        {
            var waiting = new Queue<Work>();
            foreach ((string folder, IReadOnlyList<string> paths, bool isGlance) in folders)
            {
                for (int start = 0; start < paths.Count; start += Work.Most)
                {
                    // A folder is done with the last of its pieces.
                    bool isLast = start + Work.Most >= paths.Count;
                    var work = new Work(isLast ? folder : "", [.. paths.Skip(start).Take(Work.Most)], isGlance);
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
                    facts[i] = TryRead(reader, work.Paths[i], work.IsGlance);
                    Interlocked.Increment(ref _scan._files);
                }

                work.Done(facts);
            }
        }

        // What could not be looked at counts as not seen; only what is gone is missed.
        private FileFacts? TryRead(FileFactsReader reader, string path, bool isGlance)
        {
            try
            {
                return isGlance ? _scan.GlanceAt(reader, path, Slow) : reader.Read(path, Slow);
            }
            catch (Exception error) when (_scan.IsContained(error))
            {
                _scan.Fail(path, error);
                return null;
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

    /// <summary>One look at a path and what is below it.</summary>
    /// <param name="Number">Marks in the baseline what it has seen.</param>
    /// <param name="IsFirst">Whether what is new to the baseline was there before anybody looked.</param>
    /// <param name="Includes">Whether a path is watched.</param>
    /// <param name="Enters">Whether to go into a folder.</param>
    /// <param name="IsGlance">Whether what is in a folder is read only where it looks different.</param>
    /// <param name="Found">Takes what has changed.</param>
    private sealed record Walk(
        long Number, bool IsFirst, Func<string, bool> Includes, Func<string, bool> Enters, Func<string, bool> IsGlance,
        Action<ScanFinding> Found);

    private sealed class Work(string folder, IReadOnlyList<string> paths, bool isGlance)
    {
        private readonly TaskCompletionSource<FileFacts?[]> _facts = new();

        public string Folder { get; } = folder;

        public IReadOnlyList<string> Paths { get; } = paths;

        public bool IsGlance { get; } = isGlance;

        public bool IsDone => _facts.Task.IsCompleted;

        public void Done(FileFacts?[] facts) => _facts.SetResult(facts);

        public FileFacts?[] Wait() => _facts.Task.GetAwaiter().GetResult();

        public const int Most = 32;
    }
}
