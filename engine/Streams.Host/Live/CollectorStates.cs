using Streams.Events;
using Streams.Events.Input;

namespace Streams.Host.Live;

/// <summary>Which collectors do not watch yet, and which cannot go on and why. Any thread may ask and tell.</summary>
/// <param name="collectors">The collectors; their names differ.</param>
/// <param name="host">The name of this host.</param>
internal sealed class CollectorStates(IReadOnlyList<ICollector> collectors, string host)
{
    private readonly Lock _gate = new();
    private readonly HashSet<string> _starting = [.. collectors.Select(collector => collector.Name)];
    private readonly List<(string Name, string Reason)> _ended = [];
    private DateTimeOffset _toldUpTo;
    private ulong _serial;
    private bool _isStartKnown;

    /// <summary>Those that have not told yet all that there is up to some time.</summary>
    public IReadOnlyList<string> Starting
    {
        get
        {
            lock (_gate) return [.. _starting];
        }
    }

    /// <summary>Those that cannot go on, and why.</summary>
    public IReadOnlyList<(string Name, string Reason)> Ended
    {
        get
        {
            lock (_gate) return [.. _ended];
        }
    }

    /// <summary>Those that go on.</summary>
    public IReadOnlyList<string> Watching
    {
        get
        {
            IEnumerable<string> names = collectors.Select(collector => collector.Name);
            lock (_gate) return [.. names.Where(name => !_ended.Exists(ended => ended.Name == name))];
        }
    }

    /// <summary>What is not watched and why: what the run knew at its start, then what the collectors that go on know now.</summary>
    /// <param name="atStart">What was known at the start.</param>
    public IReadOnlyList<(string Collector, bool IsFault, string Text)> Conditions(IReadOnlyList<CollectorCondition> atStart)
    {
        IReadOnlyList<string> watching = Watching;
        return
        [
            .. atStart.Select(condition => ("", condition.IsFault, condition.Text)),
            .. collectors.Where(collector => watching.Contains(collector.Name))
                .SelectMany(collector => collector.Conditions.Select(condition => (collector.Name, condition.IsFault, condition.Text))),
        ];
    }

    /// <summary>Looks for first heartbeats: from there on nothing passes unseen.</summary>
    /// <returns>True once: when all that go on watch.</returns>
    public bool Start(Batch batch)
    {
        lock (_gate)
        {
            if (_isStartKnown) return false;
            foreach (Event e in batch.Events.Span)
            {
                if (e is Heartbeat) _starting.Remove(e.Collector);
            }

            return _isStartKnown = _starting.Count == 0 && _ended.Count < collectors.Count;
        }
    }

    /// <summary>A collector cannot go on.</summary>
    /// <returns>What the queries are to know of it.</returns>
    public Gap End(string name, string reason, DateTimeOffset now)
    {
        lock (_gate)
        {
            _starting.Remove(name);
            if (_ended.Count == 0) _toldUpTo = now;
            _ended.Add((name, reason));
            return new Gap(host, name, now, now, ++_serial, 0, $"the collector cannot go on: {reason}");
        }
    }

    /// <summary>That nothing is heard from those that cannot go on, since this was asked last: nobody waits for them.</summary>
    public Event[] Outages(DateTimeOffset now)
    {
        lock (_gate)
        {
            DateTimeOffset from = _toldUpTo;
            _toldUpTo = now;
            return [.. _ended.Select(ended => new Outage(host, from, now, ++_serial, ended.Name))];
        }
    }
}
