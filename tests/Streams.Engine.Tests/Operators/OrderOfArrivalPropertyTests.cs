using System.Globalization;
using System.Reactive.Linq;
using CsCheck;
using Streams.Events;
using Streams.Testing;
using Xunit;

namespace Streams.Engine.Tests.Operators;

/// <summary>
/// Elements of a few keys at random times, delayed at random, mostly within the lateness: the episodes are those of the model over what
/// arrived in time. <c>CsCheck_Iter</c> makes the run longer.
/// </summary>
[Trait("Found", "O1")]
public class OrderOfArrivalPropertyTests
{
    private static readonly TimeSpan Lateness = TimeSpan.FromSeconds(5);

    // Steps and delays in half seconds, so that spans of exactly a window, a period or the lateness are common.
    private static readonly Gen<(int Key, int Value, int Step, int Delay, int Source)[]> Elements = Gen.Select(
        Gen.Int[0, 1],
        Gen.Int[0, 4],
        Gen.Frequency((6, Gen.Int[0, 3]), (3, Gen.Int[4, 24]), (1, Gen.Int[25, 200])),
        Gen.Frequency((5, Gen.Const(0)), (5, Gen.Int[0, 9]), (1, Gen.Int[10, 60])),
        Gen.Int[0, 1]).Array[1, 60];

    private static readonly Gen<(int Key, int Value, int Step, int Delay, int Source)[]> Flood = Gen.Select(
        Gen.Int[0, 1],
        Gen.Int[0, 4],
        Gen.Frequency((8, Gen.Int[0, 1]), (1, Gen.Int[2, 60])),
        Gen.Frequency((1, Gen.Const(0)), (1, Gen.Int[0, 60])),
        Gen.Const(0)).Array[500, 1_500];

    private static readonly Gen<(int Count, int Within, int Period, bool IsFleet, bool TwoSources)> Rules = Gen.Select(
        Gen.Int[1, 5], Gen.Int[1, 40], Gen.Int[1, 40], Gen.Bool, Gen.Bool);

    [Fact]
    public void Episodes_are_those_of_the_order_in_which_things_occurred() => Gen.Select(Elements, Rules).Sample(
        (elements, rules) =>
        {
            Note[] arriving = Arriving(elements, rules.IsFleet && rules.TwoSources, !rules.IsFleet && rules.TwoSources);
            Compare(arriving, rules.Count, rules.Within, rules.Period, rules.IsFleet);
        },
        iter: Campaign.Cases(2_000));

    [Fact]
    public void Without_room_to_wait_what_arrives_in_order_counts_the_same() => Gen.Select(Flood, Rules).Sample(
        (elements, rules) =>
        {
            // A collector that stands still decides nothing, so all of them would wait.
            Note[] arriving = Arriving([.. elements.Select(e => (e.Key, e.Value, e.Step, 0, 0))], twoHosts: false, twoCollectors: false);
            Note[] held = [VirtualTime.Note(-3600, "z", "h0", collector: "still"), .. arriving];
            Compare(held, rules.Count, rules.Within, rules.Period, rules.IsFleet);
        },
        iter: Campaign.Cases(50));

    [Fact]
    public void Without_room_to_wait_whatever_arrives_is_reported_and_ends() => Gen.Select(Flood, Rules).Sample(
        (elements, rules) =>
        {
            Note[] arriving = Arriving(elements, twoHosts: false, twoCollectors: false);
            Note[] held = [VirtualTime.Note(-3600, "z", "h0", collector: "still"), .. arriving];
            IReadOnlyList<Alert> alerts = Episodes(held, rules.Count, rules.Within, rules.Period, rules.IsFleet);
            foreach (string key in (string[])["a", "b"])
            {
                foreach (string query in (string[])["frequency", "distinct", "suppressed"]) StartsAndEnds(alerts, query, key);
            }
        },
        iter: Campaign.Cases(50));

    [Fact]
    public void Sequences_are_as_many_as_in_order() => Gen.Select(Elements, Rules).Sample(
        (elements, rules) =>
        {
            Note[] arriving = Arriving(elements, rules.IsFleet && rules.TwoSources, !rules.IsFleet && rules.TwoSources);

            // What is late is none of this; without it other hosts are idle, and others late.
            Note[] inTime = arriving;
            do
            {
                arriving = inTime;
                inTime = [.. ArrivalModel.InTime(arriving, Lateness, rules.IsFleet)];
            }
            while (inTime.Length < arriving.Length);

            IReadOnlyList<Alert> got = Sequences(inTime, rules.Within, rules.IsFleet);
            IReadOnlyList<Alert> expected = Sequences([.. inTime.OrderBy(n => n.Id)], rules.Within, rules.IsFleet);

            // Absences wait for the watermark, so they are the same ones; the others are as many.
            Equal(expected, got, "absent", a => $"{a.Key} {a.Message}");
            Equal(expected, got, "between", a => $"{a.Key} {a.Message}");
            Equal(expected, got, "pairs", a => a.Key);
            Equal(expected, got, "repeated", a => a.Key);
            Equal(expected, got, "triples", a => a.Key);
        },
        iter: Campaign.Cases(2_000));

