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

    // Nobody knows that an event is over that lacks its end: it is read when the stamps have moved on, behind some that followed it.
    [Fact]
    public void What_lacks_something_lacks_it_again_and_is_read_later_and_the_rest_is_in_the_same_order()
    {
        IReadOnlyList<Event> events = Read(Path.Combine(Logs.Fixtures, "oms-auditd-plugin/raw-events.log"));
        Write(new AuditLogOptions(), events);
        IReadOnlyList<Event> read = Read(File);
        Assert.Equal(Found(events), Found(read));
        Assert.Equal(Documents(events.Where(IsWhole)), Documents(read.Where(IsWhole)));

        static bool IsWhole(Event e) => e is AuditEvent { IsTorn: false };

        static IEnumerable<(ulong Serial, bool IsTorn)> Found(IEnumerable<Event> events) =>
            events.OfType<AuditEvent>().Select(e => (e.Serial, e.IsTorn)).Order();
    }

    [Fact]
    public void Each_record_is_a_line_with_its_host_and_its_owner_alone_may_read_it()
    {
        Write(new AuditLogOptions(), [Event((RecordType.Syscall, "arch=c000003e syscall=59"), (RecordType.Proctitle, "proctitle=\"ls\""))]);
        Assert.Equal(
            [
                "node=web-1 type=SYSCALL msg=audit(1700000000.007:42): arch=c000003e syscall=59",
                "node=web-1 type=PROCTITLE msg=audit(1700000000.007:42): proctitle=\"ls\"",
                "node=web-1 type=EOE msg=audit(1700000000.007:42): ",
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
            ["SYSCALL", "STREAMS_PROCESS", "PROCTITLE", "EOE"],
            System.IO.File.ReadAllLines(File).Select(line => line.Split(' ')[1]["type=".Length..]));
        Assert.Equal(3, Assert.IsType<AuditEvent>(Assert.Single(Read(File))).RecordCount);
    }

    [Fact]
    public void What_the_collector_added_to_what_a_program_wrote_is_read_with_it_too()
    {
        Event[] events =
        [
            Event((RecordType.UserLogin, "pid=5 uid=0 auid=1000"), (RecordType.StreamsProcess, "ppid=1")),
            Event((RecordType.UserEnd, "pid=5 uid=0 auid=1000")),
        ];
        Write(new AuditLogOptions(), events);
        Assert.Equal(
            ["STREAMS_PROCESS", "USER_LOGIN", "USER_END"],
            System.IO.File.ReadAllLines(File).Select(line => line.Split(' ')[1]["type=".Length..]));
        IReadOnlyList<Event> read = Read(File);
        Assert.Equal(Documents(events), Documents(read));
        Assert.Equal([2, 1], read.Cast<AuditEvent>().Select(e => e.RecordCount));
    }

    [Fact]
    public void A_line_feed_in_a_record_begins_no_other_record()
    {
        Write(new AuditLogOptions(), [Event((RecordType.Syscall, "a=1\ntype=USER_LOGIN msg=audit(1.000:1): forged"))]);
        Assert.Equal(2, System.IO.File.ReadAllLines(File).Length);
    }

    [Fact]
    public void What_lacks_something_and_what_a_program_wrote_has_no_end()
    {
        Write(new AuditLogOptions(), [Torn(RecordType.Execve, "argc=1 a0=\"ls\""), Event((RecordType.UserLogin, "pid=1"))]);
        Assert.Equal(2, System.IO.File.ReadAllLines(File).Length);
    }

    [Fact]
    public void A_line_that_a_kill_left_unfinished_spoils_none_that_follows()
    {
        System.IO.File.WriteAllText(File, "node=web-1 type=SYSCALL msg=audit(17000");
        Write(new AuditLogOptions(), [Event((RecordType.UserLogin, "pid=1"))]);
        Assert.Equal(
            ["node=web-1 type=SYSCALL msg=audit(17000", "node=web-1 type=USER_LOGIN msg=audit(1700000000.007:42): pid=1"],
            System.IO.File.ReadAllLines(File));
    }

    [Fact]
    public void A_full_file_is_rotated_and_the_oldest_is_deleted()
    {
        WriteOneAFile(kept: 2, 0, 1, 2, 3, 4);
        Assert.Equal(["audit.log 4", "audit.log.1 3", "audit.log.2 2"], Files());
    }

    [Fact]
    public void A_rotation_that_was_cut_short_loses_no_file()
    {
        WriteOneAFile(kept: 3, 0, 1, 2);
        System.IO.File.Move(File + ".2", File + ".3");
        WriteOneAFile(kept: 3, 3);
        Assert.Equal(["audit.log 3", "audit.log.1 2", "audit.log.2 1", "audit.log.3 0"], Files());
        System.IO.File.Move(File, File + ".2", overwrite: true);
        WriteOneAFile(kept: 3, 4);
        Assert.Equal(["audit.log 4", "audit.log.1 2", "audit.log.2 3", "audit.log.3 0"], Files());
    }

    [Fact]
    public void A_file_is_no_larger_than_it_may_be()
    {
        var options = new AuditLogOptions { MaxBytes = 4096, Kept = 100 };
        using (var writer = new AuditLogWriter(File, options))
        {
            for (int i = 0; i < 200; i++)
            {
                writer.Write(new Batch(new[] { Event((RecordType.Syscall, $"a={i} exe=\"{new string('x', i)}\"")) }));
                writer.Flush();
            }
        }

        Assert.All(_folder.GetFiles(), file => Assert.InRange(file.Length, 1, options.MaxBytes));
        Assert.InRange(_folder.GetFiles().Length, 10, 20);
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
        Assert.Equal(4, System.IO.File.ReadAllLines(File).Length);
        Assert.Equal([new("entries", 2), new("left_out", 1)], writer.Counters.Where(c => c.Key is "entries" or "left_out"));
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
        Assert.Equal(3, writer.Counters.Single(c => c.Key == "dropped").Value);
    }

    private void WriteOneAFile(int kept, params ReadOnlySpan<int> numbers)
    {
        using var writer = new AuditLogWriter(File, new AuditLogOptions { MaxBytes = 1, Kept = kept });
        foreach (int number in numbers)
        {
            writer.Write(new Batch(new[] { Event((RecordType.UserLogin, $"a={number}")) }));
            writer.Flush();
        }
    }

    private IEnumerable<string> Files() => _folder.GetFiles().OrderBy(file => file.Name, StringComparer.Ordinal)
        .Select(file => $"{file.Name} {System.IO.File.ReadAllText(file.FullName).TrimEnd()[^1]}");

    private static AuditEvent Event(params ReadOnlySpan<(RecordType Type, string Text)> records)
    {
        var builder = new AuditEventBuilder();
        foreach ((RecordType type, string text) in records) builder.Add(type, Encoding.UTF8.GetBytes(text));
        return builder.Build("web-1", "audit", DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_007), 42);
    }

    private static AuditEvent Torn(RecordType type, string text)
    {
        var builder = new AuditEventBuilder();
        builder.Add(type, Encoding.UTF8.GetBytes(text));
        return builder.Build("web-1", "audit", DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_007), 42, "SYSCALL");
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
