using Streams.Events;
using Streams.Events.Tables;

namespace Streams.Audit;

/// <summary>
/// One source: the files of a log one after the other, its records joined, its events in order of completion. It holds a file and
/// buffers only between <see cref="Next"/>'s first call and its last.
/// </summary>
internal sealed class LogSource : IDisposable
{
    /// <summary>The host of records that name none, where none is given.</summary>
    public const string DefaultHost = "localhost";

    // How much of a file is looked at to tell whether it is an audit log.
    private const int Sniffed = 64 * 1024;

    private readonly LogStatistics _statistics;
    private readonly LogOptions _options;
    private readonly Action<LogSource> _beforeWait;
    private readonly int _buffer;
    private readonly long _from;
    private readonly long _to;
    private readonly Queue<LogFile> _files = new();
    private readonly Queue<AuditEvent> _events = new();
    private readonly LogTime _time;
    private RecordJoiner? _joiner;
    private LogFile? _file;
    private LineSplitter? _lines;
    private bool _hasRecord;
    private bool _isWide;
    private long _newest;

    /// <summary>Looks at the files of a log: those that cannot be read, or are no audit logs, are reported and left out.</summary>
    /// <param name="log">The files, oldest first.</param>
    /// <param name="options">How to read.</param>
    /// <param name="statistics">Where to report.</param>
    /// <param name="buffer">Bytes to read at once.</param>
    /// <param name="beforeWait">Called before a pipe is read, which may take long; takes what is ready.</param>
    /// <param name="times">Takes the times of events whose stamps are not believed.</param>
    public LogSource(
        IEnumerable<LogFile> log,
        LogOptions options,
        LogStatistics statistics,
        int buffer,
        Action<LogSource> beforeWait,
        CountedTimes times)
    {
        _time = new LogTime(_events.Enqueue, times, statistics);
        _statistics = statistics;
        _options = options;
        _beforeWait = beforeWait;
        _buffer = buffer;
        _from = options.From is { } from ? Ceiling(from) : long.MinValue;
        _to = options.To is { } to ? Ceiling(to) : long.MaxValue;
        FirstStamp = long.MaxValue;
        foreach (LogFile file in log)
        {
            try
            {
                if (!IsALog(file)) continue;
                file.Folder?.Accept();
                _files.Enqueue(file);
                Bytes += file.IsPipe ? null : file.Length;
            }
            catch (Exception error) when (Reported(file, error))
            {
            }
        }
    }

    /// <summary>Whether there is a file to read.</summary>
    public bool HasFiles => _files.Count > 0;

    /// <summary>
    /// The stamp of its first record, milliseconds since 1970 UTC; the least value for a pipe, which has not been looked at.
    /// </summary>
    public long FirstStamp { get; private set; }

    /// <summary>The size of its files on disk; null when one is a pipe.</summary>
    public long? Bytes { get; } = 0;

    public JoinerFigures Figures { get; private set; }

    /// <summary>The next event; null at the end.</summary>
    public AuditEvent? Next(CancellationToken cancellation)
    {
        while (_events.Count == 0)
        {
            if (!ReadOn(cancellation)) return null;
        }

        return _events.Dequeue();
    }

    /// <summary>The next of those events that are ready; null when there is none.</summary>
    public AuditEvent? TakeReady() => _events.TryDequeue(out AuditEvent? ready) ? ready : null;

    /// <summary>Nothing more is read: what waits for what follows is ready.</summary>
    public void Release() => _time.Complete();

    /// <summary>Brings <see cref="Figures"/> up to date.</summary>
    public void Count()
    {
        if (_joiner is not null) Figures = JoinerFigures.Of(_joiner);
    }

    public void Dispose()
    {
        CloseFile();
        foreach (LogFile file in _files) file.Dispose();
    }

