using Streams.Events;

namespace Streams.Audit;

/// <summary>A path that could not be read as it should.</summary>
/// <param name="Path">The path as it was given or found.</param>
/// <param name="What">What is wrong.</param>
/// <param name="Remedy">What to do.</param>
public sealed record LogError(string Path, string What, string Remedy);

/// <summary>A file that was found in a folder and not read.</summary>
/// <param name="Path">Its path.</param>
/// <param name="Why">Why, for instance <c>does not begin like an audit log</c>.</param>
public sealed record SkippedFile(string Path, string Why);

/// <summary>The bad lines of one kind.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Count">How many.</param>
/// <param name="Example">The beginning of the first, as text with U+FFFD for what is no UTF-8. It is somebody else's: escape it.</param>
/// <param name="Path">The file of the first.</param>
/// <param name="Line">Its line there, from 1.</param>
public sealed record BadLines(BadLineKind Kind, long Count, string Example, string Path, long Line);

/// <summary>Events that claim a time that is not believed.</summary>
/// <param name="Count">How many.</param>
/// <param name="Path">The file of the first.</param>
/// <param name="Host">Its host, as its records name it: escape it.</param>
/// <param name="Claimed">When it claims to have occurred.</param>
/// <param name="Latest">The latest time that was possible in its file.</param>
public sealed record AheadEvents(long Count, string Path, string Host, DateTimeOffset Claimed, DateTimeOffset Latest);

/// <summary>What was read. The figures grow while reading and may be looked at from another thread.</summary>
public sealed class LogStatistics
{
    private readonly Lock _gate = new();
    private readonly BadLines?[] _bad = new BadLines?[Enum.GetValues<BadLineKind>().Length];
    private readonly List<LogError> _errors = [];
    private readonly List<SkippedFile> _skipped = [];
    private JoinerFigures _figures;
    private long _bytesRead;
    private long _repeated;
    private AheadEvents? _ahead;

    /// <summary>Records within the bounds of time.</summary>
    public long Records => Figures.Records;

    /// <summary>Events.</summary>
    public long Events => Figures.Events;

    /// <summary>Events that lack what their kinds require.</summary>
    public long Torn => Figures.Torn;

    /// <summary>Events of records that came after their event had left.</summary>
    public long Late => Figures.Late;

    /// <summary>Events closed early because too many, or too large ones, were unfinished.</summary>
    public long ForcedOut => Figures.ForcedOut;

    /// <summary>EOE records of which no other record was seen.</summary>
    public long EndsAlone => Figures.EndsAlone;

    /// <summary>Serials that no record had: a hint, since the kernel also spends serials on records that nobody gets.</summary>
    public long SerialGaps => Figures.SerialGaps;

    /// <summary>Copies of events that another log has as well; each such event is among <see cref="Events"/> once.</summary>
    public long Repeated
    {
        get => Interlocked.Read(ref _repeated);
        internal set => Interlocked.Exchange(ref _repeated, value);
    }

    /// <summary>The events at which something failed; they are there, with their records.</summary>
    public FaultLog Faults { get; } = RecordJoiner.NewFaults();

    /// <summary>
    /// Events whose stamps are not believed, and the first of them: what is beyond the last change of its file, or ahead of what follows.
    /// </summary>
    public AheadEvents? Ahead
    {
        get
        {
            lock (_gate) return _ahead;
        }
    }

    /// <summary>Bytes read of the files as they are on disk.</summary>
    public long BytesRead => Interlocked.Read(ref _bytesRead);

    /// <summary>Bytes of all files as they are on disk; null when one is a pipe.</summary>
    public long? BytesTotal { get; internal set; }

    /// <summary>The bad lines by kind.</summary>
    public IReadOnlyList<BadLines> BadLines
    {
        get
        {
            lock (_gate) return [.. _bad.OfType<BadLines>()];
        }
    }

    /// <summary>Files in folders that are no audit logs.</summary>
    public IReadOnlyList<SkippedFile> Skipped
    {
        get
        {
            lock (_gate) return [.. _skipped];
        }
    }

    /// <summary>What could not be read.</summary>
    public IReadOnlyList<LogError> Errors
    {
        get
        {
            lock (_gate) return [.. _errors];
        }
    }

    internal JoinerFigures Figures
    {
        get
        {
            lock (_gate) return _figures;
        }

        set
        {
            lock (_gate) _figures = value;
        }
    }

    internal void CountAhead(string path, AuditEvent e, long bound)
    {
        lock (_gate)
        {
            _ahead = _ahead is { } known
                ? known with { Count = known.Count + 1 }
                : new AheadEvents(1, path, e.Host, e.Occurred, new DateTimeOffset(Math.Min(bound, DateTime.MaxValue.Ticks), TimeSpan.Zero));
        }
    }

    internal void Read(long bytes) => Interlocked.Add(ref _bytesRead, bytes);

    internal void Error(string path, string what, string remedy)
    {
        lock (_gate) _errors.Add(new LogError(path, what, remedy));
    }

    internal void Skip(string path, string why)
    {
        lock (_gate) _skipped.Add(new SkippedFile(path, why));
    }

    internal void Bad(BadLineKind kind, ReadOnlySpan<byte> line, string path, long number)
    {
        lock (_gate)
        {
            ref BadLines? bad = ref _bad[(int)kind];
            bad = bad is { } known
                ? known with { Count = known.Count + 1 }
                : new BadLines(kind, 1, System.Text.Encoding.UTF8.GetString(line[..Math.Min(line.Length, 200)]), path, number);
        }
    }
}
