namespace Streams.Engine.Shards;

/// <summary>
/// All hosts together, as the fleet queries of a shard see them. Its watermark is that of the slowest host that is neither idle nor more
/// than ten minutes behind the shard clock, unless all are: a heap by watermark in which a host knows its place, so that an event costs a
/// few comparisons however many hosts there are.
/// </summary>
internal sealed class FleetScope(Shard shard, long lateness) : Scope(shard, 0)
{
    private readonly List<HostScope> _heap = [];
    private readonly long _patience = TimeSpan.FromMinutes(10).Ticks + lateness;
    private long _newest = long.MinValue;

    /// <summary>A host's watermark has moved on, or the host has come back.</summary>
    public void Moved(HostScope host, long clock)
    {
        _newest = Math.Max(_newest, host.Watermark);
        long behind = _newest >= clock - _patience ? clock - _patience : long.MinValue;
        if (host.Watermark < behind)
        {
            Remove(host);
        }
        else if (host.Place < 0)
        {
            host.Place = _heap.Count;
            _heap.Add(host);
            Up(host.Place);
        }
        else
        {
            Down(host.Place);
        }

        while (_heap.Count > 0 && _heap[0].Watermark < behind) Remove(_heap[0]);
        if (_heap.Count > 0) AdvanceWatermark(_heap[0].Watermark);
    }

    /// <summary>A host has become idle: nobody waits for it any more.</summary>
    public void Left(HostScope host)
    {
        Remove(host);
        if (_heap.Count > 0) AdvanceWatermark(_heap[0].Watermark);
    }

    private void Remove(HostScope host)
    {
        int place = host.Place;
        if (place < 0) return;
        host.Place = -1;
        HostScope last = _heap[^1];
        _heap.RemoveAt(_heap.Count - 1);
        if (last != host)
        {
            _heap[place] = last;
            last.Place = place;
            Up(place);
            Down(last.Place);
        }
    }

    private void Up(int place)
    {
        while (place > 0 && _heap[(place - 1) / 2].Watermark > _heap[place].Watermark)
        {
            Swap(place, (place - 1) / 2);
            place = (place - 1) / 2;
        }
    }

    private void Down(int place)
    {
        while (true)
        {
            int least = place;
            for (int child = 2 * place + 1; child <= 2 * place + 2 && child < _heap.Count; child++)
                if (_heap[child].Watermark < _heap[least].Watermark)
                    least = child;
            if (least == place) return;
            Swap(place, least);
            place = least;
        }
    }

    private void Swap(int a, int b)
    {
        (_heap[a], _heap[b]) = (_heap[b], _heap[a]);
        _heap[a].Place = a;
        _heap[b].Place = b;
    }
}
