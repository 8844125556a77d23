namespace Streams.Engine;

/// <summary>What a shard is doing at a moment, for whoever watches that queries return.</summary>
/// <param name="Shard">The shard, from 0.</param>
/// <param name="Turn">A number that is another one for each entry of the input that the shard works on, and between them.</param>
/// <param name="Query">The query at work; null when the shard is idle, or at work on behalf of no query.</param>
/// <param name="Thread">The thread that works, by <see cref="EngineOptions.ThreadNumber"/>; 0 without that.</param>
public sealed record ShardActivity(int Shard, long Turn, QueryDefinition? Query, int Thread);
