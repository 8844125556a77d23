using System.Threading.Channels;
using Microsoft.Extensions.Time.Testing;
using Streams.Events;
using Streams.Events.Input;
using Streams.Testing;

namespace Streams.Audit.Tests;

public sealed class FollowedLogTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("streams-follow-");
    private readonly Recorder _seen = new();
    private readonly Notes _told = new();
    private int _serial;

    private string Log => Path.Combine(_folder.FullName, "audit.log");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task What_is_written_from_now_on_is_read()
    {
        Write("before");
        using IDisposable following = await Follow();
        Write("a");
        Assert.Equal("a", await Next());
        Write("b");
        Assert.Equal("b", await Next());
    }

    [Fact]
    public async Task What_is_in_it_already_is_read_when_that_is_wanted()
    {
        Write("before");
        using IDisposable following = await Follow(fromStart: true);
        Assert.Equal("before", await Next());
    }

    [Fact]
    public async Task A_line_that_comes_in_pieces_is_one_record()
    {
        Write("before");
        using IDisposable following = await Follow();
        string line = Line("whole");
        File.AppendAllText(Log, line[..20]);
        await _seen.Heartbeat();
        File.AppendAllText(Log, line[20..]);
        Assert.Equal("whole", await Next());
    }

    [Fact]
    public async Task A_log_that_is_rotated_is_read_to_its_end_and_then_the_new_one()
    {
        Write("before");
        using IDisposable following = await Follow();
        File.AppendAllText(Log, Line("a"));
        File.Move(Log, Log + ".1");
        File.AppendAllText(Log + ".1", Line("b"));
        Write("c");
        Assert.Equal(["a", "b", "c"], [await Next(), await Next(), await Next()]);
        await _seen.Counted("rotations", 1);
    }

    [Fact]
    public async Task A_rotated_log_is_followed_until_something_stands_in_the_new_one()
    {
        Write("before");
        using IDisposable following = await Follow();
        File.Move(Log, Log + ".1");
        File.WriteAllText(Log, "");
        await _seen.Heartbeat();
        await _seen.Heartbeat();
        File.AppendAllText(Log + ".1", Line("a"));
        Assert.Equal("a", await Next());
        Write("b");
        Assert.Equal("b", await Next());
    }

    [Fact]
    public async Task A_log_that_is_rotated_twice_at_once_is_read_file_by_file()
    {
        Write("before");
        using IDisposable following = await Follow();
        File.Move(Log, Log + ".2");
        File.WriteAllText(Log + ".1", Line("a"));
        Write("b");
        Assert.Equal(["a", "b"], [await Next(), await Next()]);
        await _seen.Counted("rotations", 2);
    }

    [Fact]
    public async Task A_log_that_is_truncated_is_read_from_its_beginning_and_is_no_gap_when_all_had_been_read()
    {
        Write("before");
        Write("before");
        using IDisposable following = await Follow();
        File.WriteAllText(Log, Line("a"));
        Assert.Equal("a", await Next());
        await _seen.Counted("truncations", 1);
        Assert.Contains("it had been read to its end", await _told.Next(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_log_that_is_not_there_is_told_once_and_read_when_it_comes()
    {
        using IDisposable following = await Follow();
        Assert.Contains("is not there yet", await _told.Next(), StringComparison.Ordinal);
        await _seen.Heartbeat();
        await _seen.Heartbeat();
        Write("a");
        Assert.Equal("a", await Next());
        Assert.Contains("is read now", await _told.Next(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_log_that_may_not_be_read_is_told()
    {
        if (Environment.IsPrivilegedProcess) Assert.Skip("root may read everything");
        Write("before");
        File.SetUnixFileMode(Log, UnixFileMode.None);
        using IDisposable following = await Follow();
        Assert.Contains("may not be read", await _told.Next(), StringComparison.Ordinal);
        File.SetUnixFileMode(Log, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Write("a");
        Assert.Equal("before", await Next());
    }

    [Theory]
    [InlineData("nothing", "is not there any more")]
    [InlineData("FIFO", "is a FIFO, not a regular file")]
    public async Task A_log_that_leaves_its_place_is_a_fault_until_one_is_back(string kind, string what)
    {
        var time = new FakeTimeProvider();
        Write("before");
        FollowedLog log = New(time: time);
        using IDisposable following = log.Subscribe(_seen);
        Heartbeat beat = await _seen.Heartbeat();
        Assert.Empty(log.Conditions);
        File.Move(Log, Log + ".1");
        if (kind != "nothing") SpecialFile.Make(kind, Log)?.Dispose();
        while (log.Conditions.Count == 0) beat = await Later(time);
        CollectorCondition condition = Assert.Single(log.Conditions);
        Assert.True(condition.IsFault);
        Assert.StartsWith($"{Log} {what}, so that no new record is read: ", condition.Text, StringComparison.Ordinal);
        Assert.Equal(beat.Occurred, (await Later(time)).Occurred);
        File.WriteAllText(Log + ".new", Line("a"));
        File.Move(Log + ".new", Log, overwrite: true);
        Assert.Equal("a", await Next());
        Assert.Empty(log.Conditions);
        Assert.True((await Later(time)).Occurred > beat.Occurred);
        string[] told = [.. _told.Taken];
        Assert.Equal(2, told.Length);
        Assert.Contains(what, told[0], StringComparison.Ordinal);
        Assert.EndsWith("is there again", told[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_log_that_is_absent_at_the_start_is_a_fault_until_it_comes()
    {
        FollowedLog log = New();
        using IDisposable following = log.Subscribe(_seen);
        await _seen.Heartbeat();
        Assert.Contains("is not there yet", Assert.Single(log.Conditions).Text, StringComparison.Ordinal);
        Write("a");
        Assert.Equal("a", await Next());
        Assert.Empty(log.Conditions);
    }

    [Fact]
    public async Task What_is_unfinished_when_it_stops_is_given_out_first()
    {
        Write("before");
        IDisposable following = await Follow();
        File.AppendAllText(Log, "type=CWD msg=audit(1700000000.000:9): cwd=\"/\"\n");
        await _seen.Counted("records", 1);
        following.Dispose();
        Assert.True(_seen.TryTake(out Event? last));
        Assert.Equal(9UL, last!.Serial);
    }

    [Fact]
    [Trait("Found", "C2")]
    public async Task It_keeps_to_the_grammar_of_observables()
    {
        Write("before");
        (FollowedLog log, GrammarObserver<ReadOnlyMemory<Event>> seen) = (New(fromStart: true), new());
        seen.Completed = () => throw new InvalidOperationException("an observer may throw, too");
        IDisposable following = log.Subscribe(seen);
        following.Dispose();
        seen.Disposed();
        following.Dispose();
        Assert.Null(await seen.Ended.WaitAsync(Patience, TestContext.Current.CancellationToken));
        Assert.Empty(seen.Breaches);
    }

    [Fact]
    [Trait("Found", "C2")]
    public async Task Within_a_call_it_can_be_stopped_and_calls_no_more()
    {
        Write("before");
        var seen = new GrammarObserver<ReadOnlyMemory<Event>>();
        var (stopped, subscribed) = (new TaskCompletionSource(), new TaskCompletionSource<IDisposable>());
        seen.Next = _ =>
        {
            subscribed.Task.GetAwaiter().GetResult().Dispose();
            seen.Disposed();
            stopped.TrySetResult();
        };
        IDisposable following = New(fromStart: true).Subscribe(seen);
        subscribed.SetResult(following);
        await stopped.Task.WaitAsync(Patience, TestContext.Current.CancellationToken);
        following.Dispose();
        Assert.Empty(seen.Breaches);
    }

    [Fact]
    [Trait("Found", "C2")]
    public async Task An_observer_that_throws_ends_it_with_one_error_and_it_can_be_disposed_of()
    {
        Write("before");
        var seen = new GrammarObserver<ReadOnlyMemory<Event>> { Next = _ => throw new InvalidOperationException("no room") };
        IDisposable following = New(fromStart: true).Subscribe(seen);
        Assert.Equal("no room", (await seen.Ended.WaitAsync(Patience, TestContext.Current.CancellationToken))?.Message);
        following.Dispose();
        following.Dispose();
        Assert.Empty(seen.Breaches);
    }

    [Fact]
    [Trait("Found", "C1")]
    public async Task An_event_at_which_something_fails_continues_and_is_reported_once()
    {
        Write("before");
        FollowedLog log = New();
        log.MissingOf = _ => throw new InvalidOperationException("injected");
        using IDisposable following = log.Subscribe(_seen);
        await _seen.Heartbeat();
        const string line = "type=SYSCALL msg=audit(1700000000.000:9): arch=c000003e syscall=39 success=yes exit=0 items=0\n";
        File.AppendAllText(Log, line + line.Replace("SYSCALL", "EOE", StringComparison.Ordinal) + Line("a"));
        Assert.Equal(EventFault.Join, (await _seen.Next()).Fault);
        Assert.Equal("a", await Next());
        var gap = Assert.IsType<Gap>(await _seen.Next());
        Assert.Equal((Gap.Faulty, 1, EventFault.Join, true), (gap.Cause, gap.Records, gap.FailedAt, gap.IsKept));
        Assert.Contains("1 event of web-1 could not be joined in full", await _told.Next(), StringComparison.Ordinal);
        await _seen.Counted("faulty.join", 1);
    }

    [Fact]
    public async Task Bad_lines_are_counted()
    {
        Write("before");
        using IDisposable following = await Follow();
        File.AppendAllText(Log, "nonsense\n" + Line("a"));
        Assert.Equal("a", await Next());
        await _seen.Counted("bad", 1);
    }

    private string Line(string text) =>
        $"type=USER_LOGIN msg=audit(1700000000.000:{100 + _serial++}): pid=1 uid=0 msg='op=login acct=\"{text}\" res=success'\n";

    private void Write(string text) => File.AppendAllText(Log, Line(text));

    private async Task<string> Next()
    {
        var e = Assert.IsType<AuditEvent>(await _seen.Next());
        string text = System.Text.Encoding.UTF8.GetString(e.Record(0).Text);
        return text.Split('"')[1];
    }

    private async Task<Heartbeat> Later(FakeTimeProvider time)
    {
        time.Advance(TimeSpan.FromSeconds(5));
        return await _seen.Heartbeat();
    }

    // The first heartbeat says that it is at the end of what there is.
    private async Task<IDisposable> Follow(bool fromStart = false)
    {
        IDisposable following = New(fromStart).Subscribe(_seen);
        if (!fromStart) await _seen.Heartbeat();
        return following;
    }

    private FollowedLog New(bool fromStart = false, TimeProvider? time = null) =>
        new(new FollowOptions { Path = Log, Host = "web-1", FromStart = fromStart }, time ?? TimeProvider.System, _told);

    private sealed class Recorder : IObserver<ReadOnlyMemory<Event>>
    {
        private readonly Channel<Event> _events = Channel.CreateUnbounded<Event>();
        private readonly Channel<Heartbeat> _beats = Channel.CreateUnbounded<Heartbeat>();

        public void OnNext(ReadOnlyMemory<Event> value)
        {
            foreach (Event e in value.Span)
            {
                if (e is Heartbeat beat) _beats.Writer.TryWrite(beat);
                else _events.Writer.TryWrite(e);
            }
        }

        public void OnError(Exception error) => _events.Writer.TryComplete(error);

        public void OnCompleted()
        {
        }

        public Task<Event> Next() => _events.Reader.ReadAsync().AsTask().WaitAsync(Patience, TestContext.Current.CancellationToken);

        public bool TryTake(out Event? e) => _events.Reader.TryRead(out e);

        public Task<Heartbeat> Heartbeat() => _beats.Reader.ReadAsync().AsTask().WaitAsync(Patience, TestContext.Current.CancellationToken);

        public async Task Counted(string counter, long value)
        {
            while ((await Heartbeat()).Counters.Single(c => c.Key == counter).Value < value)
            {
            }
        }
    }
}
