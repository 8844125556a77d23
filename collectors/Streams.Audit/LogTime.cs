using Streams.Events;

namespace Streams.Audit;

/// <summary>
/// Which stamps of a log are believed. A stamp beyond the file's last change is wrong. A step of more than an hour, and the first stamp
/// of a host, are believed when <see cref="Witnesses"/> events of the host have come from there, or when nothing follows; events that are
/// in doubt wait so long, with all behind them. What is not believed counts as of the time of the events around it.
/// </summary>
/// <remarks>
/// A last change that is before <see cref="MaxAhead"/> events in a row is itself not believed (copies, archives and images set it as they
/// like): then the time of reading holds.
/// </remarks>
/// <param name="output">Takes each event, in the order in which they came.</param>
/// <param name="counted">Takes the times of those that are not believed.</param>
/// <param name="statistics">Counts them.</param>
internal sealed class LogTime(Action<AuditEvent> output, CountedTimes counted, LogStatistics statistics)
{
    /// <summary>How many events of a host a step is believed by.</summary>
    public const int Witnesses = 4;

    /// <summary>How many events in a row may lie beyond the last change before that is not believed.</summary>
    public const int MaxAhead = 4096;

    private const int MaxDoubted = 64;
    private const int MaxHosts = 4096;
    private const int MaxWaits = 16;
    private const long MaxBytes = 64 << 20;
    private const long Step = NodeState.Jump * TimeSpan.TicksPerMillisecond;

    private readonly Dictionary<string, HostTime> _hosts = new(StringComparer.Ordinal);
    private readonly LinkedList<Held> _held = [];
    private HostTime? _last;
    private Func<long> _lastChange = () => long.MaxValue;
    private Func<long> _now = () => long.MaxValue;
    private string _path = "";
    private long _bound = long.MaxValue;

    // The newest time, as it counts, of what was given out.
    private long _before = long.MinValue;
    private long _bytes;
    private int _ahead;
    private int _waits;

    /// <summary>A file begins.</summary>
    /// <param name="path">Its path.</param>
    /// <param name="lastChange">When it was last changed, in ticks of 100 ns, UTC; asked again when something lies beyond.</param>
    /// <param name="now">The time of reading.</param>
    public void Begin(string path, Func<long> lastChange, Func<long> now)
    {
        (_path, _lastChange, _now, _ahead) = (path, lastChange, now, 0);
        _bound = Bound(lastChange());
    }

    /// <summary>Takes an event of the log.</summary>
    public void Add(AuditEvent e)
    {
        long time = e.OccurredTicks;
        HostTime host = HostOf(e.Host);
        if (_held.Count == 0 && !host.IsDoubted && time <= _bound && host.Newest != long.MinValue && time <= host.Newest + Step)
        {
            if (time > host.Newest) host.Newest = time;
            if (time > _before) _before = time;
            _ahead = 0;
            output(e);
            return;
        }

        Judge(e, host, time);
        Drain();
        if (_held.First is { } first && (_held.Count > MaxDoubted || _bytes > MaxBytes))
        {
            if (first.Value.State == State.Doubted) Believe(first.Value.Host);
            else if (_held.Count > MaxAhead || _bytes > MaxBytes) GiveUp();
            Drain();
        }
    }

    /// <summary>The source may not give more for long: what is in doubt is believed.</summary>
    public void Wait()
    {
        if (_held.Count == 0) return;
        foreach (Held held in _held.ToArray())
            if (held.State == State.Doubted)
                Believe(held.Host);
        if (++_waits >= MaxWaits) GiveUp();
        Drain();
    }

    /// <summary>The log has ended.</summary>
    public void Complete()
    {
        _waits = MaxWaits;
        Wait();
    }

    private static long Bound(long lastChange) =>
        lastChange > long.MaxValue - Events.Input.Batch.MaxAhead.Ticks ? lastChange : lastChange + Events.Input.Batch.MaxAhead.Ticks;

    private void Judge(AuditEvent e, HostTime host, long time)
    {
        if (time > _bound) _bound = Math.Max(_bound, Bound(_lastChange()));
        if (time > _bound && ++_ahead >= MaxAhead) _bound = Math.Max(_bound, Bound(_now()));
        if (time > _bound)
        {
            Hold(e, host, host.Newest != long.MinValue ? State.Decided : State.Unknown, host.Newest != long.MinValue ? host.Newest : null);
            return;
        }

        _ahead = 0;
        if (host.Newest != long.MinValue && time <= host.Newest + Step)
        {
            if (host.IsDoubted) Refute(host);
            host.Newest = Math.Max(host.Newest, time);
            Decide(Hold(e, host, State.Doubted, null));
            return;
        }

        if (host.IsDoubted && time < host.StepTo - Step) Refute(host);
        host.StepTo = host.IsDoubted ? Math.Max(host.StepTo, time) : time;
        host.Witnesses++;
        Hold(e, host, State.Doubted, null);
        if (host.Witnesses >= Witnesses) Believe(host);
    }

