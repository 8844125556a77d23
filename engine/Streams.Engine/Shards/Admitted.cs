using Streams.Events;
using Streams.Events.Input;

namespace Streams.Engine.Shards;

/// <summary>Part of the admitted order as every shard reads it.</summary>
/// <param name="Events">The events.</param>
/// <param name="Clocks">The shard clock at each event.</param>
/// <param name="Hosts">The index of each event's host, from 1 on.</param>
/// <param name="ShardsOfHosts">By index: which shard a host belongs to.</param>
/// <param name="Position">The position of the first event.</param>
/// <param name="Clock">The clock after all of it.</param>
/// <param name="Control">What is changed in place of events.</param>
internal readonly record struct Admitted(
    ReadOnlyMemory<Event> Events, long[] Clocks, int[] Hosts, ushort[] ShardsOfHosts, long Position, long Clock, Control? Control = null)
{
    /// <summary>Whether the process that admitted the events made them itself.</summary>
    public bool IsOwn { get; init; }

    /// <summary>Whether the time of admission is known, as it is live and in a recording of that.</summary>
    public bool IsLive { get; init; }

    /// <summary>When each event counts as having occurred; null when all count as they claim.</summary>
    public long[]? Times { get; init; }

    public int ShardOfHost(int host) => ShardsOfHosts[host];
}

/// <summary>What a shard has to say, an alert's transition or a notice, and where it belongs in the order of all shards.</summary>
internal sealed record Saying : IComparable<Saying>
{
    public long Clock { get; init; }

    public long Position { get; init; }

    public int Step { get; init; }

    public long Due { get; init; }

    public required string Query { get; init; }

    public required string Key { get; init; }

    public required string Host { get; init; }

    public long Number { get; init; }

    public Alert? Alert { get; init; }

    public QueryNotice? Notice { get; init; }

    /// <summary>(Clock time, timers before events, event position, query, key); timers have no position, that is -1.</summary>
    public int CompareTo(Saying? other)
    {
        if (other is null) return 1;
        int order = Clock.CompareTo(other.Clock);
        if (order == 0) order = Position.CompareTo(other.Position);
        if (order == 0) order = Step.CompareTo(other.Step);
        if (order == 0) order = Due.CompareTo(other.Due);
        if (order == 0) order = string.CompareOrdinal(Query, other.Query);
        if (order == 0) order = string.CompareOrdinal(Key, other.Key);
        if (order == 0) order = string.CompareOrdinal(Host, other.Host);
        return order == 0 ? Number.CompareTo(other.Number) : order;
    }
}

/// <summary>A hash that is the same in every process and version (FNV-1a, 32 bits).</summary>
internal static class StableHash
{
    public static uint Of(string text)
    {
        uint hash = 2166136261;
        foreach (char c in text) hash = (hash ^ c) * 16777619;
        return hash;
    }
}
