using System.Globalization;
using Microsoft.Extensions.Logging;
using Microsoft.Win32.SafeHandles;
using Streams.Events;

namespace Streams.Audit;

/// <summary>
/// A log as one endless stream: what is appended to it, then what is appended to the file that takes its place. A read waits until there
/// is something, or until it is stopped, and then is the end.
/// </summary>
/// <remarks>
/// Rotated is: the path leads to another file than the one that is open, by rename, removal or a symbolic link, and something stands in
/// that file; until then the writer has not left the old one, which is read to its end first. Of a log that was rotated several times at
/// once the files between are read where they are numbered. Truncated is: the file is shorter than what was read of it, or begins with
/// other bytes than before; it is read from its beginning. What was written between the last read to the end and the truncation is lost
/// without a trace; a writer that truncates at once (logrotate's copytruncate) loses it as well.
/// </remarks>
internal sealed class GrowingLog : ForwardStream
{
    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(1);

    private readonly string _path;
    private readonly Action _idle;
    private readonly ILogger _log;
    private readonly AutoResetEvent _wake = new(false);
    private FileSystemWatcher? _watcher;
    private readonly FollowedPlace _place;
    private readonly LogHead _head = new();
    private SafeFileHandle? _file;
    private FileState _state;
    private string? _name;
    private volatile FollowFault? _failure;
    private long _position;
    private byte _last = (byte)'\n';
    private bool _fromStart;
    private bool _wasAtEnd;
    private volatile bool _stopping;

    /// <summary>Follows a log; nothing is opened yet.</summary>
    /// <param name="path">The log.</param>
    /// <param name="fromStart">Whether what is in it already is read.</param>
    /// <param name="idle">Called before a wait, and at least every second in one, on the thread that reads.</param>
    /// <param name="time">The clock of how long its place may be empty.</param>
    /// <param name="log">Takes what the operator should know.</param>
    public GrowingLog(string path, bool fromStart, Action idle, TimeProvider time, ILogger log)
    {
        _path = System.IO.Path.GetFullPath(path);
        _fromStart = fromStart;
        _idle = idle;
        _log = log;
        _place = new FollowedPlace(_path, time);
    }

    /// <summary>Whether the log is open, so that all that is in it is known.</summary>
    public bool IsOpen => _file is not null;

    /// <summary>
    /// Whether what is written now is seen: the log is open and a log is in its place. While it is not, what has occurred is not known.
    /// </summary>
    public bool IsFollowed => IsOpen && _failure is null && !_place.IsEmpty;

    /// <summary>The full path of the log.</summary>
    public string Path => _path;

    /// <summary>Why what is written now is not seen; null when it is, and while a rotation may explain it. From any thread.</summary>
    public FollowFault? Fault => _place.Fault ?? _failure;

    /// <summary>How often another file took the log's place.</summary>
    public long Rotations { get; private set; }

    /// <summary>How often the log was made shorter.</summary>
    public long Truncations { get; private set; }

    /// <summary>How often it was before it had been read to its end, or a rotated file could not be read.</summary>
    public long Losses { get; private set; }

    /// <summary>Bytes read.</summary>
    public long Bytes { get; private set; }

    /// <summary>Lets the read that waits, and every later one, be the end. From any thread.</summary>
    public void Stop()
    {
        _stopping = true;
        Wake();
    }

    public override int Read(Span<byte> buffer)
    {
        while (true)
        {
            if (TryRead(buffer) is > 0 and var read) return read;
            if (_stopping) return 0;
            _idle();
            Watch();
            _wake.WaitOne(Poll);
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _watcher?.Dispose();
            _file?.Dispose();
            _wake.Dispose();
        }

        base.Dispose(disposing);
    }

    // 0 when there is nothing at this moment.
    private int TryRead(Span<byte> buffer)
    {
        try
        {
            _file ??= Open(_path);
            string? successor = Successor();
            int read = RandomAccess.Read(_file, buffer, _position);
            if (read == 0 && successor is not null) return Next(successor, buffer);

            // What was read behind a beginning that has changed is from the middle of what was written since.
            if ((read == 0 && RandomAccess.GetLength(_file) < _position) || !_head.IsOf(_file)) return Again(buffer);
            _wasAtEnd = read < buffer.Length;
            if (read > 0)
            {
                _position += read;
                Bytes += read;
                _last = buffer[read - 1];
            }

            return read;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _file?.Dispose();
            _file = null;

            // What appears later was written while it was watched.
            _fromStart = true;
            Report(FollowFault.Of(e));
            return 0;
        }
    }