    private Held Hold(AuditEvent e, HostTime host, State state, long? counts)
    {
        var held = new Held(e, host) { State = state, Counts = counts };
        _held.AddLast(held);
        _bytes += held.Bytes;
        return held;
    }

    private void Believe(HostTime host)
    {
        foreach (Held held in _held)
            if (held.Host == host && held.State == State.Doubted)
                Decide(held);
        if (host.IsDoubted) host.Newest = Math.Max(host.Newest, host.StepTo);
        host.Witnesses = 0;
    }

    // It occurred when it says.
    private static void Decide(Held held) => held.State = State.Decided;

    // Time has come back from a step: it was none.
    private void Refute(HostTime host)
    {
        foreach (Held held in _held)
        {
            if (held.Host != host || held.State != State.Doubted) continue;
            held.State = host.Newest != long.MinValue ? State.Decided : State.Unknown;
            if (host.Newest != long.MinValue) held.Counts = host.Newest;
        }

        host.Witnesses = 0;
    }

    // Nothing is believed for so long that it must be the last change which is wrong.
    private void GiveUp()
    {
        _bound = Math.Max(_bound, Bound(_now()));
        foreach (Held held in _held)
        {
            if (held.State == State.Decided) continue;
            held.State = State.Decided;
            if (held.Event.OccurredTicks > _bound) held.Counts = _bound;
            held.Host.Newest = Math.Max(held.Host.Newest, held.Counts ?? held.Event.OccurredTicks);
        }

        foreach (HostTime host in _hosts.Values) host.Witnesses = 0;
    }

    private void Drain()
    {
        while (_held.First is { } first)
        {
            Held held = first.Value;
            if (held.State == State.Unknown) Resolve(held);
            if (held.State != State.Decided) return;
            if (held.Counts is { } time && time < held.Event.OccurredTicks)
            {
                counted.Set(held.Event, time);
                statistics.CountAhead(_path, held.Event, _bound);
            }

            _before = Math.Max(_before, held.Counts ?? held.Event.OccurredTicks);
            _held.RemoveFirst();
            _bytes -= held.Bytes;
            _waits = 0;
            output(held.Event);
        }
    }

    // By what was believed before it, else by the next that is.
    private void Resolve(Held held)
    {
        long? time = _before == long.MinValue ? null : _before;
        for (LinkedListNode<Held>? next = _held.First; next is not null && time is null; next = next.Next)
            if (next.Value is { State: State.Decided, Counts: null })
                time = next.Value.Event.OccurredTicks;
        if (time is null) return;
        held.State = State.Decided;
        held.Counts = time;
    }

    private HostTime HostOf(string name)
    {
        if (_last is { } last && ReferenceEquals(last.Name, name)) return last;
        if (!_hosts.TryGetValue(name, out HostTime? host))
        {
            if (_hosts.Count >= MaxHosts) Forget();
            _hosts.Add(name, host = new HostTime(name));
        }

        return _last = host;
    }

    private void Forget()
    {
        foreach ((string name, HostTime host) in _hosts)
            if (!host.IsDoubted)
                _hosts.Remove(name);
    }

    private enum State
    {
        /// <summary>It waits for what follows.</summary>
        Doubted,

        /// <summary>It is wrong, and nothing is known yet to count it by.</summary>
        Unknown,

        Decided,
    }

    private sealed class Held(AuditEvent e, HostTime host)
    {
        public AuditEvent Event { get; } = e;

        public HostTime Host { get; } = host;

        public long Bytes { get; } = BytesOf(e);

        public State State { get; set; }

        /// <summary>The time that it counts as; null for its own.</summary>
        public long? Counts { get; set; }

        private static long BytesOf(AuditEvent e)
        {
            long bytes = 0;
            for (int i = 0; i < e.RecordCount; i++) bytes += e.Record(i).Text.Length;
            return bytes;
        }
    }

    private sealed class HostTime(string name)
    {
        public string Name => name;

        public long Newest { get; set; } = long.MinValue;

        public long StepTo { get; set; }

        public int Witnesses { get; set; }

        public bool IsDoubted => Witnesses > 0;
    }
}