    [Fact]
    public void What_occurs_in_order_is_reported_whatever_came_before() => Gen.Select(Elements, Rules).Sample(
        (elements, rules) =>
        {
            Note[] arriving = Arriving(elements, rules.IsFleet && rules.TwoSources, !rules.IsFleet && rules.TwoSources);
            double time = arriving.Max(n => n.Occurred - VirtualTime.At(0)).TotalSeconds;
            List<Note> later = [];
            foreach (double pause in (double[])[0.5, 3, 30, 100])
            {
                time += (rules.Within / 2.0) + pause;
                foreach (char value in "11223")
                    later.Add(VirtualTime.Note(time += 0.01, $"a{value}", "h0", 1_000 + (ulong)later.Count, "c0"));
            }

            IReadOnlyList<Alert> got = Later(Sequences([.. arriving, .. later], rules.Within, rules.IsFleet));
            IReadOnlyList<Alert> expected = Later(Sequences([.. later], rules.Within, rules.IsFleet));
            foreach (string query in (string[])["pairs", "repeated", "triples"]) Equal(expected, got, query, a => a.Message);
        },
        iter: Campaign.Cases(1_000));

    private static Alert[] Later(IReadOnlyList<Alert> alerts) =>
        [.. alerts.Where(a => a.Message.Split(' ').All(serial => serial.Length == 4))];

    private static IReadOnlyList<Alert> Sequences(Note[] arriving, int halfSeconds, bool isFleet)
    {
        TimeSpan within = TimeSpan.FromSeconds(halfSeconds / 2.0);
        var script = new QueryScript();
        Add("absent", s => s.Then(Is('1')).Not(Is('2')));
        Add("between", s => s.Then(Is('1')).Not(Is('0')).Then(Is('2')));
        Add("pairs", s => s.Then(Is('1')).Then(Is('2')));
        Add("repeated", s => s.Then(Is('1'), times: 2).Then(n => n.Text[1] is '1' or '2'));
        Add("triples", s => s.Then(Is('1')).Then(Is('2')).Then(Is('3')));
        return VirtualTime.Alerts(script, VirtualTime.Each([.. arriving, .. AtTheEnd(arriving)]));

        void Add(string name, Func<SequenceSteps<Note>, SequenceSteps<Note>> steps) =>
            script.Query(name, Severity.Low, "Compared with the order")
                .From(audit =>
                {
                    IObservable<Note> notes = audit.All.OfType<Note>().Where(n => n.Text != "z");
                    return (isFleet ? notes.Fleet() : notes).Sequence("s", n => n.Text[..1], within, steps);
                })
                .Alert(s => string.Join(' ', s.Events.Select(e => e.Serial)));

        static Func<Note, bool> Is(char value) => n => n.Text[1] == value;
    }

    private static void Equal(IReadOnlyList<Alert> expected, IReadOnlyList<Alert> got, string query, Func<Alert, string> what)
    {
        string wanted = Lines(expected);
        string found = Lines(got);
        if (found != wanted) throw new InvalidOperationException($"{query}\nexpected\n{wanted}\ngot\n{found}");

        string Lines(IEnumerable<Alert> alerts) =>
            string.Join('\n', alerts.Where(a => a.Query == query).Select(what).Order(StringComparer.Ordinal));
    }

    // Everything is over, for each host and collector.
    private static IEnumerable<Note> AtTheEnd(Note[] arriving)
    {
        DateTimeOffset end = arriving.Select(n => n.Occurred).Append(VirtualTime.Start).Max() + TimeSpan.FromHours(1);
        return arriving.Select(n => (n.Host, n.Collector)).Distinct().Select(n => new Note(n.Host, end, 0, "z", n.Collector));
    }

