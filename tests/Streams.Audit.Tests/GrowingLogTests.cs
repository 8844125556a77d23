using Microsoft.Extensions.Logging.Abstractions;

namespace Streams.Audit.Tests;

public sealed class GrowingLogTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("streams-log-");

    private Action _idle = () => { };

    private string Log => Path.Combine(_folder.FullName, "audit.log");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData(6, 0)]
    [InlineData(4, 1)]
    public void A_truncation_loses_what_had_not_been_read(int read, int losses)
    {
        File.WriteAllText(Log, "one\ntwo\n");
        using var log = new GrowingLog(Log, fromStart: true, () => { }, TimeProvider.System, NullLogger.Instance);
        byte[] buffer = new byte[read];
        Assert.Equal(read, log.Read(buffer));
        if (losses == 0) Assert.Equal(2, log.Read(buffer));
        File.WriteAllText(Log, "3\n");
        while (buffer[0] != '3') Assert.NotEqual(0, log.Read(buffer));
        Assert.Equal((1, losses), (log.Truncations, log.Losses));
    }

    [Fact]
    public void A_link_set_to_another_file_is_followed_after_the_old_files_end()
    {
        string old = Path.Combine(_folder.FullName, "old.log");
        string next = Path.Combine(_folder.FullName, "new.log");
        File.WriteAllText(old, "one\n");
        File.CreateSymbolicLink(Log, old);
        GrowingLog log = New();
        using var lines = new StreamReader(log);
        Assert.Equal("one", lines.ReadLine());
        File.AppendAllText(old, "two\n");
        File.WriteAllText(next, "three\n");
        File.Delete(Log);
        File.CreateSymbolicLink(Log, next);
        Assert.Equal(["two", "three"], [lines.ReadLine(), lines.ReadLine()]);
        Assert.Equal((1, true, null), (log.Rotations, log.IsFollowed, log.Fault));
    }

    [Fact]
    public void A_link_set_to_the_same_file_by_another_way_is_not_a_rotation()
    {
        string old = Path.Combine(_folder.FullName, "old.log");
        File.WriteAllText(old, "one\n");
        File.CreateSymbolicLink(Log, old);
        GrowingLog log = New();
        using var lines = new StreamReader(log);
        Assert.Equal("one", lines.ReadLine());
        File.Delete(Log);
        File.CreateSymbolicLink(Log + ".2", old);
        File.CreateSymbolicLink(Log, Log + ".2");
        File.AppendAllText(old, "two\n");
        Assert.Equal("two", lines.ReadLine());
        Assert.Equal(0, log.Rotations);
    }

    [Theory]
    [InlineData("two\n")]
    [InlineData("two\nthree\nfour\n")]
    public void A_log_filled_again_up_to_or_beyond_what_was_read_is_truncated(string content)
    {
        File.WriteAllText(Log, "one\n");
        GrowingLog log = New();
        using var lines = new StreamReader(log);
        Assert.Equal("one", lines.ReadLine());
        File.WriteAllText(Log, content);
        foreach (string line in content.TrimEnd().Split('\n')) Assert.Equal(line, lines.ReadLine());
        Assert.Equal((1, 0), (log.Truncations, log.Losses));
    }

    [Fact]
    public void What_is_written_behind_a_hole_is_read_where_it_is()
    {
        using var writer = new FileStream(Log, FileMode.Create, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        writer.Write("one\n"u8);
        GrowingLog log = New();
        using var lines = new StreamReader(log);
        Assert.Equal("one", lines.ReadLine());
        writer.SetLength(0);
        writer.Position = 4;
        writer.Write("two\n"u8);
        Assert.Equal("two", lines.ReadLine());
        Assert.Equal(0, log.Truncations);
    }

    [Fact]
    public void A_file_between_two_rotations_that_is_unreadable_is_a_loss()
    {
        if (Environment.IsPrivilegedProcess) Assert.Skip("root may read everything");
        File.WriteAllText(Log, "one\n");
        GrowingLog log = New();
        using var lines = new StreamReader(log);
        Assert.Equal("one", lines.ReadLine());
        File.Move(Log, Log + ".2");
        File.WriteAllText(Log + ".1", "two\n");
        File.SetUnixFileMode(Log + ".1", UnixFileMode.None);
        File.WriteAllText(Log, "three\n");
        Assert.Equal("three", lines.ReadLine());
        Assert.Equal((1, 1, true), (log.Rotations, log.Losses, log.IsFollowed));
    }

    [Fact]
    public void An_unreadable_new_file_is_a_fault_and_the_old_one_is_read_on()
    {
        if (Environment.IsPrivilegedProcess) Assert.Skip("root may read everything");
        File.WriteAllText(Log, "one\n");
        GrowingLog log = New();
        using var lines = new StreamReader(log);
        Assert.Equal("one", lines.ReadLine());
        File.Move(Log, Log + ".1");
        File.WriteAllText(Log, "three\n");
        File.SetUnixFileMode(Log, UnixFileMode.None);
        FollowFault? fault = null;
        _idle = () =>
        {
            fault ??= log.Fault;
            File.AppendAllText(Log + ".1", "two\n");
            _idle = () => File.SetUnixFileMode(Log, UnixFileMode.UserRead);
        };
        Assert.Equal(["two", "three"], [lines.ReadLine(), lines.ReadLine()]);
        Assert.Equal(("may not be read by this user", null), (fault?.What, log.Fault));
    }

    [Theory]
    [InlineData("FIFO", "is a FIFO, not a regular file")]
    [InlineData("open FIFO", "is a FIFO, not a regular file")]
    [InlineData("folder", "is a folder, not a regular file")]
    [InlineData("socket", "is a socket, not a regular file")]
    [InlineData("device", "is a device, not a regular file")]
    [InlineData("dangling link", "is not there yet")]
    public void What_is_not_a_regular_file_is_reported_and_not_waited_for(string kind, string what)
    {
        using IDisposable? made = SpecialFile.Make(kind, Log);
        var notes = new Notes();
        GrowingLog? log = null;
        log = new GrowingLog(Log, fromStart: false, () => log!.Stop(), TimeProvider.System, notes);
        using (log)
        {
            Assert.Equal(0, log.Read(new byte[16]));
            Assert.Equal((false, what), (log.IsFollowed, log.Fault?.What));
        }

        string line = Assert.Single(notes.Taken);
        Assert.StartsWith($"{Log} {what}; it is tried again every second: ", line, StringComparison.Ordinal);
    }

    private GrowingLog New() => new(Log, fromStart: true, () => _idle(), TimeProvider.System, NullLogger.Instance);
}
