using System.Buffers;
using System.Text;
using Streams.Audit;
using Streams.Engine;
using Streams.Events;
using Streams.Events.Input;
using Streams.Scripting;
using Xunit;

namespace Streams.Queries.Tests;

/// <summary>The queries and the sample log as they stand in the repository.</summary>
public static class Shipped
{
    private static readonly Lazy<LoadResult> Loaded = new(() => new ScriptLoader(new ScriptOptions { Folder = Folder("queries") }).Load());
    private static readonly Lazy<IReadOnlyList<Event>> SampleEvents = new(() => Read([Folder("samples")]));

    public static IReadOnlyList<QueryDefinition> Queries =>
        Loaded.Value.Errors is [] ? Loaded.Value.Queries : throw new InvalidOperationException(string.Join('\n', Loaded.Value.Errors));

    public static IReadOnlyList<Event> Sample => SampleEvents.Value;

    public static string Folder(string name)
    {
        for (string? at = AppContext.BaseDirectory; at is not null; at = Path.GetDirectoryName(at))
        {
            if (File.Exists(Path.Combine(at, "Streams.sln"))) return Path.Combine(at, name);
        }

        throw new DirectoryNotFoundException($"Streams.sln is in no folder above {AppContext.BaseDirectory}.");
    }

    public static IReadOnlyList<Event> Read(IReadOnlyList<string> paths)
    {
        var events = new List<Event>();
        var reader = new AuditLogReader(paths, new LogOptions());
        reader.Read(batch => events.AddRange(batch.Span));
        return events;
    }

    public static IReadOnlyList<Alert> Run(
        IEnumerable<InputRecord> input, EngineOptions options, IReadOnlyList<QueryDefinition>? queries = null)
    {
        var alerts = new List<Alert>();
        var faults = new List<string>();
        using var engine = new QueryEngine(
            options with { Notices = n => faults.Add($"{n.Query}: {n.Exception}") }, queries ?? Queries, alerts.Add);
        foreach (InputRecord record in input) engine.Admit(record);
        engine.Complete();
        Assert.Empty(faults);
        return alerts;
    }

    public static string Lines(IEnumerable<Alert> alerts)
    {
        var output = new ArrayBufferWriter<byte>();
        foreach (Alert alert in alerts)
        {
            AlertDocument.Write(alert, output);
            output.Write("\n"u8);
        }

        return Encoding.UTF8.GetString(output.WrittenSpan);
    }
}
