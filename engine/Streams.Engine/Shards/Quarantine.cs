namespace Streams.Engine.Shards;

/// <summary>
/// The faults of one query by host, and the hosts whose events it does not get because of them. A fault counts for an hour of shard clock:
/// the fourth of one host within that time puts the query in quarantine for this host.
/// </summary>
internal sealed class Quarantine
{
    /// <summary>Stands for all hosts: for faults that no host has caused, and for a quarantine that a control record asked for.</summary>
    public const int AllHosts = 0;

    /// <summary>How many faults of one host within an hour a query is started again after.</summary>
    public const int Retries = 3;

    private static readonly long FaultsCountFor = TimeSpan.FromHours(1).Ticks;

    private readonly Dictionary<int, long[]> _faults = [];
    private readonly Dictionary<int, long> _since = [];
    private readonly Dictionary<int, List<(long From, long To)>> _pauses = [];

    /// <summary>Whether it is in quarantine for all hosts.</summary>
    public bool IsForAll => _since.Count > 0 && _since.ContainsKey(AllHosts);

    public bool Holds(Scope? scope) =>
        _since.Count > 0 && (_since.ContainsKey(AllHosts) || (scope is not null && _since.ContainsKey(scope.Index)));

    /// <summary>Counts a fault; true when it was one too many, and the quarantine has begun.</summary>
    public bool CountFault(int index, long clock)
    {
        if (!_faults.TryGetValue(index, out long[]? times))
        {
            if (_faults.Count >= ManyHosts) ForgetFaults(clock);
            Array.Fill(times = new long[Retries], long.MinValue);
            _faults.Add(index, times);
        }

        if (IsRecent(times[0], clock))
        {
            _faults.Remove(index);
            Begin(index, clock);
            return true;
        }

        Array.Copy(times, 1, times, 0, Retries - 1);
        times[^1] = clock;
        return false;
    }

    /// <summary>Begins a quarantine; false when it is there already.</summary>
    public bool Begin(int index, long clock) => _since.TryAdd(index, clock);

    /// <summary>Ends every quarantine and forgets the faults; for how long it lasted is remembered.</summary>
    public void End(long clock)
    {
        long forAll = _since.GetValueOrDefault(AllHosts, clock);
        foreach ((int index, long since) in _since)
        {
            long to = index == AllHosts ? clock : forAll;
            if (since >= to) continue;
            if (!_pauses.TryGetValue(index, out List<(long From, long To)>? pauses)) _pauses.Add(index, pauses = []);
            if (pauses.Count == RememberedPauses) pauses.RemoveAt(0);
            pauses.Add((since, to));
        }

        _since.Clear();
        _faults.Clear();
    }

    /// <summary>How many ticks since a time the query got no events of a scope, not counting a quarantine that still lasts.</summary>
    public long PausedSince(Scope scope, long since)
    {
        long paused = 0;
        foreach ((long from, long to) in PausesOf(scope)) paused += Math.Max(0, to - Math.Max(from, since));
        return paused;
    }

    /// <summary>
    /// From when on learning counts for a scope that could be heard from a time on: what a quarantine interrupts goes on after it, and of a
    /// host that came while it lasted nothing has been learnt before its end.
    /// </summary>
    public long LearnsFrom(Scope scope, long since, long learn)
    {
        foreach ((long from, long to) in PausesOf(scope))
        {
            if (since >= to) continue;
            if (since >= from) since = to;
            else if (from - since < learn) since = to - (from - since);
        }

        return since;
    }

    // In the order in which they began: those of one host end before one for all begins, or begin after it.
    private IEnumerable<(long From, long To)> PausesOf(Scope scope)
    {
        if (_pauses.Count == 0) return [];
        List<(long From, long To)>? all = _pauses.GetValueOrDefault(AllHosts);
        List<(long From, long To)>? own = scope.Index == AllHosts ? null : _pauses.GetValueOrDefault(scope.Index);
        return (all, own) switch
        {
            (null, null) => [],
            (not null, null) => all,
            (null, not null) => own,
            _ => all!.Concat(own!).Order(),
        };
    }

    private void ForgetFaults(long clock)
    {
        foreach ((int index, long[] times) in _faults)
            if (!IsRecent(times[^1], clock))
                _faults.Remove(index);
    }

    private static bool IsRecent(long time, long clock) => time != long.MinValue && clock - time < FaultsCountFor;

    // Beyond so many, those whose faults no longer count are looked for; there are at most as many as hosts.
    private const int ManyHosts = 1024;

    // Of one host. An earlier one is of use only to a learning period that it fell into.
    private const int RememberedPauses = 16;
}
