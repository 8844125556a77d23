using Streams.Files.Facts;

namespace Streams.Files.Watching;

/// <summary>
/// Turns the kernel's notices into changes: a notice says where to look, and what is there is compared with the baseline. So whatever
/// notices are joined, late or repeated, the baseline ends as the disk is. One thread at a time.
/// </summary>
internal sealed class FileChanges : IDisposable
{
    private readonly TimeProvider _time;
    private readonly Baseline _baseline;
    private readonly EventOutput _output;
    private readonly FileFactsReader _reader;
    private readonly FileFactsReader _glance = new([], 0);
    private readonly PendingChanges _pending;
    private readonly long _startedAt;
    private bool _isComplete;

    public FileChanges(
        FilesOptions options, FileSurroundings surroundings, TimeProvider time, WatchedPaths paths, Baseline baseline, EventOutput output,
        int window)
    {
        (_time, Paths, _baseline, _output) = (time, paths, baseline, output);
        _reader = new FileFactsReader(
            options.HashTypes, options.MaxFileSize, surroundings.UserName, surroundings.GroupName, options.FileParsers.Count > 0);
        _pending = new PendingChanges(window);
        _startedAt = time.GetTimestamp();
        Scanned();
    }

    public WatchedPaths Paths { get; }

    /// <summary>Paths that are to be looked at.</summary>
    public int Pending => _pending.Count;

    /// <summary>Files in the baseline.</summary>
    public long Known => _baseline.Count;

    /// <summary>When the next path is to be looked at, milliseconds since the start; null for nothing.</summary>
    public long? NextDue => _pending.NextDue;

    /// <summary>The time up to which all was looked at; null when all was.</summary>
    public DateTimeOffset? Oldest => _pending.Oldest;

    public void Dispose()
    {
        _reader.Dispose();
        _glance.Dispose();
    }

    /// <summary>Takes a notice.</summary>
    /// <returns>Whether links have changed, so that other paths may be watched now.</returns>
    public bool Take(Notice notice, DateTimeOffset at)
    {
        try
        {
            Consider(notice, at);
        }
        catch (Exception error) when (FileFaults.IsContained(error))
        {
            foreach (string? path in (string?[])[notice.From, notice.Path])
            {
                if (path is not null && Paths.IsWanted(path)) _output.Fault(path, Reported(notice.What), at, notice.By, error);
            }
        }

        const Happened names = Happened.Created | Happened.Deleted | Happened.Moved;
        return (notice.What & names) != 0 && (Paths.MayLead(notice.Path) || notice.From is not null && Paths.MayLead(notice.From));
    }

    /// <summary>Looks at the paths that are due.</summary>
    /// <param name="all">Whether those that are not due yet are as well.</param>
    public void Look(bool all)
    {
        while (_pending.TryTake(all ? long.MaxValue : Clock, out PendingChange change))
        {
            try
            {
                Look(change);
            }
            catch (Exception error) when (FileFaults.IsContained(error))
            {
                // The baseline keeps what it knew, so that the next look finds the change again.
                _output.Fault(change.Path, Reported(change.What), change.Since, change.By, error);
            }
        }
    }

    /// <summary>
    /// Whether what a scan has found is so still; else it is looked at again. A scan reads ahead of what it compares.
    /// </summary>
    public bool IsCurrent(ScanFinding finding)
    {
        string path = (finding.After ?? finding.Before)!.Path;
        FileFacts? now = _glance.Read(path);
        if (finding.After is null ? now is null
            : now is not null && now.Inode == finding.After.Inode && now.Changed == finding.After.Changed && now.Size == finding.After.Size)
        {
            return true;
        }

        Add(path, Happened.None, by: null, _time.GetUtcNow());
        return false;
    }

    /// <summary>A scan has come to its end, or there are other paths to scan.</summary>
    public void Scanned() => _isComplete = Paths.Roots.All(root => _baseline.ScanOf(root.Path) is { Number: > 0 });

    private void Consider(Notice notice, DateTimeOffset at)
    {
        if ((notice.What & Happened.Moved) != 0) Move(notice, at);
        else Add(notice.Path, notice.What, notice.By, at);
        if (notice.IsFolder && (notice.What & Happened.Deleted) != 0) AddKnown(notice.Path, notice.By, at);
        if (notice.IsFolder && (notice.What & Happened.Unlisted) != 0) AddListed(notice.Path, notice.By, at);
    }

    private long Clock => (long)_time.GetElapsedTime(_startedAt).TotalMilliseconds;

    private void Add(string path, Happened what, FileActor? by, DateTimeOffset at)
    {
        if (Paths.IsWanted(path)) _pending.Add(path, what, by, at, Clock);
    }

    // What was in a folder that is gone is gone as well, whatever of it was told.
    private void AddKnown(string folder, FileActor? by, DateTimeOffset at)
    {
        foreach (FileFacts known in _baseline.Below(folder)) Add(known.Path, Happened.Deleted, by, at);
    }

    private void AddListed(string folder, FileActor? by, DateTimeOffset at)
    {
        if (!Paths.IsPlace(folder)) return;
        _ = FolderListing.Read(folder, (path, mayBeFolder) =>
        {
            Add(path, Happened.Created, by, at);
            if (mayBeFolder) AddListed(path, by, at);
        });
    }

    private void Look(PendingChange change)
    {
        long began = Clock;
        FileFacts? before = _baseline.Get(change.Path);
        FileFacts? after = _reader.Read(change.Path);
        Tell(change, before, after);
        _pending.Took(change.Path, Clock - began, Clock);
    }

