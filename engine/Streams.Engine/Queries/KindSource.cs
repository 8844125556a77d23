using Streams.Engine.Shards;
using Streams.Events;

namespace Streams.Engine;

/// <summary>Events of one kind, or all of them. It must be what <typeparamref name="T"/> says, else an event is passed over.</summary>
internal sealed class KindSource<T>(EventKind? kind, Func<T, bool>? filter = null, IReadOnlyList<string>? actions = null)
    : IObservable<T>
    where T : Event
{
    private readonly Route _route = new(kind, [], []);

    public IDisposable Subscribe(IObserver<T> observer)
    {
        (Shard shard, QueryRun run) = RoutedSource.AtWork();
        run.Definition.Reads(new QuerySource(kind, [], [], actions ?? []));
        var slot = new EventSlot<T>(shard, run, _route, observer, filter);
        shard.RouterOf(run).Add(slot);
        return slot;
    }
}
