using System.IO.Compression;
using System.Text;
using Streams.Events;

namespace Streams.Audit.Tests;

public sealed class AuditLogReaderTests
{
    private static readonly string Log = Lines("1:1 USER_AUTH a", "2:2 USER_AUTH b", "3:3 USER_AUTH c");

    [Fact]
    public void A_file_is_read()
    {
        using var folder = new Folder();
        (List<AuditEvent> events, LogStatistics statistics) = Logs.Read(folder.Write("audit.log", Log));
        Assert.Equal(["1:1 USER_AUTH", "2:2 USER_AUTH", "3:3 USER_AUTH"], events.Select(Logs.Text));
        Assert.Equal((3, 3, 0, 0), (statistics.Records, statistics.Events, statistics.Torn, statistics.Late));
        Assert.Equal((Log.Length, Log.Length), (statistics.BytesRead, statistics.BytesTotal));
        Assert.Empty(statistics.Errors);
        Assert.Empty(statistics.BadLines);
    }

    [Theory]
    [InlineData("audit.log.gz")]
    [InlineData("audit.log.1.zst")]
    [InlineData("audit.log")]
    public void Compression_is_known_by_its_first_bytes(string name)
    {
        using var folder = new Folder();
        byte[][] forms = [Gzip(Log), Zstd(Log), [.. Gzip(Log[..20]), .. Gzip(Log[20..])], [.. Zstd(Log[..20]), .. Zstd(Log[20..])]];
        foreach (byte[] compressed in forms)
        {
            (List<AuditEvent> events, LogStatistics statistics) = Logs.Read(folder.Write(name, compressed));
            Assert.Equal(3, events.Count);
            Assert.Equal((compressed.Length, compressed.Length), (statistics.BytesRead, statistics.BytesTotal));
        }
    }

    [Fact]
    public void What_a_log_was_rotated_into_is_read_oldest_first_as_one_source()
    {
        using var folder = new Folder();
        string call = Lines("5:5 SYSCALL arch=c000003e syscall=39 success=yes exit=0 items=1", "5:5 PATH item=0");
        folder.Write("audit.log-20260101.gz", Gzip(Lines("1:1 USER_AUTH a")));
        folder.Write("audit.log-20260102-1767312000", Lines("2:2 USER_AUTH a"));
        folder.Write("audit.log.10", Lines("3:3 USER_AUTH a"));
        folder.Write("audit.log.2.zst", Zstd(Lines("4:4 USER_AUTH a")));
        folder.Write("audit.log.1", call[..(call.IndexOf('\n', StringComparison.Ordinal) + 1)]);
        folder.Write("audit.log", call[(call.IndexOf('\n', StringComparison.Ordinal) + 1)..] + Lines("6:6 USER_AUTH a"));
        string[] expected = ["1:1 USER_AUTH", "2:2 USER_AUTH", "3:3 USER_AUTH", "4:4 USER_AUTH", "6:6 USER_AUTH", "5:5 SYSCALL PATH"];
        Assert.Equal(expected, Logs.Read(folder.ToString()).Events.Select(Logs.Text));

        string[] files = Directory.GetFiles(folder.ToString());
        Assert.Equal(expected, Logs.Read(files).Events.Select(Logs.Text));
        Assert.Equal(expected, Logs.Read([folder.ToString(), .. files]).Events.Select(Logs.Text));
    }

    [Fact]
    public void Logs_that_are_called_by_the_address_of_their_host_are_logs_of_their_own()
    {
        using var folder = new Folder();
        folder.Write("10.0.0.7", Lines("1:1 AVC a", "3:2 USER_AUTH a"));
        folder.Write("10.0.0.8", Lines("1:1 AVC b", "2:2 USER_LOGIN b"));
        Assert.Equal(
            ["2:2 USER_LOGIN", "1:1 AVC", "3:2 USER_AUTH", "1:1 AVC"],
            Logs.Read(folder.ToString()).Events.Select(Logs.Text));
    }

