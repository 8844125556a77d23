using Streams.Events;

namespace Streams.Audit;

/// <summary>One source: the files of a log one after the other, its records joined, its events in order of completion.</summary>
internal sealed class LogSource : IDisposable
{
    private const int Sniffed = 64 * 1024;

    private readonly IReadOnlyList<LogFiles.LogFile> _files;
    private readonly LogStatistics _statistics;
    private readonly long _from;
    private readonly long _to;
    private readonly RecordJoiner _joiner;
    private readonly Queue<AuditEvent> _events = new();
    private readonly Action? _beforeRead;
    private readonly int _buffer;
    private int _next;
    private string _path = "";
    private LineSplitter? _lines;
    private bool _ended;

    public LogSource(LogFiles.Chain chain, LogOptions options, LogStatistics statistics, int buffer, Action? beforeRead)
    {
        _files = chain.Files;
        _statistics = statistics;
        _beforeRead = beforeRead;
        _buffer = buffer;
        _from = options.From is { } from ? Ceiling(from) : long.MinValue;
        _to = options.To is { } to ? Ceiling(to) : long.MaxValue;
        _joiner = new RecordJoiner(_events.Enqueue, new JoinerOptions
        {
            Host = options.Host ?? "localhost",
            MaxInFlight = (int)Math.Clamp(options.MaxInFlight, 1, int.MaxValue / 2),
            MaxBytes = Math.Max(options.MaxBytes, 1),
        });
    }

    public RecordJoiner Joiner => _joiner;

    /// <summary>The next event; null at the end.</summary>
    public AuditEvent? Next(CancellationToken cancellation)
    {
        while (_events.Count == 0)
        {
            if (!ReadLines(cancellation)) return null;
        }

        return _events.Dequeue();
    }

    public void Dispose() => _lines?.Dispose();

    // Reads until an event is complete, the file ends, or the source does.
    private bool ReadLines(CancellationToken cancellation)
    {
        if (_lines is null && !Open())
        {
            if (_ended) return false;
            _ended = true;
            _joiner.Complete();
            return _events.Count > 0;
        }

        LineSplitter lines = _lines!;
        try
        {
            for (int i = 0; _events.Count == 0; i++)
            {
                if ((i & 1023) == 0) cancellation.ThrowIfCancellationRequested();
                if (!lines.TryRead(out ReadOnlySpan<byte> line))
                {
                    CloseFile();
                    return true;
                }

                if (lines.IsTooLong) _statistics.Bad(BadLineKind.TooLong, line, _path, lines.Line);
                else Take(line, lines);
            }
        }
        catch (Exception error) when (error is IOException or InvalidDataException or UnauthorizedAccessException or ZstdSharp.ZstdException)
        {
            _statistics.Error(_path, $"cannot be read beyond line {lines.Line}: {error.Message}", "what came before it was read; check the file");
            CloseFile();
        }

        return true;
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
                    BadLineKind kind = parser.Bad == BadLineKind.BadStamp && !lines.IsTerminated ? BadLineKind.CutOff : parser.Bad;
                    _statistics.Bad(kind, line, _path, lines.Line);
                    break;
                default:
                    if (parser.Bad != BadLineKind.None) _statistics.Bad(parser.Bad, line, _path, lines.Line);
                    if (record.Time >= _from && record.Time < _to)
                        _joiner.Add(record.Node, record.Type, record.Time, record.Serial, record.Text);
                    break;
            }
        }
    }

    private bool Open()
    {
        while (_next < _files.Count)
        {
            LogFiles.LogFile file = _files[_next++];
            _path = file.Path;
            try
            {
                _lines = new LineSplitter(LogStream.Open(file.Path, _statistics), _buffer) { BeforeRead = _beforeRead };
                ReadOnlySpan<byte> beginning = _lines.Peek(Sniffed);
                if (beginning.IsEmpty || BeginsLikeALog(beginning)) return true;
                if (file.IsNamed)
                    _statistics.Error(file.Path, "does not begin like an audit log", "name an audit.log, or what `ausearch --raw` prints");
                else
                    _statistics.Skip(file.Path);
            }
            catch (FileNotFoundException)
            {
                _statistics.Error(file.Path, "there is no such file or folder", "check the path");
            }
            catch (DirectoryNotFoundException)
            {
                _statistics.Error(file.Path, "there is no such file or folder", "check the path");
            }
            catch (UnauthorizedAccessException)
            {
                _statistics.Error(file.Path, "no permission to read it", "run as a user who may read it, for audit logs mostly root");
            }
            catch (Exception error) when (error is IOException or InvalidDataException or ZstdSharp.ZstdException)
            {
                _statistics.Error(file.Path, "cannot be read: " + error.Message, "check the file");
            }

            CloseFile();
        }

        return false;
    }

    private void CloseFile()
    {
        _lines?.Dispose();
        _lines = null;
    }

    private static bool BeginsLikeALog(ReadOnlySpan<byte> beginning)
    {
        foreach (Range range in beginning.Split((byte)'\n'))
        {
            var parser = new LineParser(beginning[range]);
            for (LineOutcome outcome; (outcome = parser.Next(out _)) != LineOutcome.End;)
            {
                if (outcome == LineOutcome.Record || parser.Bad == BadLineKind.Interpreted) return true;
            }
        }

        return false;
    }

    private static long Ceiling(DateTimeOffset time) => (time.UtcTicks - DateTimeOffset.UnixEpoch.Ticks + TimeSpan.TicksPerMillisecond - 1) / TimeSpan.TicksPerMillisecond;
}
