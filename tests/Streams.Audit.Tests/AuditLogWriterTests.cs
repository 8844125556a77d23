using System.Buffers;
using System.Text;
using Streams.Events;
using Streams.Events.Input;
using Streams.Events.Tables;

namespace Streams.Audit.Tests;

public sealed class AuditLogWriterTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("streams-log-");

    private string File => Path.Combine(_folder.FullName, "audit.log");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData("plaso/audit_enriched.log")]
    [InlineData("go-libaudit/stream/normal.log")]
    public void What_was_written_is_read_as_the_same_documents(string log)
    {
        IReadOnlyList<Event> events = Read(Path.Combine(Logs.Fixtures, log));
        Assert.NotEmpty(events);
        Write(new AuditLogOptions(), events);
        Assert.Equal(Documents(events), Documents(Read(File)));
    }

    [Fact]
    public void Each_record_is_a_line_with_its_host_and_its_owner_alone_may_read_it()
    {
        Write(new AuditLogOptions(), [Event((RecordType.Syscall, "arch=c000003e syscall=59"), (RecordType.Proctitle, "proctitle=\"ls\""))]);
        Assert.Equal(
            [
                "node=web-1 type=SYSCALL msg=audit(1700000000.007:42): arch=c000003e syscall=59",
                "node=web-1 type=PROCTITLE msg=audit(1700000000.007:42): proctitle=\"ls\"",
            ],
            System.IO.File.ReadAllLines(File));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, System.IO.File.GetUnixFileMode(File));
    }

    [Fact]
    public void What_the_collector_added_comes_behind_the_first_record_and_is_read_with_its_event()
    {
        Event e = Event(
            (RecordType.Syscall, "arch=c000003e syscall=59 success=yes exit=0 pid=5 exe=\"/bin/ls\""),
            (RecordType.Proctitle, "proctitle=\"ls\""),
            (RecordType.StreamsProcess, "ppid=1"));
        Write(new AuditLogOptions(), [e]);
        Assert.Equal(
            [RecordTypes.Name(RecordType.Syscall), RecordTypes.Name(RecordType.StreamsProcess), RecordTypes.Name(RecordType.Proctitle)],
            System.IO.File.ReadAllLines(File).Select(line => line.Split(' ')[1]["type=".Length..]));
        Assert.Equal(3, Assert.IsType<AuditEvent>(Assert.Single(Read(File))).RecordCount);
    }

    [Fact]
    public void A_line_feed_in_a_record_begins_no_other_record()
    {
        Write(new AuditLogOptions(), [Event((RecordType.Syscall, "a=1\ntype=USER_LOGIN msg=audit(1.000:1): forged"))]);
        Assert.Single(System.IO.File.ReadAllLines(File));
    }

    [Fact]
    public void A_full_file_is_rotated_and_the_oldest_is_deleted()
    {
        using (var writer = new AuditLogWriter(File, new AuditLogOptions { MaxBytes = 1, Kept = 2 }))
        {
            for (int i = 0; i < 5; i++)
            {
                writer.Write(new Batch(new[] { Event((RecordType.Syscall, $"a={i}")) }));
                writer.Flush();
            }
        }

        Assert.Equal(["audit.log", "audit.log.1", "audit.log.2"], _folder.GetFiles().Select(file => file.Name).Order());
        Assert.Empty(System.IO.File.ReadAllLines(File));
        Assert.EndsWith("a=4", Assert.Single(System.IO.File.ReadAllLines(File + ".1")), StringComparison.Ordinal);
        Assert.EndsWith("a=3", Assert.Single(System.IO.File.ReadAllLines(File + ".2")), StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_in_the_file_already_stays_and_what_has_no_records_is_counted()
    {
        Write(new AuditLogOptions(), [Event((RecordType.Syscall, "a=1"))]);
        using var writer = new AuditLogWriter(File);
        writer.Write(new Batch(new Event[]
        {
            Event((RecordType.Syscall, "a=2")), new Gap("web-1", "audit", default, DateTimeOffset.UnixEpoch, 1, 5, "queue full"),
        }));
        writer.Flush();
        Assert.Equal(2, System.IO.File.ReadAllLines(File).Length);
        Assert.Equal([new("entries", 1), new("left_out", 1)], writer.Counters.Where(c => c.Key is "entries" or "left_out"));
        Assert.Null(writer.Failure);
    }

    [Fact]
    public void A_full_disk_is_told_and_counted()
    {
        if (!System.IO.File.Exists("/dev/full")) Assert.Skip("there is no /dev/full");
        using var writer = new AuditLogWriter("/dev/full");
        writer.Write(new Batch(new[] { Event((RecordType.Syscall, "a=1"), (RecordType.Cwd, "cwd=\"/\"")) }));
        writer.Flush();
        Assert.NotNull(writer.Failure);
        Assert.Equal(2, writer.Counters.Single(c => c.Key == "dropped").Value);
    }

    private static AuditEvent Event(params ReadOnlySpan<(RecordType Type, string Text)> records)
    {
        var builder = new AuditEventBuilder();
        foreach ((RecordType type, string text) in records) builder.Add(type, Encoding.UTF8.GetBytes(text));
        return builder.Build("web-1", "audit", DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_007), 42);
    }

    private static List<Event> Read(string path)
    {
        var events = new List<Event>();
        new AuditLogReader([path], new LogOptions()).Read(batch => events.AddRange(batch.ToArray()), TestContext.Current.CancellationToken);
        return events;
    }

    private static IEnumerable<string> Documents(IEnumerable<Event> events) => events.Select(e =>
    {
        var output = new ArrayBufferWriter<byte>();
        e.WriteDocument(output);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    });

    private void Write(AuditLogOptions options, IReadOnlyList<Event> events)
    {
        using var writer = new AuditLogWriter(File, options);
        writer.Write(new Batch(events.ToArray()));
    }
}