    [Fact]
    public void Several_logs_are_merged_by_time()
    {
        using var folder = new Folder();
        string a = folder.Write("a.log", Lines("1:1 USER_AUTH a", "4:2 USER_AUTH a", "5:3 USER_AUTH a"));
        string b = folder.Write("b.log", Lines("2:1 USER_LOGIN b", "3:2 USER_LOGIN b", "5:3 USER_LOGIN b"));
        Assert.Equal(
            ["1:1 USER_AUTH", "2:1 USER_LOGIN", "3:2 USER_LOGIN", "4:2 USER_AUTH", "5:3 USER_AUTH", "5:3 USER_LOGIN"],
            Logs.Read(a, b).Events.Select(Logs.Text));
        Assert.Equal(6, Logs.Read(folder.ToString()).Events.Count);
    }

    [Fact]
    public void The_same_stamp_and_serial_in_two_logs_are_two_events()
    {
        using var folder = new Folder();
        string a = folder.Write("a.log", Lines("1:1 AVC a"));
        string b = folder.Write("b.log", Lines("1:1 AVC b"));
        Assert.Equal(["1:1 AVC", "1:1 AVC"], Logs.Read(a, b).Events.Select(Logs.Text));
    }

    private const string Mark = "\uFEFF";

    [Fact]
    [Trait("Found", "D15")]
    public void A_byte_order_mark_before_a_log_is_passed_over()
    {
        using var folder = new Folder();
        string log = Lines("1:1 USER_AUTH a", "2:2 USER_AUTH b");
        folder.Write("audit.log.3.gz", Gzip(Mark + log));
        folder.Write("audit.log.2.zst", Zstd(Mark + log));
        folder.Write("audit.log.1", Mark + "Jan  2 03:04:05 web1 audispd: " + log);
        folder.Write("audit.log", Mark + log);
        (List<AuditEvent> events, LogStatistics statistics) = Logs.Read(folder.ToString());
        Assert.Equal(8, events.Count);
        Assert.Empty(statistics.BadLines);
    }

    [Theory]
    [InlineData("utf-16", true)]
    [InlineData("utf-16BE", true)]
    [InlineData("utf-32", true)]
    [InlineData("utf-16", false)]
    [InlineData("utf-16BE", false)]
    [Trait("Found", "D15")]
    public void A_log_in_another_encoding_is_called_so(string encoding, bool hasMark)
    {
        using var folder = new Folder();
        byte[] text = Encoding.GetEncoding(encoding).GetBytes((hasMark ? Mark : "") + Log);
        LogError error = Assert.Single(Logs.Read(folder.Write("audit.log", text)).Statistics.Errors);
        Assert.Equal(("is UTF-16 or UTF-32 text", "convert it first: `iconv -f UTF-16 -t UTF-8`"), (error.What, error.Remedy));
        folder.Write("good.log", Log);
        Assert.Equal(
            "is UTF-16 or UTF-32 text; convert it first: `iconv -f UTF-16 -t UTF-8`",
            Assert.Single(Logs.Read(folder.ToString()).Statistics.Skipped).Why);
    }

    [Fact]
    public void Many_logs_that_follow_each_other_take_the_memory_of_one()
    {
        using var folder = new Folder();
        for (int i = 0; i < 300; i++) folder.Write($"host{i}.log", Lines($"{i}:1 USER_AUTH a", $"{i}.5:2 USER_AUTH a"));
        Assert.Equal(600, Logs.Read(folder.ToString()).Events.Count);
        Assert.True(Logs.Read(folder.ToString()).Events.Select(e => e.OccurredTicks).Order().SequenceEqual(
            Logs.Read(folder.ToString()).Events.Select(e => e.OccurredTicks)));
    }

    [Theory]
    [InlineData(null, null, 3)]
    [InlineData(2.0, null, 2)]
    [InlineData(2.001, null, 1)]
    [InlineData(null, 2.0, 1)]
    [InlineData(null, 2.001, 2)]
    [InlineData(2.0, 3.0, 1)]
    [InlineData(9.0, null, 0)]
    public void What_occurred_outside_the_bounds_is_left_out(double? from, double? to, int count)
    {
        using var folder = new Folder();
        var options = new LogOptions { From = At(from), To = At(to) };
        (List<AuditEvent> events, LogStatistics statistics) = Logs.Read(options, folder.Write("audit.log", Log));
        Assert.Equal(count, events.Count);
        Assert.Equal(count, statistics.Records);

        static DateTimeOffset? At(double? seconds) =>
            seconds is { } s ? DateTimeOffset.FromUnixTimeSeconds(Logs.Start).AddMilliseconds(s * 1000) : null;
    }