    private void Tell(PendingChange change, FileFacts? before, FileFacts? after)
    {
        // What is known of it stays until it can be looked at.
        if (after?.IsUnknown == true) return;
        if (after is null)
        {
            if (before is null)
            {
                // Nobody could look at it while it was there.
                if ((change.What & (Happened.Created | Happened.Deleted)) == 0) return;
                var gone = new FileFacts { Path = change.Path };
                if ((change.What & Happened.Created) != 0) _output.Change(FileActions.Created, null, gone, change.Since, change.By);
                _output.Change(FileActions.Deleted, gone, null, change.Since, change.By);
                return;
            }

            _output.Change(FileActions.Deleted, before, null, change.Since, change.By);
            _baseline.Delete(change.Path);
            return;
        }

        FileActions actions = IsKnown(before) ? Changes.Between(before, after) : OfUnknown(change.What);
        if (actions == FileActions.None) return;
        _output.Change(actions, IsKnown(before) ? before : null, after, change.Since, change.By);
        _baseline.Put(after);
    }

    private void Move(Notice notice, DateTimeOffset at)
    {
        string from = notice.From!, to = notice.Path;
        bool wasWanted = Paths.IsWanted(from), isWanted = Paths.IsWanted(to);
        if (notice.IsFolder) MoveContents(notice, at);
        if (wasWanted && isWanted)
        {
            MoveOne(notice, at);
            return;
        }

        Add(from, Happened.Deleted, notice.By, at);
        Add(to, Happened.Created, notice.By, at);
    }

    private void MoveOne(Notice notice, DateTimeOffset at)
    {
        string from = notice.From!, to = notice.Path;
        FileFacts? before = _baseline.Get(from);
        FileFacts? left = _glance.Read(from);
        if (before is not null && left is not null && left.Inode == before.Inode)
        {
            // The name was taken again, and what has it now was told already: what has moved is another file.
            Add(from, Happened.None, notice.By, at);
            Add(to, Happened.Created, notice.By, at);
            return;
        }

        PendingChange? pending = _pending.Remove(from);
        PendingChange? there = _pending.Remove(to);
        FileFacts? replaced = _baseline.Get(to);
        FileFacts? after = _reader.Read(to) is { IsUnknown: false } read ? read : null;
        if (replaced is null && there is not null && (there.What & Happened.Created) != 0)
            _output.Change(FileActions.Created, null, new FileFacts { Path = to }, there.Since, there.By);
        if (before is null && pending is not null && (pending.What & Happened.Created) != 0)
            _output.Change(FileActions.Created, null, new FileFacts { Path = from }, pending.Since, pending.By);

        // What it was before is what the new name stood for, if anything; else the file under its old name.
        FileFacts? known = IsKnown(replaced) ? replaced : IsKnown(before) ? before! with { Path = to } : null;
        FileActions actions = FileActions.Moved;
        if (known is not null && after is not null) actions |= Changes.Between(known, after);
        after ??= (before ?? new FileFacts { Path = to }) with { Path = to };
        _output.Change(actions, IsKnown(replaced) ? replaced : IsKnown(before) ? before : null, after, at, notice.By, from);
        _baseline.Delete(from);
        _baseline.Put(after);

        // Two may have been exchanged, or the name was taken again.
        if (left is not null) Add(from, pending?.What ?? Happened.None, notice.By, at);
    }

    // The files in a folder that was moved have new paths and are the same.
    private void MoveContents(Notice notice, DateTimeOffset at)
    {
        string from = notice.From!, to = notice.Path;
        _pending.Move(from, to);
        foreach (FileFacts known in _baseline.Below(from))
        {
            if (known.Path == from) continue;
            string path = to + known.Path[from.Length..];
            if (Paths.IsWanted(path))
            {
                FileFacts moved = known with { Path = path };
                _output.Change(FileActions.Moved, IsKnown(known) ? known : null, moved, at, notice.By, known.Path);
                _baseline.Put(moved);
            }
            else
            {
                _output.Change(FileActions.Deleted, known, null, at, notice.By);
            }

            _baseline.Delete(known.Path);
        }

        if (!Paths.IsPlace(from)) AddListed(to, notice.By, at);
    }

    // What the kernel said of a path that could not be looked at.
    private static FileActions Reported(Happened what)
    {
        FileActions actions = FileActions.None;
        if ((what & Happened.Created) != 0) actions |= FileActions.Created;
        if ((what & Happened.Moved) != 0) actions |= FileActions.Moved;
        if ((what & Happened.Attributes) != 0) actions |= FileActions.AttributesModified;
        if ((what & Happened.Deleted) != 0) actions |= FileActions.Deleted;
        return (what & (Happened.Written | Happened.Closed)) != 0 || actions == FileActions.None ? actions | FileActions.Updated : actions;
    }

    // Of what was gone before it could be looked at, and moved since, nothing but the path is known.
    private static bool IsKnown(FileFacts? facts) => facts is { Inode: not 0 };

    // Before everything was scanned once, what nobody knows may have been there for long.
    private FileActions OfUnknown(Happened what)
    {
        if (_isComplete || (what & Happened.Created) != 0) return FileActions.Created;
        FileActions actions = FileActions.None;
        if ((what & Happened.Written) != 0) actions |= FileActions.Updated;
        if ((what & Happened.Attributes) != 0) actions |= FileActions.AttributesModified;
        return actions == FileActions.None ? FileActions.InitialScan : actions;
    }
}
