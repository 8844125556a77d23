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

    private static readonly Gen<(int Count, int Within, int Period, bool IsFleet, bool TwoSources)> Rules = Gen.Select(
        Gen.Int[1, 5], Gen.Int[1, 40], Gen.Int[1, 40], Gen.Bool, Gen.Bool);

    [Fact]
    public void Episodes_are_those_of_the_order_in_which_things_occurred() => Gen.Select(Elements, Rules).Sample(
        (elements, rules) =>
        {
            Note[] arriving = Arriving(elements, rules.IsFleet && rules.TwoSources, !rules.IsFleet && rules.TwoSources);
            Compare(arriving, rules.Count, rules.Within, rules.Period, rules.IsFleet);
        },
        iter: Math.Max(2_000, CsCheck.Check.Iter));

    private static void Compare(Note[] arriving, int count, int halfSeconds, int periodOfHalfSeconds, bool isFleet)
    {
        TimeSpan within = TimeSpan.FromSeconds(halfSeconds / 2.0);
        TimeSpan period = TimeSpan.FromSeconds(periodOfHalfSeconds / 2.0);
        List<Note> inTime = [.. ArrivalModel.InTime(arriving, Lateness, isFleet)];
        var script = new QueryScript();
        Add("frequency", notes => notes.Frequency("f", n => n.Text[..1], count, within), f => (f.First, f.Last), hasEvidence: true);
        Add("distinct", notes => notes.Frequency("f", n => n.Text[..1], count, within, distinct: n => n.Text),
            f => (f.First, f.Last), hasEvidence: false);
        Add("suppressed", notes => notes.Suppress("s", n => n.Text[..1], period),
            s => (s.Event.Occurred, s.Newest.Occurred), hasEvidence: true);

        // At the end everything is over, for each host and collector.
        DateTimeOffset end = arriving.Max(n => n.Occurred) + TimeSpan.FromHours(1);
        IEnumerable<Note> last = arriving.Select(n => (n.Host, n.Collector)).Distinct()
            .Select(n => new Note(n.Host, end, 0, "z", n.Collector));
        IReadOnlyList<Alert> alerts = VirtualTime.Alerts(script, VirtualTime.Each([.. arriving, .. last]));

        foreach (string key in (string[])["a", "b"])
        {
            List<Note> own = [.. inTime.Where(n => n.Text[..1] == key)];
            Same(alerts, "frequency", key, ArrivalModel.Frequencies(own, count, within, null));
            Same(alerts, "distinct", key, ArrivalModel.Frequencies(own, count, within, n => n.Text));
            Same(alerts, "suppressed", key, ArrivalModel.Suppressions(own, period));
        }

        void Add<T>(string name, Func<IObservable<Note>, IObservable<T>> compose, Func<T, (DateTimeOffset, DateTimeOffset)> span, bool hasEvidence)
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
        // What is late and was not reported is an alert alone, which is over when it starts.
        List<Alert> own = [.. alerts.Where(a => a.Query == query && a.Key == key && a is not { Status: AlertStatus.Start, Ended: not null })];
        string wanted = string.Join('\n', expected.Select(e => $"{e}").Order(StringComparer.Ordinal));
        string got = string.Join('\n', own.Where(a => a.Status == AlertStatus.End).Select(a => a.Message).Order(StringComparer.Ordinal));
        if (got != wanted) throw new InvalidOperationException($"{query} {key}\nexpected\n{wanted}\ngot\n{got}");

        // Each has one start and, later, one end.
        if (own.Count(a => a.Status == AlertStatus.Start) != own.Count(a => a.Status == AlertStatus.End)
            || own.Where(a => a.Status == AlertStatus.Start).Select(a => a.Id).Distinct().Count() != own.Select(a => a.Id).Distinct().Count())
        {
            throw new InvalidOperationException($"{query} {key}: starts and ends differ\n{string.Join('\n', VirtualTime.Lines(own))}");
        }
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