    private SafeFileHandle Open(string path)
    {
        SafeFileHandle file = RegularFile.Open(path, out FileState state);
        _state = state;
        _position = _fromStart ? 0 : RandomAccess.GetLength(file);
        _head.Forget();
        _fromStart = true;
        if (path == _path)
        {
            _name = NameOf(file);
            Report(null);
        }

        return file;
    }

    // The file to read after this one. Asked before the read that finds nothing, so that nothing is written to the old file between the
    // two. logrotate makes the new file before the writer has left the old one.
    private string? Successor()
    {
        FollowFault? before = _place.Fault;
        FileState? there = _place.Look();
        if (_place.Fault is { } fault && fault != before) FollowMessages.Unreadable(_log, _path, fault.What, fault.Remedy);
        else if (_place.Fault is null && before is not null) FollowMessages.Back(_log, _path);

        if (there is { } same && same.IsSameFile(_state))
        {
            Report(null);
            return null;
        }

        string? name = NameOf(_file!);
        if (name is not null && _name is not null && name.StartsWith(_name + ".", StringComparison.Ordinal)
            && int.TryParse(name.AsSpan(_name.Length + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number > 1)
        {
            string newer = string.Create(CultureInfo.InvariantCulture, $"{_name}.{number - 1}");
            if (FileState.Of(newer, follow: true) is { IsRegular: true }) return newer;
        }

        return there is { Size: > 0 } ? _path : null;
    }

    // The name that an open file has by now (proc_pid_fd(5)); of one that was deleted it ends with a remark.
    private static string? NameOf(SafeFileHandle file) => new FileInfo($"/proc/self/fd/{file.DangerousGetHandle()}").LinkTarget;

    private int Next(string successor, Span<byte> buffer)
    {
        SafeFileHandle next;
        try
        {
            next = Open(successor);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A file between is left out when the log itself can be read on.
            if (successor != _path) return Skip(successor, e, buffer);

            // The old file stays open: it may come back to its place.
            Report(FollowFault.Of(e));
            return 0;
        }

        _file!.Dispose();
        _file = next;
        Rotations++;
        return ReadOn(buffer);
    }

    private int Skip(string between, Exception failure, Span<byte> buffer)
    {
        if (FileState.Of(_path, follow: true) is not { IsRegular: true, Size: > 0 }) return 0;
        long rotations = Rotations;
        int read = Next(_path, buffer);
        if (Rotations == rotations) return read;
        Losses++;
        FollowMessages.Skipped(_log, between, FollowFault.Of(failure).What);
        return read;
    }

    private int Again(Span<byte> buffer)
    {
        Truncations++;
        if (_wasAtEnd)
        {
            FollowMessages.Truncated(_log, _path);
        }
        else
        {
            Losses++;
            FollowMessages.Lost(_log, _path);
        }

        _position = 0;
        _head.Forget();
        return ReadOn(buffer);
    }

    // What was read last may lack the end of its line; what is read now begins a new one. That line feed is not in the file.
    private int ReadOn(Span<byte> buffer)
    {
        if (_last == (byte)'\n') return TryRead(buffer);
        buffer[0] = _last = (byte)'\n';
        return 1;
    }

    // Once each failure, not once each second; null: the log is read.
    private void Report(FollowFault? failure)
    {
        if (failure is not null && failure != _failure) FollowMessages.Unreadable(_log, _path, failure.What, failure.Remedy);
        if (failure is null && _failure is not null) FollowMessages.Readable(_log, _path);
        _failure = failure;
    }

    // inotify tells at once that something was written; where it cannot be had, the log is looked at every second.
    private void Watch()
    {
        if (_watcher is not null) return;
        try
        {
            var watcher = new FileSystemWatcher(System.IO.Path.GetDirectoryName(_path)!, System.IO.Path.GetFileName(_path))
            {
                NotifyFilter = NotifyFilters.FileName | NotifyFilters.Size | NotifyFilters.LastWrite,
            };
            watcher.Changed += (_, _) => Wake();
            watcher.Created += (_, _) => Wake();
            watcher.Deleted += (_, _) => Wake();
            watcher.Renamed += (_, _) => Wake();
            watcher.EnableRaisingEvents = true;
            _watcher = watcher;
            Wake();
        }
        catch (Exception e) when (e is IOException or ArgumentException or UnauthorizedAccessException)
        {
            // The folder is not there or may not be read; the next round tries again.
        }
    }

    // The watcher's thread, or whoever stops it, may come after the end.
    private void Wake()
    {
        try
        {
            _wake.Set();
        }
        catch (ObjectDisposedException)
        {
            // Nobody waits any more.
        }
    }
}