    private static void Compare(Note[] arriving, int count, int halfSeconds, int periodOfHalfSeconds, bool isFleet)
    {
        TimeSpan within = TimeSpan.FromSeconds(halfSeconds / 2.0);
        TimeSpan period = TimeSpan.FromSeconds(periodOfHalfSeconds / 2.0);
        List<Note> inTime = [.. ArrivalModel.InTime(arriving, Lateness, isFleet)];
        IReadOnlyList<Alert> alerts = Episodes(arriving, count, halfSeconds, periodOfHalfSeconds, isFleet);
        foreach (string key in (string[])["a", "b"])
        {
            List<Note> own = [.. inTime.Where(n => n.Text[..1] == key)];
            Same(alerts, "frequency", key, ArrivalModel.Frequencies(own, count, within, null));
            Same(alerts, "distinct", key, ArrivalModel.Frequencies(own, count, within, n => n.Text));
            Same(alerts, "suppressed", key, ArrivalModel.Suppressions(own, period));
        }
    }

    private static IReadOnlyList<Alert> Episodes(Note[] arriving, int count, int halfSeconds, int periodOfHalfSeconds, bool isFleet)
    {
        TimeSpan within = TimeSpan.FromSeconds(halfSeconds / 2.0);
        TimeSpan period = TimeSpan.FromSeconds(periodOfHalfSeconds / 2.0);
        var script = new QueryScript();
        Add("frequency", notes => notes.Frequency("f", n => n.Text[..1], count, within), f => (f.First, f.Last), hasEvidence: true);
        Add("distinct", notes => notes.Frequency("f", n => n.Text[..1], count, within, distinct: n => n.Text),
            f => (f.First, f.Last), hasEvidence: false);
        Add("suppressed", notes => notes.Suppress("s", n => n.Text[..1], period),
            s => (s.Event.Occurred, s.Newest.Occurred), hasEvidence: true);

        return VirtualTime.Alerts(script, VirtualTime.Each([.. arriving, .. AtTheEnd(arriving)]));

        void Add<T>(
            string name,
            Func<IObservable<Note>, IObservable<T>> compose,
            Func<T, (DateTimeOffset, DateTimeOffset)> span,
            bool hasEvidence)
            where T : Episode =>
            script.Query(name, Severity.Low, "Compared with the model")
                .From(audit =>
                {
                    IObservable<Note> notes = audit.All.OfType<Note>().Where(n => n.Text != "z");
                    return compose(isFleet ? notes.Fleet() : notes);
                })
                .Alert(e =>
                {
                    (DateTimeOffset first, DateTimeOffset newest) = span(e);
                    string evidence = hasEvidence ? ArrivalModel.Evidence(e.Evidence.Cast<Note>()) : "";
                    return $"{new ModelEpisode(e.Count, first, newest, e.Ended ?? default, e.Host ?? "", evidence)}";
                });
    }

    private static void Same(IReadOnlyList<Alert> alerts, string query, string key, IEnumerable<ModelEpisode> expected)
    {
        List<Alert> own = StartsAndEnds(alerts, query, key);
        string wanted = string.Join('\n', expected.Select(e => $"{e}").Order(StringComparer.Ordinal));
        string got = string.Join('\n', own.Where(a => a.Status == AlertStatus.End).Select(a => a.Message).Order(StringComparer.Ordinal));
        if (got != wanted) throw new InvalidOperationException($"{query} {key}\nexpected\n{wanted}\ngot\n{got}");
    }

    // Each episode has one start and one end.
    private static List<Alert> StartsAndEnds(IReadOnlyList<Alert> alerts, string query, string key)
    {
        // What is late and was not reported is an alert alone, which is over when it starts.
        List<Alert> own =
        [
            .. alerts.Where(a => a.Query == query && a.Key == key && a is not { Status: AlertStatus.Start, Ended: not null }),
        ];
        string[] started = [.. own.Where(a => a.Status == AlertStatus.Start).Select(a => a.Id).Order(StringComparer.Ordinal)];
        string[] ended = [.. own.Where(a => a.Status == AlertStatus.End).Select(a => a.Id).Order(StringComparer.Ordinal)];
        if (started.SequenceEqual(ended) && started.Distinct().Count() == started.Length) return own;
        throw new InvalidOperationException($"{query} {key}: starts and ends differ\n{string.Join('\n', VirtualTime.Lines(own))}");
    }

    private static Note[] Arriving((int Key, int Value, int Step, int Delay, int Source)[] elements, bool twoHosts, bool twoCollectors)
    {
        var arriving = new List<(double Arrives, Note Note)>();
        double time = 0;
        for (int i = 0; i < elements.Length; i++)
        {
            var (key, value, step, delay, source) = elements[i];
            time += step / 2.0;
            string text = string.Create(CultureInfo.InvariantCulture, $"{(char)('a' + key)}{value}");
            arriving.Add((time + delay / 2.0, VirtualTime.Note(
                time, text, twoHosts ? $"h{source}" : "h0", (ulong)i, twoCollectors ? $"c{source}" : "c0")));
        }

        return [.. arriving.OrderBy(a => a.Arrives).Select(a => a.Note)];
    }
}
