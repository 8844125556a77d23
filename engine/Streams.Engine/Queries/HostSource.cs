using Streams.Events;

namespace Streams.Engine;

/// <summary>What the collectors on a host tell of the host and of themselves, beside what was done on it.</summary>
[System.Diagnostics.CodeAnalysis.SuppressMessage("Performance", "CA1822",
    Justification = "Queries read host.Documents(…), like its properties.")]
public sealed class HostSource
{
    private HostSource()
    {
    }

    internal static HostSource Instance { get; } = new();

    /// <summary>Records were lost.</summary>
    public IObservable<Gap> Gaps { get; } = new KindSource<Gap>(EventKind.Gap);

    /// <summary>A collector is alive and has told all up to a time; at least one a second and collector.</summary>
    public IObservable<Heartbeat> Heartbeats { get; } = new KindSource<Heartbeat>(EventKind.Heartbeat);

    /// <summary>Processes that were there before the collector looked.</summary>
    public IObservable<ProcessSnapshot> Processes { get; } = new KindSource<ProcessSnapshot>(EventKind.ProcessSnapshot);

    /// <summary>
    /// What a collector has found out about itself, by its <c>event.action</c>: <c>Documents("audit-rule-missing", "audit-owner-lost")</c>.
    /// Without any, all documents.
    /// </summary>
    public IObservable<Document> Documents(params string[] actions)
    {
        string?[] wanted = [.. actions];
        return new KindSource<Document>(EventKind.Document, wanted.Length == 0 ? null : d => wanted.Contains(d.Action), actions);
    }
}