    // Reads until an event is complete or a file ends; false at the end of the last one.
    private bool ReadOn(CancellationToken cancellation)
    {
        _joiner ??= new RecordJoiner(_time.Add, new JoinerOptions
        {
            Host = _options.Host ?? DefaultHost,
            MaxInFlight = (int)Math.Clamp(_options.MaxInFlight, 1, int.MaxValue / 2),
            MaxBytes = Math.Max(_options.MaxBytes, 1),
        }, faults: _statistics.Faults);
        if (_lines is null && !OpenNext())
        {
            _joiner.Complete();
            _time.Complete();
            if (_events.Count > 0) return true;
            Count();
            _joiner = null;
            return false;
        }

        try
        {
            if (!ReadLines(_lines!, cancellation)) CloseFile();
        }
        catch (Exception error) when (Reported(_file!, error))
        {
            CloseFile();
        }

        return true;
    }

    private bool OpenNext()
    {
        while (_files.TryDequeue(out LogFile? file))
        {
            _hasRecord = _isWide = false;
            _file = file;
            try
            {
                _lines = file.Open(_buffer, BeforeWait);
                _time.Begin(file.Path, () => file.LastChange(Now), () => Now);
                return true;
            }
            catch (Exception error) when (Reported(file, error))
            {
            }
        }

        return false;
    }

    private bool ReadLines(LineSplitter lines, CancellationToken cancellation)
    {
        while (_events.Count == 0)
        {
            cancellation.ThrowIfCancellationRequested();
            for (int i = 0; i < 64 && _events.Count == 0; i++)
            {
                if (!lines.TryRead(out ReadOnlySpan<byte> line))
                {
                    if (_file!.IsPipe && !_hasRecord && lines.Line > 0) NotALog(_file, _isWide);
                    return false;
                }

                if (lines.IsTooLong) _statistics.Bad(BadLineKind.TooLong, line, _file!.Path, lines.Line);
                else TakeGuarded(line, lines);
            }
        }

        return true;
    }

    // A line at which reading fails is an event of its own, at the time of the line before.
    private void TakeGuarded(ReadOnlySpan<byte> line, LineSplitter lines)
    {
        try
        {
            Take(line, lines);
        }
        catch (Exception error) when (EventFaults.IsContained(error))
        {
            _joiner!.AddFaulty(default, RecordType.None, _newest, 0, line, EventFault.Read, error);
        }
    }

    private void Take(ReadOnlySpan<byte> line, LineSplitter lines)
    {
        var parser = new LineParser(line);
        for (; ; )
        {
            switch (parser.Next(out LogRecord record))
            {
                case LineOutcome.End:
                    return;
                case LineOutcome.Bad:
                    _hasRecord |= parser.Bad == BadLineKind.Interpreted; // An audit log in another form, as in IsALog.
                    _isWide |= lines.Line == 1 && TextEncoding.IsWide(line);
                    bool cutOff = !lines.IsTerminated && parser.Bad is BadLineKind.BadStamp or BadLineKind.NotARecord;
                    _statistics.Bad(cutOff ? BadLineKind.CutOff : parser.Bad, line, _file!.Path, lines.Line);
                    break;
                default:
                    _hasRecord = true;
                    if (parser.Bad != BadLineKind.None) _statistics.Bad(parser.Bad, line, _file!.Path, lines.Line);
                    _newest = record.Time;
                    if (record.Time >= _from && record.Time < _to)
                        _joiner!.Add(record.Node, record.Type, record.Time, record.Serial, record.Text);
                    break;
            }
        }
    }

    private bool IsALog(LogFile file)
    {
        LineSplitter lines = file.Open(_buffer, BeforeWait, isLook: true);
        if (file.IsPipe)
        {
            file.Keep(lines);
            FirstStamp = long.MinValue;
            return true;
        }

        using (lines)
        {
            ReadOnlySpan<byte> beginning = Beginning(lines);
            bool isLog = true;
            foreach (Range range in beginning.Split((byte)'\n'))
            {
                var parser = new LineParser(beginning[range]);
                for (LineOutcome outcome; (outcome = parser.Next(out LogRecord record)) != LineOutcome.End;)
                {
                    if (outcome == LineOutcome.Record) FirstStamp = Math.Min(FirstStamp, Believed(record.Time, file));
                    if (outcome == LineOutcome.Record || parser.Bad == BadLineKind.Interpreted) return true;
                    isLog = false;
                }
            }

            if (!isLog) NotALog(file, TextEncoding.IsWide(beginning));
            return isLog;
        }
    }

