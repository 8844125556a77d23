using Streams.Events;
using Streams.Host.Examples;
using Xunit;

namespace Streams.Host.Tests.Examples;

public class ComparisonTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void What_is_not_said_may_be_anything() =>
        Assert.True(Comparison.Of([new ExpectedAlert { Line = 1, Status = AlertStatus.Start }], [Got(5, "ada")]).Agrees);

    [Theory]
    [InlineData("bob", null, null, null, null, null, null)]
    [InlineData(null, 6, null, null, null, null, null)]
    [InlineData(null, null, 2L, null, null, null, null)]
    [InlineData(null, null, null, "missing", null, null, null)]
    [InlineData(null, null, null, null, "db-2", null, null)]
    [InlineData(null, null, null, null, null, Severity.High, null)]
    [InlineData(null, null, null, null, null, null, "T1078")]
    public void What_is_said_must_be_so(
        string? key, int? second, long? count, string? message, string? host, Severity? severity, string? technique)
    {
        var expected = new ExpectedAlert
        {
            Line = 1,
            Status = AlertStatus.Start,
            Key = key,
            Time = second is null ? null : Start.AddSeconds(second.Value),
            Count = count,
            Message = message,
            Host = host,
            Severity = severity,
            Techniques = technique is null ? null : [technique],
        };
        Assert.False(Comparison.Of([expected], [Got(5, "ada")]).Agrees);
    }

    [Fact]
    public void One_too_many_and_one_too_few_are_told_apart_from_the_rest()
    {
        Comparison comparison = Comparison.Of([Expect("a"), Expect("b"), Expect("c")], [Got(1, "a"), Got(2, "x"), Got(3, "c")]);
        Assert.Equal(["a", "c"], comparison.Matched.Select(pair => pair.Got.Key));
        Assert.Equal("b", Assert.Single(comparison.Missing).Key);
        Assert.Equal("x", Assert.Single(comparison.Unexpected).Key);
    }

    [Fact]
    public void A_failing_example_shows_a_timeline()
    {
        var example = new Example
        {
            File = "auth.test.yaml",
            Line = 3,
            Name = "three failures",
            Query = "auth",
            Host = "web-1",
            Start = Start,
            Input = [new LinesInput(5, Start.AddSeconds(10), ["type=USER_AUTH \u001b[2J"], null), new AdvanceInput(7, Start.AddMinutes(5))],
            Alerts = [Expect("b") with { Time = Start.AddSeconds(20) }],
        };
        string expected =
            """
              ✗ three failures  auth.test.yaml:3
                  +10s         in          type=USER_AUTH \x1b[2J
                  +15s         got         start host=web-1 key=a count=1 low T1110 "hello a"
                  +20s         expected    start key=b
                  +5m00s       in          time goes on

            """;
        string shown = ExampleReport.Render(example, Comparison.Of(example.Alerts, [Got(15, "a")]), isAbandoned: false, colour: false);
        Assert.Equal(expected.ReplaceLineEndings("\n"), shown);
        Assert.Equal("  ✓ three failures\n", ExampleReport.Render(example, Comparison.Of([], []), isAbandoned: false, colour: false));
    }

    private static ExpectedAlert Expect(string key) => new() { Line = 1, Status = AlertStatus.Start, Key = key };

    private static Alert Got(int second, string key) => new()
    {
        Id = "0",
        Revision = 1,
        Status = AlertStatus.Start,
        Query = "auth",
        Description = "",
        Severity = Severity.Low,
        Techniques = ["T1110"],
        Key = key,
        Host = "web-1",
        Message = $"hello {key}",
        Timestamp = Start.AddSeconds(second),
        Started = Start.AddSeconds(second),
        Trigger = new EventId("web-1", Start, 1),
    };
}
