using System.Text.Json;
using Streams.Engine;
using Streams.Events.Input;

namespace Streams.Host.Live;

/// <summary>What a live run has counted up to a moment.</summary>
internal sealed record LiveFigures
{
    /// <summary>How long it has run.</summary>
    public required TimeSpan Elapsed { get; init; }

    /// <summary>When it was started.</summary>
    public required DateTimeOffset Started { get; init; }

    /// <summary>What each collector has counted, by the collector's name.</summary>
    public required IReadOnlyList<(string Name, IReadOnlyList<KeyValuePair<string, long>> Counters)> Collectors { get; init; }

    /// <summary>The collectors that do not watch yet.</summary>
    public IReadOnlyList<string> Starting { get; init; } = [];

    /// <summary>The collectors that cannot go on, and why.</summary>
    public IReadOnlyList<(string Name, string Reason)> Ended { get; init; } = [];

    /// <summary>What the collectors do not watch, and why: the collector, whether it is a fault, and a sentence.</summary>
    public IReadOnlyList<(string Collector, bool IsFault, string Text)> Conditions { get; init; } = [];

    /// <summary>What is wrong with queries that therefore do not run: the place and the mistake.</summary>
    public IReadOnlyList<string> NotCompiled { get; init; } = [];

    /// <summary>The queries that cannot fire here, and why.</summary>
    public IReadOnlyList<(string Query, string Reason)> CannotFire { get; init; } = [];

    /// <summary>The queries that still learn, and until when.</summary>
    public IReadOnlyList<(string Query, DateTimeOffset Until)> Learning { get; init; } = [];

    /// <summary>What the engine has counted.</summary>
    public required EngineStatistics Engine { get; init; }

    /// <summary>What the outputs have counted: alerts written, dropped, refused, by the output's name.</summary>
    public IReadOnlyList<(string Name, IReadOnlyList<KeyValuePair<string, long>> Counters)> Outputs { get; init; } = [];

    /// <summary>All records that the collectors say are lost, whatever the cause.</summary>
    public long Lost => Collectors
        .SelectMany(c => c.Counters)
        .Where(c => c.Key == "lost" || c.Key.StartsWith("lost.", StringComparison.Ordinal))
        .Sum(c => c.Value);

    /// <summary>All events at which something failed, in a collector or later; they were kept.</summary>
    public long Faulty => Collectors
        .SelectMany(c => c.Counters)
        .Concat(Engine.Faulty)
        .Where(c => c.Key.StartsWith("faulty.", StringComparison.Ordinal))
        .Sum(c => c.Value);

    /// <summary>What the collectors count at this moment.</summary>
    public static IReadOnlyList<(string Name, IReadOnlyList<KeyValuePair<string, long>> Counters)> Of(IEnumerable<ICollector> collectors) =>
        [.. collectors.Select(c => (c.Name, c.Counters))];

    /// <summary>Writes them as one JSON object; a counter's dotted name is objects in objects.</summary>
    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        WriteMembers(json);
        json.WriteEndObject();
    }

    /// <summary>Writes them as members of the object that has been begun.</summary>
    public void WriteMembers(Utf8JsonWriter json)
    {
        json.WriteString("started", Started);
        json.WriteNumber("seconds", Math.Round(Elapsed.TotalSeconds, 3));
        WriteGroups(json, "collectors", Collectors);
        json.WriteStartObject("engine");
        json.WriteNumber("events", Engine.Events);
        json.WriteNumber("hosts", Engine.Hosts);
        json.WriteNumber("late", Engine.Late);
        json.WriteNumber("held", Engine.Queries.Values.Sum(q => q.Held));
        json.WriteNumber("faults", Engine.Queries.Values.Sum(q => q.Faults));
        json.WriteNumber("quarantined", Engine.Queries.Values.Sum(q => q.Quarantined));
        WriteNested(json, [.. Engine.Faulty.OrderBy(c => c.Key, StringComparer.Ordinal)], 0);
        json.WriteEndObject();
        json.WriteStartObject("alerts");
        foreach ((string query, QueryStatistics counted) in Engine.Queries) json.WriteNumber(query, counted.Alerts);
        json.WriteEndObject();
        json.WriteNumber("open", Engine.OpenAlerts);
        if (Outputs.Count > 0) WriteGroups(json, "outputs", Outputs);
    }

    private static void WriteGroups(
        Utf8JsonWriter json, string name, IReadOnlyList<(string Name, IReadOnlyList<KeyValuePair<string, long>> Counters)> groups)
    {
        json.WriteStartObject(name);
        foreach ((string group, IReadOnlyList<KeyValuePair<string, long>> counters) in groups)
        {
            json.WriteStartObject(group);
            WriteNested(json, [.. counters.OrderBy(c => c.Key, StringComparer.Ordinal)], 0);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static void WriteNested(Utf8JsonWriter json, ReadOnlySpan<KeyValuePair<string, long>> counters, int from)
    {
        while (counters.Length > 0)
        {
            string name = counters[0].Key;
            int dot = name.IndexOf('.', from);
            if (dot < 0)
            {
                json.WriteNumber(name.AsSpan(from), counters[0].Value);
                counters = counters[1..];
                continue;
            }

            ReadOnlySpan<char> prefix = name.AsSpan(0, dot + 1);
            int same = 1;
            while (same < counters.Length && counters[same].Key.AsSpan().StartsWith(prefix, StringComparison.Ordinal)) same++;
            json.WriteStartObject(name.AsSpan(from, dot - from));
            WriteNested(json, counters[..same], dot + 1);
            json.WriteEndObject();
            counters = counters[same..];
        }
    }
}
