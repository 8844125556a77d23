using Streams.Engine;
using Streams.Host.CommandLine;
using Streams.Host.Output;
using Streams.Scripting;

namespace Streams.Host.Running;

/// <summary>Reports queries that do not return, and that they have returned, while a run is going on.</summary>
internal sealed class QueryWatcher : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(0.5);

    private readonly QueryWatch _watch = new(ProcessorTime.Of);
    private readonly Func<IReadOnlyList<ShardActivity>> _activity;
    private readonly string _folder;
    private readonly Action<string> _report;
    private readonly Lock _gate = new();
    private readonly Timer _timer;

    /// <summary>Watches from now on.</summary>
    /// <param name="activity">What the shards are doing; their threads are numbered by <see cref="ProcessorTime"/>.</param>
    /// <param name="folder">The folder of the queries.</param>
    /// <param name="report">Takes a line for the operator, safe for a terminal; from any thread.</param>
    public QueryWatcher(Func<IReadOnlyList<ShardActivity>> activity, string folder, Action<string> report)
    {
        (_activity, _folder, _report) = (activity, folder, report);
        _timer = new Timer(_ => Look(), null, Interval, Interval);
    }

    /// <summary>The queries that have not returned.</summary>
    public IReadOnlyList<BusyQuery> Busy => _watch.Busy;

    /// <summary>A query and where it stands: <c>loop (queries/loop.csx:3)</c>.</summary>
    /// <param name="query">The query.</param>
    /// <param name="folder">The folder of the queries.</param>
    public static string Name(QueryDefinition query, string folder) => query.File is null
        ? query.Name
        : FormattableString.Invariant($"{query.Name} ({FileText.Shown(Path.Combine(folder, query.File))}:{query.Line})");

    /// <summary>The queries that have not returned, each as the rest of a sentence that begins with "the" or "The".</summary>
    public IEnumerable<string> Descriptions => Busy.Select(Describe);

    /// <inheritdoc/>
    public void Dispose()
    {
        // A look under way has ended afterwards.
        using var ended = new ManualResetEvent(false);
        if (_timer.Dispose(ended)) ended.WaitOne();
    }

    private void Look()
    {
        if (!_gate.TryEnter()) return;
        try
        {
            (IReadOnlyList<BusyQuery> found, IReadOnlyList<BusyQuery> returned) = _watch.Look(_activity());
            foreach (BusyQuery busy in found) Report($"warning: the {Describe(busy)}; look for a loop in it");
            foreach (BusyQuery busy in returned) Report($"the query {Name(busy.Query, _folder)} has returned");
        }
        finally
        {
            _gate.Exit();
        }
    }

    private string Describe(BusyQuery busy) =>
        $"query {Name(busy.Query, _folder)} has used {Durations.Format(busy.Used)} of processor time and has not returned: "
        + "until it does, its shard detects nothing";

    private void Report(string message) => _report($"streams: {TerminalText.Escape(message, 1000)}");
}