    [Fact]
    public void The_host_of_records_that_name_none_can_be_set()
    {
        using var folder = new Folder();
        Assert.Equal("web1", Logs.Read(new LogOptions { Host = "web1" }, folder.Write("audit.log", Log)).Events[0].Host);
    }

    [Fact]
    public void Files_in_a_folder_that_are_no_logs_are_named_and_skipped()
    {
        using var folder = new Folder();
        folder.Write("audit.log", Log);
        string readme = folder.Write("README.md", "# Samples\n");
        string binary = folder.Write("core", [0, 1, 2, 3, 255]);
        (List<AuditEvent> events, LogStatistics statistics) = Logs.Read(folder.ToString());
        Assert.Equal(3, events.Count);
        Assert.Equal([readme, binary], statistics.Skipped.Select(file => file.Path));
        Assert.Empty(statistics.Errors);
    }

    [Theory]
    [InlineData("a.log")]
    [InlineData("z.log")]
    public void A_log_and_a_link_to_it_are_one_log(string name)
    {
        using var folder = new Folder();
        string log = folder.Write("audit.log", Log);
        string link = Path.Combine(folder.ToString(), name);
        File.CreateSymbolicLink(link, "audit.log");
        (List<AuditEvent> events, LogStatistics statistics) = Logs.Read(folder.ToString());
        Assert.Equal(3, events.Count);
        Assert.Equal([new SkippedFile(link, $"is a link to {log}, which is read already")], statistics.Skipped);
        Assert.Empty(statistics.Errors);
    }

    [Fact]
    public void A_link_to_a_log_elsewhere_is_read()
    {
        using Folder folder = new(), elsewhere = new();
        File.CreateSymbolicLink(Path.Combine(folder.ToString(), "audit.log"), elsewhere.Write("data.log", Log));
        Assert.Equal(3, Logs.Read(folder.ToString()).Events.Count);
    }

