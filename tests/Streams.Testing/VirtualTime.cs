using System.Buffers;
using System.Reactive;
using System.Reactive.Linq;
using System.Text;
using Streams.Engine;
using Streams.Events;
using Streams.Events.Input;

namespace Streams.Testing;

/// <summary>Runs queries over input in virtual time, on the clock and the shards of production.</summary>
public static class VirtualTime
{
    /// <summary>Second 0 of every test.</summary>
    public static DateTimeOffset Start { get; } = new(2026, 1, 2, 0, 0, 0, TimeSpan.Zero);

    /// <summary>So many seconds after the start.</summary>
    public static DateTimeOffset At(double seconds) => Start + TimeSpan.FromSeconds(seconds);

    /// <summary>A note that occurred at a time, in seconds; its serial is that of its milliseconds unless given.</summary>
    public static Note Note(double seconds, string text, string host = "a", ulong? serial = null, string collector = "notes") =>
        new(host, At(seconds), serial ?? (ulong)Math.Max(0, Math.Round(seconds * 1000)), text, collector);

    /// <summary>Nothing but the time, in seconds.</summary>
    public static Tick Tick(double seconds) => new(At(seconds));

    /// <summary>A batch of its own for each event, admitted when it occurred.</summary>
    public static IEnumerable<InputRecord> Each(IEnumerable<Event> events) => events.Select(e => new Batch(new[] { e }));

    /// <summary>Events that arrive together at a time, in seconds.</summary>
    public static Batch Arrive(double seconds, params Event[] events) => new(events, At(seconds));

    /// <summary>What an observable tells its observer, by the shard clock, when the notes of the input are its source.</summary>
    public static IReadOnlyList<Recorded<Notification<TOut>>> Observe<TOut>(
        Func<IObservable<Note>, IObservable<TOut>> compose, IEnumerable<InputRecord> input, EngineOptions? options = null)
    {
        var recorded = new List<Recorded<Notification<TOut>>>();
        var script = new QueryScript();
        script.Query("observed", Severity.Info, "What is observed").Volatile()
            .From(audit => compose(audit.All.OfType<Note>())
                .Materialize()
                .Do(n => recorded.Add(new((QueryScript.Clock.Now - Start).TotalSeconds, n)))
                .Where(_ => false))
            .Alert(_ => "");
        Run(script, input, options, onNotice: n => throw new InvalidOperationException("The query failed.", n.Exception));
        return recorded;
    }

    /// <summary>The alerts of a script.</summary>
    public static IReadOnlyList<Alert> Alerts(QueryScript script, IEnumerable<InputRecord> input, EngineOptions? options = null) =>
        Run(script, input, options, onNotice: n => throw new InvalidOperationException("The query failed.", n.Exception)).Alerts;

    /// <summary>The alerts of one query over notes, whose messages are its elements as text.</summary>
    public static IReadOnlyList<Alert> Alerts<T>(
        Func<IObservable<Note>, IObservable<T>> compose,
        IEnumerable<InputRecord> input,
        EngineOptions? options = null,
        Func<T, string>? message = null)
    {
        var script = new QueryScript();
        script.Query("tested", Severity.Medium, "What is tested")
            .From(audit => compose(audit.All.OfType<Note>())).Alert(message ?? (found => $"{found}"));
        return Alerts(script, input, options);
    }

    /// <summary>Alerts, notices and figures of a script.</summary>
    public static (IReadOnlyList<Alert> Alerts, IReadOnlyList<QueryNotice> Notices, EngineStatistics Statistics) Run(
        QueryScript script, IEnumerable<InputRecord> input, EngineOptions? options = null, Action<QueryNotice>? onNotice = null)
    {
        var alerts = new List<Alert>();
        var notices = new List<QueryNotice>();
        options = (options ?? new EngineOptions()) with { Notices = onNotice ?? notices.Add };
        using var engine = new QueryEngine(options, script.Queries, alerts.Add);
        foreach (InputRecord record in input) engine.Admit(record);
        engine.Complete();
        return (alerts, notices, engine.Statistics);
    }

    /// <summary>
    /// Alerts in few words: <c>start key@started #count</c>, an end with <c>-ended</c>, a point as <c>at key@started</c>.
    /// </summary>
    public static IEnumerable<string> Lines(IEnumerable<Alert> alerts) => alerts.Select(a => (a.Status, a.Ended) switch
    {
        (AlertStatus.Start, not null) => FormattableString.Invariant($"at {a.Key}@{Seconds(a.Started)}"),
        (AlertStatus.Start, null) => FormattableString.Invariant($"start {a.Key}@{Seconds(a.Started)} #{a.Count}"),
        (AlertStatus.Update, _) => FormattableString.Invariant($"update {a.Key}@{Seconds(a.Timestamp)} #{a.Count}"),
        _ => FormattableString.Invariant($"end {a.Key}@{Seconds(a.Started)}-{Seconds(a.Ended!.Value)} #{a.Count}"),
    });

    /// <summary>Alerts as the documents that users get.</summary>
    public static IReadOnlyList<string> Documents(IEnumerable<Alert> alerts) =>
    [
        .. alerts.Select(alert =>
        {
            var output = new ArrayBufferWriter<byte>();
            AlertDocument.Write(alert, output);
            return Encoding.UTF8.GetString(output.WrittenSpan);
        }),
    ];

    private static double Seconds(DateTimeOffset time) => (time - Start).TotalSeconds;
}
