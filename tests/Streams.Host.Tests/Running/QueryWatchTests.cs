using Streams.Engine;
using Streams.Events;
using Streams.Host.Running;
using Xunit;

namespace Streams.Host.Tests.Running;

/// <summary>Which queries are found not to return.</summary>
[Trait("Found", "P1")]
public sealed class QueryWatchTests
{
    private static readonly Dictionary<string, QueryDefinition> Queries = Make("a", "b");

    private readonly Dictionary<int, TimeSpan> _used = [];
    private readonly QueryWatch _watch;

    public QueryWatchTests() => _watch = new QueryWatch(thread => _used.TryGetValue(thread, out TimeSpan used) ? used : null);

    // Each step is "query turn seconds-of-processor-time"; the last one is where it must be found, or not at all.
    [Theory]
    [InlineData("a 1 0, a 1 4.9", "")]
    [InlineData("a 1 0, a 1 5", "a")]
    [InlineData("a 1 0, a 1 3, a 1 5", "a")]
    [InlineData("a 1 100, a 1 104", "")]
    [InlineData("a 1 0, a 3 5", "")]
    [InlineData("a 1 0, b 1 5", "")]
    [InlineData("a 1 0, - 2 5", "")]
    [InlineData("a 1 0, b 1 4, a 1 8, a 1 12.5", "")]
    [InlineData("a 1 0, b 1 4, a 1 8, a 1 13", "a")]
    public void A_query_at_work_on_one_entry_for_five_seconds_is_found(string steps, string expected)
    {
        string found = "";
        foreach (string step in steps.Split(", ")) found = Look(step).Found;
        Assert.Equal(expected, found);
        Assert.Equal(expected, string.Join(' ', _watch.Busy.Select(busy => busy.Query.Name)));
    }

    [Fact]
    public void It_is_found_once_and_reported_when_it_has_returned()
    {
        Assert.Equal(("", ""), Look("a 1 0"));
        Assert.Equal(("a", ""), Look("a 1 6"));
        Assert.Equal(("", ""), Look("a 1 7"));
        Assert.Equal(TimeSpan.FromSeconds(7), Assert.Single(_watch.Busy).Used);
        Assert.Equal(("", "a"), Look("b 1 7"));
        Assert.Empty(_watch.Busy);
        Assert.Equal(("b", ""), Look("b 1 12"));
    }

    [Fact]
    public void Each_shard_is_watched_by_the_time_of_its_own_thread()
    {
        ShardActivity[] shards = [new(0, 1, Queries["a"], 10), new(1, 5, Queries["a"], 11), new(2, 2, null, 12)];
        (_used[10], _used[11], _used[12]) = (TimeSpan.Zero, TimeSpan.Zero, TimeSpan.Zero);
        _watch.Look(shards);
        (_used[10], _used[11], _used[12]) = (TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(9), TimeSpan.FromSeconds(9));
        Assert.Equal(1, Assert.Single(_watch.Look(shards).Found).Activity.Shard);
    }

    [Fact]
    public void A_thread_whose_time_is_not_known_is_not_watched()
    {
        ShardActivity[] shards = [new(0, 1, Queries["a"], 77)];
        _watch.Look(shards);
        Assert.Empty(_watch.Look(shards).Found);
    }

    private (string Found, string Returned) Look(string step)
    {
        string[] words = step.Split(' ');
        _used[1] = TimeSpan.FromSeconds(double.Parse(words[2], System.Globalization.CultureInfo.InvariantCulture));
        QueryDefinition? query = words[0] == "-" ? null : Queries[words[0]];
        (IReadOnlyList<BusyQuery> found, IReadOnlyList<BusyQuery> returned) =
            _watch.Look([new(0, long.Parse(words[1], System.Globalization.CultureInfo.InvariantCulture), query, 1)]);
        return (string.Join(' ', found.Select(busy => busy.Query.Name)), string.Join(' ', returned.Select(busy => busy.Query.Name)));
    }

    private static Dictionary<string, QueryDefinition> Make(params string[] names)
    {
        var script = new QueryScript();
        foreach (string name in names) script.Query(name, Severity.Low, "d").From(audit => audit.All).Alert(e => e.Host);
        return script.Queries.ToDictionary(query => query.Name);
    }
}
