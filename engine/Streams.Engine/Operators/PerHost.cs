using System.Reactive.Subjects;
using Streams.Engine.Shards;

namespace Streams.Engine;

/// <summary><c>.PerHost(…)</c>: operators of Rx that keep state, once a host.</summary>
public static class PerHostOperator
{
    /// <summary>
    /// Subscribes <paramref name="body"/> once for each host, so that what an operator of Rx remembers (<c>Buffer</c>, <c>Throttle</c>,
    /// <c>Scan</c> …) is that host's alone. The state is volatile: it is lost after a fault, of the query or of the host alone. Operators
    /// with a written name see hosts apart already and are refused here. With <paramref name="maxHosts"/> hosts, those that come later
    /// are passed over, and counted.
    /// </summary>
    /// <param name="source">Where from.</param>
    /// <param name="body">What to do with the elements of one host.</param>
    /// <param name="maxHosts">How many hosts.</param>
    public static IObservable<TOut> PerHost<T, TOut>(
        this IObservable<T> source, Func<IObservable<T>, IObservable<TOut>> body, int maxHosts = 10_000)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(body);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxHosts, 1);
        int number = (Shard.Current.Run?.Operators.Count ?? 0) + 1;
        return new Hosts<T, TOut>(source, $"per host {number}", body, maxHosts);
    }

    private sealed class Hosts<T, TOut>(IObservable<T> source, string name, Func<IObservable<T>, IObservable<TOut>> body, int maxHosts)
        : NamedOperator<T, TOut>(name, source)
    {
        private readonly Dictionary<int, OneHost> _hosts = [];

        public override long Held => _hosts.Count;

        protected override void On(T value)
        {
            if (Shard.SubjectHost is not { } host) return;
            if (!_hosts.TryGetValue(host.Index, out OneHost? own))
            {
                if (_hosts.Count >= maxHosts)
                {
                    CountCap();
                    return;
                }

                own = new OneHost(this, host.Index);
                _hosts.Add(host.Index, own);
                own.Begin(body);
            }

            own.Elements.OnNext(value);
        }

        private sealed class OneHost(Hosts<T, TOut> of, int index) : IObserver<TOut>
        {
            private IDisposable? _subscription;

            public Subject<T> Elements { get; } = new();

            public void Begin(Func<IObservable<T>, IObservable<TOut>> body)
            {
                try
                {
                    _subscription = body(Elements).Subscribe(this);
                }
                catch
                {
                    of._hosts.Remove(index);
                    throw;
                }
            }

            public void OnNext(TOut value) => of.Say(value);

            // This host begins anew with its next element; the others keep what they have.
            public void OnError(Exception error)
            {
                of._hosts.Remove(index);
                _subscription?.Dispose();
                of.Shard.Fault(of.Run, error, restart: false);
            }

            public void OnCompleted()
            {
            }
        }
    }
}
