namespace Streams.Host.Live;

/// <summary>The figures of the last minute, one set a second. One thread adds, any reads.</summary>
internal sealed class FigureHistory
{
    private const int Kept = 60;

    private readonly Lock _gate = new();
    private readonly Queue<LiveFigures> _figures = new();
    private LiveFigures? _newest;

    /// <summary>The newest; null while there are none.</summary>
    public LiveFigures? Newest => Volatile.Read(ref _newest);

    /// <summary>Those of a minute ago; null when it has not run so long.</summary>
    public LiveFigures? MinuteAgo
    {
        get
        {
            lock (_gate) return _figures.Count == Kept ? _figures.Peek() : null;
        }
    }

    /// <summary>Events a second in the last second.</summary>
    public double Rate { get; private set; }

    /// <summary>Adds the figures of this second.</summary>
    public void Add(LiveFigures figures)
    {
        if (_newest is { } before && figures.Elapsed > before.Elapsed)
            Rate = (figures.Engine.Events - before.Engine.Events) / (figures.Elapsed - before.Elapsed).TotalSeconds;
        Volatile.Write(ref _newest, figures);
        lock (_gate)
        {
            if (_figures.Count == Kept) _figures.Dequeue();
            _figures.Enqueue(figures);
        }
    }
}