    [Fact]
    public void A_named_file_that_is_no_log_is_an_error_and_the_rest_is_read()
    {
        using var folder = new Folder();
        string readme = folder.Write("README.md", "# Samples\n");
        (List<AuditEvent> events, LogStatistics statistics) = Logs.Read(readme, folder.Write("audit.log", Log));
        Assert.Equal(3, events.Count);
        LogError error = Assert.Single(statistics.Errors);
        Assert.Equal((readme, "does not begin like an audit log"), (error.Path, error.What));
        Assert.Contains("ausearch --raw", error.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public void A_pipe_in_a_folder_is_skipped_and_not_waited_for()
    {
        using var folder = new Folder();
        folder.Write("audit.log", Log);
        string pipe = Path.Combine(folder.ToString(), "pipe");
        using (var made = System.Diagnostics.Process.Start("mkfifo", pipe)) made.WaitForExit();
        (List<AuditEvent> events, LogStatistics statistics) = Logs.Read(folder.ToString());
        Assert.Equal(3, events.Count);
        Assert.Equal([new SkippedFile(pipe, "is a pipe, a socket or a device")], statistics.Skipped);
        Assert.Empty(statistics.Errors);
    }

    [Theory]
    [InlineData("FD377A585A000004E6D6B446", "xz")]
    [InlineData("425A683931415926535952", "bzip2")]
    [InlineData("04224D18644070B9", "lz4")]
    [InlineData("504B030414000000", "zip")]
    public void A_compression_that_is_not_read_is_named(string first, string compression)
    {
        using var folder = new Folder();
        string rotated = folder.Write("audit.log.1", Convert.FromHexString(first));
        LogError error = Assert.Single(Logs.Read(rotated, folder.Write("audit.log", Log)).Statistics.Errors);
        Assert.Equal($"is compressed with {compression}", error.What);
        Assert.Contains("gzip and zstd are read", error.Remedy, StringComparison.Ordinal);
        Assert.Equal([new SkippedFile(rotated, error.What)], Logs.Read(folder.ToString()).Statistics.Skipped);
    }

    [Fact]
    public void A_missing_file_is_an_error_and_the_rest_is_read()
    {
        using var folder = new Folder();
        string none = Path.Combine(folder.ToString(), "none");
        (List<AuditEvent> events, LogStatistics statistics) = Logs.Read("/nowhere/audit.log", none, folder.Write("audit.log", Log));
        Assert.Equal(3, events.Count);
        Assert.Equal(2, statistics.Errors.Count);
        Assert.All(statistics.Errors, error => Assert.Equal("there is no such file or folder", error.What));
    }

    [Fact]
    public void A_file_without_permission_is_an_error_and_the_rest_is_read()
    {
        Assert.SkipWhen(Environment.UserName == "root", "root may read everything");
        using var folder = new Folder();
        string secret = folder.Write("secret.log", Log);
        File.SetUnixFileMode(secret, UnixFileMode.None);
        (List<AuditEvent> events, LogStatistics statistics) = Logs.Read(secret, folder.Write("audit.log", Log));
        Assert.Equal(3, events.Count);
        Assert.Equal((secret, "there is no permission to read it"), (statistics.Errors.Single().Path, statistics.Errors.Single().What));
    }

    [Fact]
    public void An_empty_folder_and_one_without_logs_are_errors()
    {
        using var empty = new Folder();
        using var other = new Folder();
        other.Write("README.md", "# Samples\n");
        LogStatistics statistics = Logs.Read(empty.ToString(), other.ToString()).Statistics;
        Assert.Equal([empty.ToString(), other.ToString()], statistics.Errors.Select(error => error.Path));
    }

    [Fact]
    public void An_empty_file_is_fine()
    {
        using var folder = new Folder();
        (List<AuditEvent> events, LogStatistics statistics) = Logs.Read(folder.Write("audit.log", ""), folder.Write("other.log", "\n\n"));
        Assert.Empty(events);
        Assert.Empty(statistics.Errors);
        Assert.Empty(Logs.Read(folder.ToString()).Statistics.Errors);
    }

    [Fact]
    public void A_file_that_is_damaged_is_read_up_to_there_and_the_rest_is_read()
    {
        using var folder = new Folder();
        string[] many = [.. Enumerable.Range(1, 20_000).Select(i => $"{i}:{i} USER_AUTH {i * 7919L * 104729}")];
        byte[] gzip = Gzip(Lines(many)), zstd = Zstd(Lines(many));
        gzip.AsSpan(gzip.Length / 2, 64).Fill(0xFF);
        zstd.AsSpan(zstd.Length / 2, 64).Fill(0xFF);
        (List<AuditEvent> events, LogStatistics statistics) = Logs.Read(
            folder.Write("a.gz", gzip), folder.Write("b.zst", zstd), folder.Write("c.log", Log));
        Assert.Equal(2, statistics.Errors.Count);
        Assert.All(statistics.Errors, error => Assert.Contains("cannot be read beyond line", error.What, StringComparison.Ordinal));
        Assert.Contains("1:1 USER_AUTH", events.Select(Logs.Text));
        Assert.InRange(events.Count, 1000, 39_000);
    }

    [Fact]
    public void Garbage_among_good_lines_is_counted_by_kind_with_the_first_of_each()
    {
        using var folder = new Folder();
        string path = folder.Write("audit.log",
            Lines("1:1 USER_AUTH a") + "hello\n\0\0\0\0" + Lines("2:2 USER_AUTH b") + "world\ntype=CWD msg=audit(1.0");
        (List<AuditEvent> events, LogStatistics statistics) = Logs.Read(path);
        Assert.Equal(2, events.Count);
        Assert.Equal(
            [
                new BadLines(BadLineKind.NotARecord, 2, "hello", path, 2),
                new BadLines(BadLineKind.Garbage, 1, "\0\0\0\0" + Lines("2:2 USER_AUTH b").TrimEnd('\n'), path, 3),
                new BadLines(BadLineKind.CutOff, 1, "type=CWD msg=audit(1.0", path, 5),
            ],
            statistics.BadLines);
    }

    [Fact]
    public void Text_of_ausearch_i_is_a_bad_line_with_a_remedy()
    {
        using var folder = new Folder();
        string path = folder.Write("audit.log", "----\ntype=SYSCALL msg=audit(01/02/2026 03:04:05.678:42) : arch=x86_64\n");
        LogStatistics statistics = Logs.Read(path).Statistics;
        BadLines bad = Assert.Single(statistics.BadLines);
        Assert.Equal((BadLineKind.Interpreted, 1L), (bad.Kind, bad.Count));
        Assert.Contains("--raw", bad.Kind.Remedy(), StringComparison.Ordinal);
        Assert.Empty(statistics.Errors);
    }

    [Fact]
    public void Lines_of_a_megabyte_are_read_and_longer_ones_than_the_longest_counted()
    {
        using var folder = new Folder();
        string path = folder.Write("audit.log",
            Lines("1:1 USER_AUTH " + new string('x', 2 << 20), "2:2 USER_AUTH " + new string('y', LineSplitter.MaxLine), "3:3 USER_AUTH"));
        (List<AuditEvent> events, LogStatistics statistics) = Logs.Read(path);
        Assert.Equal(["1:1 USER_AUTH", "3:3 USER_AUTH"], events.Select(Logs.Text));
        Assert.Equal(2 << 20, events[0].Record(0).Text.Length);
        Assert.Equal((BadLineKind.TooLong, 2L), (statistics.BadLines.Single().Kind, statistics.BadLines.Single().Line));
    }

    [Fact]
    public void A_stopped_reader_hands_over_what_is_complete()
    {
        using var folder = new Folder();
        string path = folder.Write("audit.log", Lines([.. Enumerable.Range(1, 2000).Select(i => $"{i}:{i} USER_AUTH a")]));
        using var stop = new CancellationTokenSource();
        var reader = new AuditLogReader([path], new LogOptions());
        int seen = 0;
        Assert.Throws<OperationCanceledException>(() => reader.Read(
            batch =>
            {
                seen += batch.Length;
                stop.Cancel();
            },
            stop.Token));
        Assert.InRange(seen, 512, 600);
        Assert.Equal(seen, reader.Statistics.Events);
    }

    [Fact]
    public void A_pipe_is_read_once_and_its_events_do_not_wait_for_more()
    {
        using var folder = new Folder();
        string pipe = Path.Combine(folder.ToString(), "pipe");
        using (var made = System.Diagnostics.Process.Start("mkfifo", pipe)) made.WaitForExit();
        using var first = new ManualResetEventSlim();
        var writer = new Thread(() =>
        {
            using var stream = new FileStream(pipe, FileMode.Open, FileAccess.Write);
            stream.Write(Encoding.UTF8.GetBytes(Lines("1:1 USER_AUTH a")));
            stream.Flush();
            first.Wait(TestContext.Current.CancellationToken);
            stream.Write(Encoding.UTF8.GetBytes(Lines("2:2 USER_AUTH a")));
        });
        writer.Start();
        var events = new List<string>();
        var reader = new AuditLogReader([pipe], new LogOptions());
        reader.Read(
            batch =>
            {
                foreach (Event e in batch.Span) events.Add(Logs.Text((AuditEvent)e));
                first.Set();
            },
            TestContext.Current.CancellationToken);
        writer.Join();
        Assert.Equal(["1:1 USER_AUTH", "2:2 USER_AUTH"], events);
        Assert.Null(reader.Statistics.BytesTotal);
    }

    private static string Lines(params string[] records) => string.Concat(records.Select(record => Logs.Line(record) + "\n"));

    private static byte[] Gzip(string text)
    {
        using var target = new MemoryStream();
        using (var gzip = new GZipStream(target, CompressionLevel.Fastest)) gzip.Write(Encoding.UTF8.GetBytes(text));
        return target.ToArray();
    }

    private static byte[] Zstd(string text)
    {
        using var compressor = new ZstdSharp.Compressor();
        return compressor.Wrap(Encoding.UTF8.GetBytes(text)).ToArray();
    }
}
