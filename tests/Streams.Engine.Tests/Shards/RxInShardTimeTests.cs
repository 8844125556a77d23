using System.Globalization;
using System.Reactive;
using System.Reactive.Concurrency;
using System.Reactive.Linq;
using System.Reflection;
using Streams.Events.Input;
using Streams.Testing;
using Xunit;
using static Streams.Engine.QueryScript;

namespace Streams.Engine.Tests.Shards;

/// <summary>
/// Every operator of Rx that takes time, on the shard's clock. A note is <c>word@second</c>; <c>|</c> is the end, <c>#</c> a failure.
/// </summary>
public class RxInShardTimeTests
{
    public static TheoryData<string, string, double, string, Func<IObservable<string>, IObservable<string>>> Cases => new()
    {
        { "Delay", "a@1 b@3", 9, "a@3 b@5",
            s => s.Delay(Seconds(2), Clock) },
        { "Delay to a time", "a@1 b@3", 9, "a@2 b@4",
            s => s.Delay(VirtualTime.At(1), Clock) },
        { "Delay by a timer each", "a@1 b@3", 9, "a@2 b@4",
            s => s.Delay(_ => Observable.Timer(Seconds(1), Clock)) },
        { "DelaySubscription", "a@1 b@3", 9, "b@3",
            s => s.DelaySubscription(Seconds(2), Clock) },
        { "Throttle", "a@1 b@2 c@5", 9, "b@4 c@7",
            s => s.Throttle(Seconds(2), Clock) },
        { "Throttle, exactly at the end: the timer first", "a@1 b@3", 9, "a@3 b@5",
            s => s.Throttle(Seconds(2), Clock) },
        { "Throttle by a timer each", "a@1 b@1.5 c@5", 9, "b@2.5 c@6",
            s => s.Throttle(_ => Observable.Timer(Seconds(1), Clock)) },
        { "Sample", "a@1 b@2 c@3", 9, "a@2 c@4",
            s => s.Sample(Seconds(2), Clock) },
        { "Buffer", "a@1 b@1.5 c@3", 6, "a+b@2 c@4 @6",
            s => s.Buffer(Seconds(2), Clock).Select(Join) },
        { "Buffer, sliding", "a@1 b@2 c@3", 4, "a+b@2.5 b+c@4",
            s => s.Buffer(Seconds(2.5), Seconds(1.5), Clock).Select(Join) },
        { "Buffer, by time or count", "a@1 b@1.5 c@3", 6, "a+b@1.5 c@3.5 @5.5",
            s => s.Buffer(Seconds(2), 2, Clock).Select(Join) },
        { "Buffer until quiet", "a@1 b@1.5 c@5", 9, "a+b@2.5 c@6",
            s => s.Publish(p => p.Buffer(() => p.Throttle(Seconds(1), Clock))).Select(Join) },
        { "Window", "a@1 b@1.5 c@3", 5, "2@2 1@4",
            s => s.Window(Seconds(2), Clock).SelectMany(w => w.Count()).Select(Text) },
        { "Window, sliding", "a@1 b@2 c@3", 4, "2@2.5 2@4",
            s => s.Window(Seconds(2.5), Seconds(1.5), Clock).SelectMany(w => w.Count()).Select(Text) },
        { "Window, by time or count", "a@1 b@1.5 c@3", 5, "2@1.5 1@3.5",
            s => s.Window(Seconds(2), 2, Clock).SelectMany(w => w.Count()).Select(Text) },
        { "Timeout", "a@1 b@4", 9, "a@1 #@3",
            s => s.Timeout(Seconds(2), Clock) },
        { "Timeout to another", "a@1 b@4", 9, "a@1 gone@3 |@3",
            s => s.Timeout(Seconds(2), Observable.Return("gone", Clock), Clock) },
        { "Timeout at a time", "a@1 b@4", 9, "a@1 #@2",
            s => s.Timeout(VirtualTime.At(2), Clock) },
        { "Timer", "", 9, "0@3 |@3",
            _ => Observable.Timer(Seconds(3), Clock).Select(Text) },
        { "Timer at a time", "", 9, "0@4 |@4",
            _ => Observable.Timer(VirtualTime.At(4), Clock).Select(Text) },
        { "Timer with a period", "", 5, "0@1 1@3 2@5",
            _ => Observable.Timer(Seconds(1), Seconds(2), Clock).Select(Text) },
        { "Interval", "", 7, "0@2 1@4 2@6",
            _ => Observable.Interval(Seconds(2), Clock).Select(Text) },
        { "Interval, ended", "", 9, "0@2 1@4 |@4",
            _ => Observable.Interval(Seconds(2), Clock).Take(2).Select(Text) },
        { "TakeUntil a time", "a@1 b@3", 9, "a@1 |@2",
            s => s.TakeUntil(VirtualTime.At(2), Clock) },
        { "SkipUntil a time", "a@1 b@3", 9, "b@3",
            s => s.SkipUntil(VirtualTime.At(2), Clock) },
        { "Take a time", "a@1 b@3", 9, "a@1 |@2",
            s => s.Take(Seconds(2), Clock) },
        { "Skip a time", "a@1 b@3", 9, "b@3",
            s => s.Skip(Seconds(2), Clock) },
        { "TakeLast", "a@1 b@4 c@4.5", 9, "b@5 c@5 |@5",
            s => s.Take(Seconds(5), Clock).TakeLast(Seconds(2), Clock) },
        { "TakeLastBuffer", "a@1 b@4 c@4.5", 9, "b+c@5 |@5",
            s => s.Take(Seconds(5), Clock).TakeLastBuffer(Seconds(2), Clock).Select(Join) },
        { "SkipLast", "a@1 b@2 c@4", 9, "a@4 b@4",
            s => s.SkipLast(Seconds(2), Clock) },
        { "TimeInterval", "a@1 b@4", 9, "1s@1 3s@4",
            s => s.TimeInterval(Clock).Select(t => t.Interval.TotalSeconds.ToString(CultureInfo.InvariantCulture) + "s") },
        { "Timestamp", "a@1 b@4", 9, "00:01@1 00:04@4",
            s => s.Timestamp(Clock).Select(t => t.Timestamp.ToString("mm:ss", CultureInfo.InvariantCulture)) },
        { "Generate", "", 9, "0@1 1@2 2@3 |@3",
            _ => Observable.Generate(0, i => i < 3, i => i + 1, Text, _ => Seconds(1), Clock) },
        { "Return", "", 9, "x@0 |@0",
            _ => Observable.Return("x", Clock) },
        { "Range", "", 9, "1@0 2@0 |@0",
            _ => Observable.Range(1, 2, Clock).Select(Text) },
        { "Empty", "", 9, "|@0",
            _ => Observable.Empty<string>(Clock) },
        { "Throw", "", 9, "#@0",
            _ => Observable.Throw<string>(new FormatException(), Clock) },
        { "Repeat", "", 9, "x@0 x@0 |@0",
            _ => Observable.Repeat("x", 2, Clock) },
        { "Take none", "a@1", 9, "|@0",
            s => s.Take(0, Clock) },
        { "Generate at times", "", 9, "0@1 1@2 |@2",
            _ => Observable.Generate(0, i => i < 2, i => i + 1, Text, i => VirtualTime.At(i + 1), Clock) },
        { "Merge of a list", "", 9, "x@0 y@0 |@0",
            _ => new[] { Observable.Return("x", Clock), Observable.Return("y", Clock) }.Merge(Clock) },
        { "Append", "a@1", 9, "a@1 x@2 |@2",
            s => s.Take(Seconds(2), Clock).Append("x", Clock) },
        { "Prepend", "a@1", 9, "x@0 a@1",
            s => s.Prepend("x", Clock) },
        { "StartWith", "a@1", 9, "x@0 a@1",
            s => s.StartWith(Clock, "x") },
        { "ToObservable", "", 9, "x@0 y@0 |@0",
            _ => new[] { "x", "y" }.ToObservable(Clock) },
        { "ObserveOn", "a@1", 9, "a@1",
            s => s.ObserveOn(Clock) },
        { "Replay for a time", "a@1 b@3", 9, "b@4 |@4",
            s => s.Replay(p => p.Take(0).Concat(p.Take(1)).DelaySubscription(Seconds(4), Clock), Seconds(2), Clock) },
        { "GroupByUntil quiet", "a@1 a@1.5 b@2 a@5", 9, "a2@3 b1@3.5 a1@6.5",
            s => s.GroupByUntil(x => x, g => g.Throttle(Seconds(1.5), Clock)).SelectMany(g => g.Count().Select(n => g.Key + Text(n))) },
        { "If", "", 9, "x@0 |@0",
            _ => Observable.If(() => true, Observable.Return("x", Clock), Clock) },
        { "Case", "", 9, "x@0 |@0",
            _ => Observable.Case(() => 1, new Dictionary<int, IObservable<string>> { [1] = Observable.Return("x", Clock) }, Clock) },
        { "Expand", "", 9, "x@0 xx@0 |@0",
            _ => Observable.Return("x", Clock)
                .Expand(x => x == "x" ? Observable.Return("xx", Clock) : Observable.Empty<string>(Clock), Clock) },
        { "ManySelect", "a@1 b@3", 9, "a@1 b@3",
            s => s.ManySelect(rest => rest.Take(1), Clock).Merge() },
        { "RefCount, held for a time", "a@1 b@3", 9, "a@1 ab@3",
            s => Resumed(s.Scan("", string.Concat).Publish().RefCount(Seconds(2), Clock)) },
        { "Join within a time", "a@1 b@2 c@4", 9, "ab@2",
            s => s.Publish(p => p.Where(x => x == "a").Join(
                p.Where(x => x != "a"), _ => Observable.Timer(Seconds(2), Clock), _ => Observable.Empty<long>(), (l, r) => l + r)) },
        { "Sampled by an interval", "a@1 b@3", 6, "a@2 b@4",
            s => s.Sample(Observable.Interval(Seconds(2), Clock)) },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void Goes_by_the_clock_of_the_shard(
        string name, string notes, double until, string expected, Func<IObservable<string>, IObservable<string>> compose)
    {
        Assert.NotEmpty(name);
        IEnumerable<Note> input = notes.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(n => n.Split('@'))
            .Select(n => VirtualTime.Note(double.Parse(n[1], CultureInfo.InvariantCulture), n[0]));
        InputRecord[] sparse = [VirtualTime.Tick(0), .. VirtualTime.Each(input), VirtualTime.Tick(until)];
        Assert.Equal(expected, Show(VirtualTime.Observe(s => compose(s.Select(n => n.Text)), sparse)));

        // Ticks between change nothing.
        InputRecord[] dense =
        [
            .. sparse.Concat(Enumerable.Range(0, (int)(until * 4) + 1).Select(i => (InputRecord)VirtualTime.Tick(i / 4.0))).OrderBy(Time),
        ];
        Assert.Equal(expected, Show(VirtualTime.Observe(s => compose(s.Select(n => n.Text)), dense)));
    }

    [Fact]
    public void Timers_due_at_one_time_fire_in_the_order_of_their_creation_and_before_the_event_of_that_time()
    {
        var got = VirtualTime.Observe(
            s => s.SelectMany(n => Observable.Timer(VirtualTime.At(5), Clock).Select(_ => n.Text).StartWith(n.Text + "!")),
            [.. VirtualTime.Each([VirtualTime.Note(1, "a"), VirtualTime.Note(2, "b"), VirtualTime.Note(5, "c")])]);
        Assert.Equal("a!@1 b!@2 a@5 b@5 c!@5 c@5", Show(got));
    }

    [Fact]
    public void Every_operator_that_scripts_may_use_and_that_takes_time_has_a_case()
    {
        HashSet<string> covered = [.. Cases.Select(row => row.Data.Item1.Split(' ', ',')[0])];
        string[] timed = [.. AllowedOperators().Intersect(
            from type in new[] { typeof(Observable), typeof(ObservableEx) }
            from method in type.GetMethods(BindingFlags.Public | BindingFlags.Static)
            where method.GetParameters().Any(p => p.ParameterType == typeof(IScheduler) || p.ParameterType == typeof(TimeSpan))
            select method.Name)];
        Assert.Contains("Throttle", timed);
        Assert.Equal("", string.Join(' ', timed.Except(covered)));
    }

    // The lines `allow …` and `state …` below `only System.Reactive.Linq.Observable`; a name may be followed by its parameters.
    private static IEnumerable<string> AllowedOperators()
    {
        bool isRx = false;
        foreach (string line in File.ReadLines(Path.Combine(AppContext.BaseDirectory, "allowed-symbols.txt")))
        {
            string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (!line.StartsWith(' ')) isRx = words is ["only", "System.Reactive.Linq.Observable" or "System.Reactive.Linq.ObservableEx"];
            if (!isRx || words is not ["allow" or "state", ..]) continue;
            foreach (string word in words[1..]) yield return word.Split('(')[0];
        }
    }

    // Nobody listens for a second, which is less than the source is held for.
    private static IObservable<string> Resumed(IObservable<string> held) => held.Take(1).Concat(held.DelaySubscription(Seconds(1), Clock));

    private static string Join(IList<string> words) => string.Join('+', words);

    private static string Text<T>(T value) => string.Create(CultureInfo.InvariantCulture, $"{value}");

    private static double Time(InputRecord record) =>
        ((record is Tick t ? t.Time : ((Batch)record).Events.Span[0].Occurred) - VirtualTime.Start).TotalSeconds;

    private static string Show(IEnumerable<Recorded<Notification<string>>> recorded) =>
        string.Join(' ', recorded.Select(r => r.Value.Kind switch
        {
            NotificationKind.OnNext => string.Create(CultureInfo.InvariantCulture, $"{r.Value.Value}@{r.Time}"),
            NotificationKind.OnCompleted => string.Create(CultureInfo.InvariantCulture, $"|@{r.Time}"),
            _ => string.Create(CultureInfo.InvariantCulture, $"#@{r.Time}"),
        }));
}
