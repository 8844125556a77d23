using Streams.Engine.Shards;

namespace Streams.Engine;

/// <summary>State that holds keys, terms or processes.</summary>
internal interface IHolds
{
    int Count { get; }
}

/// <summary>What an operator keeps for each scope: for each host, or once for the fleet. Found by an index, not by a name.</summary>
internal sealed class Scoped<TState>(Func<Scope, TState> create) where TState : class, IHolds
{
    private TState?[] _states = [];

    public TState this[Scope scope]
    {
        get
        {
            int index = scope.Index;
            if (index >= _states.Length) Array.Resize(ref _states, Math.Max(index + 1, _states.Length * 2));
            return _states[index] ??= create(scope);
        }
    }

    /// <summary>How much is held for all scopes.</summary>
    public long Held
    {
        get
        {
            long held = 0;
            foreach (TState? state in _states) held += state?.Count ?? 0;
            return held;
        }
    }
}
