using System.Text;
using Streams.Audit;
using Streams.Engine;
using Streams.Events;
using Streams.Events.Input;
using Streams.Host.Configuration;

namespace Streams.Host.Examples;

/// <summary>Runs an example in virtual time: its lines through the parser and the joiner, their events through the engine.</summary>
internal sealed class ExampleRun
{
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

    /// <summary>Runs an example.</summary>
    /// <param name="example">What comes in.</param>
    /// <param name="query">The query.</param>
    /// <param name="lateness">See <see cref="EngineOptions.Lateness"/>.</param>
    /// <returns>What came out, and what is wrong with the example or the query.</returns>
    public static (IReadOnlyList<Alert> Got, IReadOnlyList<Problem> Problems) Of(Example example, QueryDefinition query, TimeSpan lateness)
    {
        var run = new ExampleRun(example);
        var options = new EngineOptions { Learn = example.Learn, Lateness = lateness, Notices = run.Tell };
        using var engine = new QueryEngine(options, [query], run._got.Add);
        foreach (ExampleInput input in example.Input) run.Admit(input, engine);
        run._joiner.Complete();
        run.Hand(engine, admitted: null);
        engine.Complete();
        return (run._got, run._problems);
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
        $"{notice.Query} failed: {notice.Exception.GetType().Name}: {notice.Exception.Message}"));
}
