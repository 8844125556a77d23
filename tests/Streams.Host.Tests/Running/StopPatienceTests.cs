using Streams.Engine;
using Streams.Events;
using Streams.Host.Running;
using Xunit;

namespace Streams.Host.Tests.Running;

/// <summary>How long a run that is to end is waited for.</summary>
[Trait("Found", "P1")]
public sealed class StopPatienceTests
{
    private static readonly QueryDefinition Query = Make();

    // What the shard is doing before each wait of two seconds and after the last: its turn, with a ! while the query is at work.
    [Theory]
    [InlineData("1! end", "ended after 0")]
    [InlineData("1! 1!", "stuck after 1")]
    [InlineData("1! 3! 3!", "stuck after 2")]
    [InlineData("1! 3! 5!", "left after 2")]
    [InlineData("1 1 1", "left after 2")]
    [InlineData("1! 3! end", "ended after 1")]
    public void A_query_gets_two_seconds_and_a_run_four(string activity, string expected) =>
        Assert.Equal(expected, Wait(activity, StopPatience.ForRun));

    [Theory]
    [InlineData("1! 3! 5! 7! end", "ended after 3")]
    [InlineData("1! 3! 5! 5!", "stuck after 3")]
    [InlineData("2 2 2 2 end", "ended after 3")]
    public void Without_a_signal_it_is_waited_for_as_long_as_the_queries_return(string activity, string expected) =>
        Assert.Equal(expected, Wait(activity, null));

    private static string Wait(string text, TimeSpan? limit)
    {
        string[] steps = text.Split(' ');
        int at = 0;
        bool Join(TimeSpan patience)
        {
            Assert.Equal(StopPatience.ForQuery, patience);
            if (steps[at + 1] == "end") return true;
            at++;
            return false;
        }

        IReadOnlyList<ShardActivity> Look()
        {
            long turn = long.Parse(steps[at].TrimEnd('!'), System.Globalization.CultureInfo.InvariantCulture);
            return [new(0, turn, steps[at].EndsWith('!') ? Query : null, 1)];
        }

        string outcome = new StopPatience(Look).Wait(Join, () => limit) switch { null => "ended", [] => "left", _ => "stuck" };
        return $"{outcome} after {at}";
    }

    private static QueryDefinition Make()
    {
        var script = new QueryScript();
        script.Query("loop", Severity.Low, "d").From(audit => audit.All).Alert(e => e.Host);
        return script.Queries[0];
    }
}
