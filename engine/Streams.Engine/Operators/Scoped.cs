using Streams.Engine.Shards;

namespace Streams.Engine;

/// <summary>What an operator keeps for each scope: for each host, or once for the fleet. Found by an index, not by a name.</summary>
internal sealed class Scoped<TState>(Func<Scope, TState> create) where TState : class
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

    public IEnumerable<TState> All => _states.Where(s => s is not null)!;
}