    // What is damaged further on is read up to there.
    private static ReadOnlySpan<byte> Beginning(LineSplitter lines)
    {
        try
        {
            return lines.Peek(Sniffed);
        }
        catch (Exception error) when (error is IOException or InvalidDataException or ZstdSharp.ZstdException && !lines.Peek(0).IsEmpty)
        {
            return lines.Peek(0);
        }
    }

    private void NotALog(LogFile file, bool isWide)
    {
        (string what, string remedy) = file.Compression is { } compression
            ? ($"is compressed with {compression}", "decompress it first: gzip and zstd are read as they are")
            : isWide ? ("is UTF-16 or UTF-32 text", "convert it first: `iconv -f UTF-16 -t UTF-8`")
            : ("does not begin like an audit log", "name an audit.log, or a file that `ausearch --raw` wrote");
        if (file.Folder is null) _statistics.Error(file.Path, what, remedy);
        else _statistics.Skip(file.Path, isWide ? $"{what}; {remedy}" : what);
    }

    /// <summary>Reports what went wrong with a file; false when it is nothing about the file.</summary>
    private bool Reported(LogFile file, Exception error)
    {
        switch (error)
        {
            case FileNotFoundException or DirectoryNotFoundException:
                _statistics.Error(file.Path, "there is no such file or folder", "check the path");
                return true;
            case UnauthorizedAccessException:
                _statistics.Error(file.Path, "there is no permission to read it", "run as a user who may: audit logs are mostly root's");
                return true;
            case IOException or InvalidDataException or ZstdSharp.ZstdException when _lines is not null:
                string where = $"it cannot be read beyond line {_lines.Line}: {FailureText.Of(error)}";
                _statistics.Error(file.Path, where, "what comes before was read; check the file");
                return true;
            case IOException or InvalidDataException or ZstdSharp.ZstdException:
                _statistics.Error(file.Path, $"it cannot be read: {FailureText.Of(error)}", "check the file and its disk");
                return true;
            default:
                return false;
        }
    }

    private long Now => _options.Time.GetUtcNow().UtcTicks;

    private void BeforeWait()
    {
        _time.Wait();
        _beforeWait(this);
    }

    // One that begins with a wrong stamp is read at once.
    private long Believed(long stamp, LogFile file) =>
        stamp <= (file.LastChange(Now) - DateTimeOffset.UnixEpoch.Ticks + Events.Input.Batch.MaxAhead.Ticks) / TimeSpan.TicksPerMillisecond
            ? stamp
            : long.MinValue;

    private void CloseFile()
    {
        _lines?.Dispose();
        _lines = null;
    }

    private static long Ceiling(DateTimeOffset time) =>
        (time.UtcTicks - DateTimeOffset.UnixEpoch.Ticks + TimeSpan.TicksPerMillisecond - 1) / TimeSpan.TicksPerMillisecond;
}

/// <summary>What a joiner has counted.</summary>
internal readonly record struct JoinerFigures(
    long Records, long Events, long Torn, long Late, long ForcedOut, long EndsAlone, long SerialGaps)
{
    public static JoinerFigures Of(RecordJoiner joiner) =>
        new(joiner.Records, joiner.Events, joiner.Torn, joiner.Late, joiner.ForcedOut, joiner.EndsAlone, joiner.SerialGaps);

    public static JoinerFigures operator +(JoinerFigures a, JoinerFigures b) =>
        new(a.Records + b.Records, a.Events + b.Events, a.Torn + b.Torn, a.Late + b.Late, a.ForcedOut + b.ForcedOut,
            a.EndsAlone + b.EndsAlone, a.SerialGaps + b.SerialGaps);
}
