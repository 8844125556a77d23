using System.Globalization;
using Microsoft.Extensions.Logging;
using Streams.Events;

namespace Streams.Audit;

/// <summary>
/// A log as one endless stream: what is appended to it, then what is appended to the file that takes its place. A read waits until there
/// is something, or until it is told to stop, and then is the end.
/// </summary>
/// <remarks>
/// Rotated is: the file has another name, and something stands in one of the old name; until then the writer has not left the old one,
/// which is read to its end first. Of a log that was rotated several times at once the files between are read where they are numbered.
/// Truncated is: the file is shorter than what was read of it; it is read from its beginning. What was written between the last read to
/// the end and the truncation is lost without a trace; whoever writes and truncates at once (logrotate's copytruncate) loses it as well.
/// </remarks>
internal sealed partial class GrowingLog : ForwardStream
{
    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(1);

    private readonly string _path;
    private readonly Action _idle;
    private readonly ILogger _log;
    private readonly AutoResetEvent _wake = new(false);
    private FileSystemWatcher? _watcher;
    private FileStream? _file;
    private string? _name;
    private string? _failure;
    private long _position;
    private byte _last = (byte)'\n';
    private bool _fromStart;
    private bool _wasAtEnd;
    private volatile bool _stopping;

    /// <summary>Follows a log; nothing is opened yet.</summary>
    /// <param name="path">The log.</param>
    /// <param name="fromStart">Whether what is in it already is read.</param>
    /// <param name="idle">Called before a wait, and at least every second in one, on the thread that reads.</param>
    /// <param name="log">Takes what the operator should know.</param>
    public GrowingLog(string path, bool fromStart, Action idle, ILogger log)
    {
        _path = System.IO.Path.GetFullPath(path);
        _fromStart = fromStart;
        _idle = idle;
        _log = log;
    }

    /// <summary>Whether the log is open, so that all that is in it is known.</summary>
    public bool IsOpen => _file is not null;

    /// <summary>How often another file took the log's place.</summary>
    public long Rotations { get; private set; }

    /// <summary>How often the log was made shorter.</summary>
    public long Truncations { get; private set; }

    /// <summary>How often it was before it had been read to its end.</summary>
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
            int read = _file.Read(buffer);
            if (read == 0 && successor is not null) return Next(successor, buffer);
            if (read == 0 && _file.Length < _position) read = Again(buffer);
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
            Tell(e);
            return 0;
        }
    }

    private FileStream Open(string path)
    {
        var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        _position = _fromStart ? 0 : file.Seek(0, SeekOrigin.End);
        _fromStart = true;
        if (path == _path) _name = NameOf(file);
        if (_failure is not null) LogReadable(_log, _path);
        _failure = null;
        return file;
    }

    // The file to read after this one. Asked before the read that finds nothing, so that nothing is written to the old file between the
    // two. logrotate makes the new file before the writer has left the old one.
    private string? Successor()
    {
        string? name = NameOf(_file!);
        if (name == _name || name is null) return null;
        if (name.StartsWith(_name + ".", StringComparison.Ordinal)
            && int.TryParse(name.AsSpan(_name!.Length + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number > 1)
        {
            string newer = string.Create(CultureInfo.InvariantCulture, $"{_name}.{number - 1}");
            if (File.Exists(newer)) return newer;
        }

        return new FileInfo(_path) is { Exists: true, Length: > 0 } ? _path : null;
    }

    // The name that an open file has by now (proc_pid_fd(5)); of one that was deleted it ends with a remark.
    private static string? NameOf(FileStream file) => new FileInfo($"/proc/self/fd/{file.SafeFileHandle.DangerousGetHandle()}").LinkTarget;

    // The last line of the old file may lack its end; the next file begins a new one.
    private int Next(string successor, Span<byte> buffer)
    {
        FileStream next = Open(successor);
        _file!.Dispose();
        _file = next;
        Rotations++;
        if (_last == (byte)'\n') return TryRead(buffer);
        buffer[0] = _last = (byte)'\n';
        return 1;
    }

    private int Again(Span<byte> buffer)
    {
        Truncations++;
        if (_wasAtEnd)
        {
            LogTruncated(_log, _path);
        }
        else
        {
            Losses++;
            LogLost(_log, _path);
        }

        _file!.Position = _position = 0;
        if (_last == (byte)'\n') return _file.Read(buffer);

        // This line feed is none of the file's.
        buffer[0] = (byte)'\n';
        _position = -1;
        return 1;
    }

    // Once each failure, not once each second.
    private void Tell(Exception failure)
    {
        _file?.Dispose();
        _file = null;

        // What appears later was written while it was watched.
        _fromStart = true;
        string what = failure switch
        {
            FileNotFoundException or DirectoryNotFoundException => "is not there yet",
            UnauthorizedAccessException => "may not be read by this user",
            _ => $"cannot be read: {FailureText.Of(failure)}",
        };
        if (_failure != what) LogUnreadable(_log, _path, what);
        _failure = what;
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

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Path} {What}; it is tried again every second")]
    private static partial void LogUnreadable(ILogger log, string path, string what);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Path} is read now")]
    private static partial void LogReadable(ILogger log, string path);

    [LoggerMessage(
        Level = LogLevel.Information, Message = "{Path} was truncated, and is read from its beginning; it had been read to its end")]
    private static partial void LogTruncated(ILogger log, string path);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "{Path} was truncated before it had been read to its end: what was not read is lost; it is read from its beginning")]
    private static partial void LogLost(ILogger log, string path);
}
