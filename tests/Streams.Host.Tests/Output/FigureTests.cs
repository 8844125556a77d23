using System.Text;
using Streams.Host.Output;
using Xunit;

namespace Streams.Host.Tests.Output;

public class FigureTests
{
    private static readonly RunFigures Run = new()
    {
        Records = 1_000_000,
        Events = 255_290,
        BadLines = [new BadLines("garbage", 0, null), new BadLines("interpreted", 2, "use --raw")],
        Torn = 1,
        Late = 2,
        Repeated = 3,
        Skipped = ["samples/\u001b[1mREADME.md"],
        Alerts = [new("auth-failure", 13), new("host-silent", 0), new("new-process", 1)],
        Open = 3,
        Elapsed = TimeSpan.FromSeconds(1.25),
    };

    [Fact]
    public void The_summary_says_what_was_read_and_found()
    {
        string expected =
            """
            255,290 events from 1,000,000 records in 1.25 s (800,000 records/s)
            alerts: 14 (auth-failure 13, new-process 1), 3 still open at the end
            torn: 1 event without all its records
            late: 2 events of records that came after the rest of their event
            repeated: 3 events that another input has as well, counted once
            bad lines: 2 interpreted; use --raw
            skipped: samples/\x1b[1mREADME.md

            """;
        Assert.Equal(expected.ReplaceLineEndings("\n"), Summary.Render(Run));
    }

    [Fact]
    public void Nothing_found_is_said() =>
        Assert.Contains("alerts: none\n", Summary.Render(Run with { Alerts = [new("auth-failure", 0)] }), StringComparison.Ordinal);

    [Fact]
    public void An_interrupted_run_says_so() =>
        Assert.StartsWith("interrupted after 255,290 events", Summary.Render(Run with { Interrupted = true }), StringComparison.Ordinal);

    [Fact]
    public void The_figures_as_JSON()
    {
        var output = new MemoryStream();
        StatsDocument.Write(Run, output);
        string expected =
            """
            {
              "records": 1000000,
              "events": 255290,
              "bad_lines": {
                "interpreted": 2
              },
              "torn": 1,
              "late": 2,
              "repeated": 3,
              "faulty": {},
              "alerts": {
                "auth-failure": 13,
                "host-silent": 0,
                "new-process": 1
              },
              "open": 3,
              "seconds": 1.25,
              "interrupted": false
            }
            """;
        Assert.Equal(expected.ReplaceLineEndings("\n"), Encoding.UTF8.GetString(output.ToArray()).TrimEnd());
    }

    [Theory]
    [InlineData(50, 100, 80, "[###############---------------]  50 %  1,000 records  500/s  2.0 s left")]
    [InlineData(50, 100, 60, "[########---------]  50 %  1,000 records  500/s  2.0 s left")]
    [InlineData(100, 100, 80, "[##############################] 100 %  1,000 records  500/s")]
    [InlineData(0, 0, 80, "1,000 records  500/s")]
    [InlineData(50, 100, 30, "50 %  1,000 records  500/s  2")]
    public void Progress_fits_its_line(long read, long total, int width, string expected)
    {
        string line = ProgressLine.Render(read, total, 1000, TimeSpan.FromSeconds(2), width);
        Assert.True(line.Length < width);
        Assert.Equal(expected, line);
    }
}
