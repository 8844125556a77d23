using System.Globalization;
using Streams.Events;
using Streams.Events.Input;
using Streams.Testing;

namespace Streams.Audit.Tests;

/// <summary>Which stamps of a log are believed: an event counts as of its own time, or as of that of those around it.</summary>
[Trait("Found", "A1")]
public class LogTimeTests
{
    private const string Future = "2303596800";

    // Seconds; what counts otherwise is written with the time that it counts as.
    [Theory]
    [InlineData("in order", "0 1 2 3 4 5", "0 1 2 3 4 5")]
    [InlineData("out of order", "5 0 3 1", "5 0 3 1")]
    [InlineData("two events", "0 90000", "0 90000")]
    [InlineData("quiet hours", "0 9000 18000 27000 36000", "0 9000 18000 27000 36000")]
    [InlineData("one beyond the last change", "0 1 2 3 100061 4 5", "0 1 2 3 100061=3 4 5")]
    [InlineData("just possible", "0 1 2 3 99000 100060 100059 100060 100060", "0 1 2 3 99000 100060 100059 100060 100060")]
    [InlineData("three steps that are taken back", "0 1 2 3 7200 7201 7202 4 5", "0 1 2 3 7200=3 7201=3 7202=3 4 5")]
    [InlineData("four that are not", "0 1 2 3 7200 7201 7202 7203 4", "0 1 2 3 7200 7201 7202 7203 4")]
    [InlineData("the first is ahead", "7200 1 2 3 4 5", "7200=1 1 2 3 4 5")]
    [InlineData("the end is ahead", "0 1 2 3 7200", "0 1 2 3 7200")]
    [InlineData("another host is sure", "0 1 2 3 b:100100 4", "0 1 2 3 b:100100=3 4")]
    [InlineData("each host has its time", "0 b:7200 1 b:7201 2 b:7202 3 b:7203 4", "0 b:7200 1 b:7201 2 b:7202 3 b:7203 4")]
    public void Stamps_up_to_the_last_change_at_100000(string because, string stamps, string expected)
    {
        Assert.NotEmpty(because);
        Assert.Equal(expected, Run(stamps, 100_000));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(8)]
    [InlineData(100)]
    public void Impossible_stamps_at_the_beginning_count_as_what_follows(int wrong) => Assert.Equal(
        string.Join(' ', Enumerable.Repeat($"{Future}=10", wrong)) + " 10 11 12 13",
        Run(string.Join(' ', Enumerable.Repeat(Future, wrong)) + " 10 11 12 13", 100_000));

    [Fact]
    public void A_last_change_before_all_that_the_log_holds_is_not_believed()
    {
        string stamps = string.Join(' ', Enumerable.Range(1, LogTime.MaxAhead + 10));
        Assert.Equal(stamps, Run(stamps, -1000));
    }

    [Fact]
    public void What_a_pipe_holds_back_comes_after_a_few_waits()
    {
        var output = new List<Event>();
        var time = new LogTime(output.Add, new CountedTimes(), new LogStatistics());
        time.Begin("-", () => VirtualTime.At(0).Ticks, () => VirtualTime.At(0).Ticks);
        time.Add(Make(7200, "a", 1));
        time.Wait();
        Assert.Empty(output);
        for (int i = 0; i < 16; i++) time.Wait();
        Assert.Single(output);
    }

    [Fact]
    public void Batches_carry_the_bound_and_logs_are_merged_by_what_counts()
    {
        using var folder = new LogFolderOfTests();
        string first = folder.Write("a.log", [(Future, 1), (Future, 2), ("1767312010", 3), ("1767312011", 4), ("1767312012", 5), ("1767312013", 6)]);
        string second = folder.Write("b.log", [("1767312011.500", 7), ("1767312012.500", 8), ("1767312013.500", 9)]);
        File.SetLastWriteTimeUtc(first, new DateTime(2026, 1, 2, 0, 1, 0, DateTimeKind.Utc));

        var batches = new List<Batch>();
        var reader = new AuditLogReader([first, second], new LogOptions());
        reader.ReadInput(batches.Add, TestContext.Current.CancellationToken);

        Assert.Equal([1UL, 2, 3, 4, 7, 5, 8, 6, 9], batches.SelectMany(b => b.Events.ToArray()).Select(e => e.Serial));
        Assert.Equal(DateTimeOffset.FromUnixTimeSeconds(1767312010), batches[0].Latest);
        Assert.Null(batches[^1].Latest);
        Assert.Equal((2, first), (reader.Statistics.Ahead!.Count, reader.Statistics.Ahead.Path));
    }

    private static string Run(string stamps, double lastChange)
    {
        var output = new List<AuditEvent>();
        var counted = new CountedTimes();
        var time = new LogTime(output.Add, counted, new LogStatistics());
        time.Begin("audit.log", () => VirtualTime.At(lastChange).Ticks, () => VirtualTime.At(200_000).Ticks);
        ulong serial = 0;
        foreach (string stamp in stamps.Split(' '))
        {
            string[] parts = stamp.Split(':');
            time.Add(Make(double.Parse(parts[^1], CultureInfo.InvariantCulture), parts.Length > 1 ? parts[0] : "a", ++serial));
        }

        time.Complete();
        Assert.Equal(Enumerable.Range(1, output.Count), output.Select(e => (int)e.Serial));
        return string.Join(' ', output.Select(e =>
            (e.Host == "a" ? "" : e.Host + ":") + Seconds(e.OccurredTicks) + (counted.Of(e) is { } other ? "=" + Seconds(other) : "")));
    }

    private static string Seconds(long ticks) =>
        TimeSpan.FromTicks(ticks - VirtualTime.Start.Ticks).TotalSeconds.ToString(CultureInfo.InvariantCulture);

    private static AuditEvent Make(double seconds, string host, ulong serial) =>
        Testing.Audit.Event(host, VirtualTime.At(seconds), serial, "type=USER_AUTH pid=1 uid=0 msg='op=x res=failed'");

    private sealed class LogFolderOfTests : IDisposable
    {
        private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("log-time-");

        public string Write(string name, IEnumerable<(string Stamp, int Serial)> events)
        {
            string path = Path.Combine(_folder.FullName, name);
            File.WriteAllLines(path, events.Select(e =>
                $"type=USER_AUTH msg=audit({(e.Stamp.Contains('.') ? e.Stamp : e.Stamp + ".000")}:{e.Serial}): pid=1 uid=0 msg='op=x res=failed'"));
            return path;
        }

        public void Dispose() => _folder.Delete(recursive: true);
    }
}
