using System.Text;
using Streams.Audit;
using Streams.Engine;
using Streams.Events;
using Streams.Events.Input;
using Streams.Host.Configuration;
using Streams.Host.Running;
using Streams.Scripting;

namespace Streams.Host.Examples;

/// <summary>Runs an example in virtual time: its lines through the parser and the joiner, their events through the engine.</summary>
internal sealed class ExampleRun
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(0.5);

    private readonly Example _example;
    private readonly List<Alert> _got = [];
    private readonly List<Problem> _problems = [];
    private readonly List<Event> _events = [];
    private readonly RecordJoiner _joiner;
    private ulong _heartbeats;

    private ExampleRun(Example example)
    {
        _example = example;
        _joiner = new RecordJoiner(_events.Add, new JoinerOptions { Host = example.Host, Collector = ExampleEvents.Audit });
    }

    /// <summary>How much processor time a query may use on one input before it is abandoned.</summary>
    public static readonly TimeSpan Most = TimeSpan.FromSeconds(30);

    /// <summary>Runs an example.</summary>
    /// <param name="example">What comes in.</param>
    /// <param name="query">The query.</param>
    /// <param name="lateness">See <see cref="EngineOptions.Lateness"/>.</param>
    /// <param name="folder">The folder of the queries.</param>
    /// <param name="report">Takes a line about a query that does not return; from any thread.</param>
    /// <returns>What came out, what is wrong with the example or the query, and whether the query was abandoned.</returns>
    public static (IReadOnlyList<Alert> Got, IReadOnlyList<Problem> Problems, bool IsAbandoned) Of(
        Example example, QueryDefinition query, TimeSpan lateness, string folder, Action<string> report)
    {
        var run = new ExampleRun(example);
        var options = new EngineOptions
        {
            Learn = example.Learn,
            Lateness = lateness,
            ThreadNumber = () => ProcessorTime.CurrentThread,
            Notices = run.Tell,
        };
        var engine = new QueryEngine(options, [query], run._got.Add);
        using var watcher = new QueryWatcher(() => engine.Activity, folder, report);
        var work = new Work("example", () => run.Admit(engine));
        while (!work.Join(Interval))
        {
            if (watcher.Busy.FirstOrDefault(each => each.Used >= Most) is not { } busy) continue;
            ProcessorTime.Yield(busy.Activity.Thread);
            string what = $"{query.Name} has used {Most.TotalSeconds:0} s of processor time on one input and was abandoned; "
                + "look for a loop in it";
            return ([.. run._got], [.. run._problems, new Problem(example.File, example.Line, 0, what)], true);
        }

        engine.Dispose();
        return (run._got, run._problems, false);
    }

    private void Admit(QueryEngine engine)
    {
        foreach (ExampleInput input in _example.Input) Admit(input, engine);
        _joiner.Complete();
        Hand(engine, admitted: null);
        engine.Complete();
    }

    private void Admit(ExampleInput input, QueryEngine engine)
    {
        switch (input)
        {
            case LinesInput lines:
                foreach (string line in lines.Text) Read(line, lines);
                Hand(engine, lines.Arrives);
                break;
            case EventInput written:
                // The lines before it are all that there is of their events.
                _joiner.Complete();
                _events.Add(written.Event);
                Hand(engine, written.Arrives);
                break;
            case HeartbeatInput heartbeat:
                // Whoever says that all up to now is told leaves nothing unfinished.
                _joiner.Complete();
                IEnumerable<string> others = _example.Input.OfType<EventInput>().Select(i => i.Event.Collector);
                foreach (string collector in others.Prepend(ExampleEvents.Audit).Distinct())
                    _events.Add(new Heartbeat(heartbeat.Host, collector, heartbeat.At, ++_heartbeats));
                Hand(engine, admitted: null);
                break;
            case AdvanceInput advance:
                _joiner.Complete();
                Hand(engine, admitted: null);
                engine.Admit(new Tick(advance.At));
                break;
        }
    }

    private void Read(string line, ExampleInput input)
    {
        var parser = new LineParser(Encoding.UTF8.GetBytes(line));
        for (LineOutcome outcome; (outcome = parser.Next(out LogRecord record)) != LineOutcome.End;)
        {
            if (outcome == LineOutcome.Record) _joiner.Add(record.Node, record.Type, record.Time, record.Serial, record.Text);
            else _problems.Add(new Problem(_example.File, input.Line, 0, $"a line is no audit record ({parser.Bad.Name()}): {line}"));
        }
    }

    private void Hand(QueryEngine engine, DateTimeOffset? admitted)
    {
        if (_events.Count == 0) return;
        engine.Admit(new Batch(_events.ToArray(), admitted));
        _events.Clear();
    }

    private void Tell(QueryNotice notice) => _problems.Add(new Problem(
        _example.File,
        _example.Line,
        0,
        $"{notice.Query} failed: {ScriptFault.What(notice.Exception)}"));
}
