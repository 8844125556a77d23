using System.Collections.Concurrent;
using System.Text;
using Microsoft.Extensions.Time.Testing;
using Streams.Audit.Processes;
using Streams.Events;

namespace Streams.Audit.Tests.Processes;

public sealed class AccountNamesTests : IDisposable
{
    private readonly Folder _folder = new();
    private readonly FakeTimeProvider _clock = new();
    private readonly List<AccountId> _asked = [];
    private readonly AccountNames _names;
    private bool _hasRoom = true;

    public AccountNamesTests()
    {
        string users = _folder.Write("passwd", "root:x:0:0::/root:/bin/sh\nalice:x:1000:100:A:/home/alice:/bin/sh\n");
        string groups = _folder.Write("group", "users:x:100:alice\nroot:x:0:\n");
        _names = new AccountNames(new AccountFile(users), new AccountFile(groups), Ask, _clock);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Accounts_of_the_files_have_their_names_at_once()
    {
        Assert.Equal(("\"alice\"", "\"users\"", ""), (User(1000), Group(100), User(100)));
        Assert.Equal([new AccountId(false, 100)], _asked);
    }

    [Fact]
    public void Root_has_its_name_and_nobody_none_whatever_the_files_say()
    {
        Assert.Equal(("\"root\"", "\"root\"", "", ""), (User(0), Group(0), User(uint.MaxValue), Group(uint.MaxValue)));
        Assert.Empty(_asked);
    }

    [Fact]
    public void What_the_files_do_not_hold_is_asked_for_once_and_known_when_told()
    {
        Assert.Equal(("", ""), (User(5000), User(5000)));
        Assert.Single(_asked);
        int version = _names.Version;

        _names.Tell(_asked[0], "bob smith");

        Assert.Equal("626F6220736D697468", User(5000));
        Assert.NotEqual(version, _names.Version);
        Assert.Single(_asked);
    }

    [Theory]
    [InlineData("bob", "\"bob\"")]
    [InlineData(null, "")]
    public void Names_and_their_absence_are_asked_for_again_after_a_minute(string? told, string shown)
    {
        _ = User(5000);
        _names.Tell(_asked[0], told);
        int version = _names.Version;
        _clock.Advance(TimeSpan.FromSeconds(59));
        Assert.Equal(shown, User(5000));
        Assert.Single(_asked);

        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(shown, User(5000));
        Assert.Equal(2, _asked.Count);
        _names.Tell(_asked[0], told);
        Assert.Equal(version, _names.Version);
        _names.Tell(_asked[0], "carol");
        Assert.Equal("\"carol\"", User(5000));
    }

    [Fact]
    public void A_question_that_finds_no_room_is_counted_and_asked_again()
    {
        _hasRoom = false;
        Assert.Equal("", User(5000));
        Assert.Equal(1, _names.Unasked);
        _hasRoom = true;
        Assert.Equal("", User(5000));
        Assert.Equal(2, _asked.Count);
    }

    [Fact]
    public void A_file_that_changes_is_read_again()
    {
        Assert.Equal("\"alice\"", User(1000));
        int version = _names.Version;
        string path = _folder.Write("passwd", "alicia:x:1000:100:A:/home/alice:/bin/sh\n");
        File.SetLastWriteTimeUtc(path, DateTime.UnixEpoch);
        Assert.Equal("\"alice\"", User(1000));
        _clock.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal("\"alicia\"", User(1000));
        Assert.NotEqual(version, _names.Version);
        File.Delete(path);
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("\"alicia\"", User(1000));
    }

    [Fact]
    public void Answers_are_forgotten_when_there_are_too_many()
    {
        for (uint id = 5000; id < 5000 + AccountNames.MaxAnswers; id++) _names.Tell(new AccountId(false, id), "x");
        Assert.Equal("\"x\"", User(5000));
        _names.Tell(new AccountId(false, 1), "y");
        Assert.Equal(("\"y\"", ""), (User(1), User(5000)));
    }

    [Theory]
    [InlineData("a:x:1:1::/:/b\nb:x:1:1::/:/b\n", "1=\"a\"")]
    [InlineData("a:x:1", "1=\"a\"")]
    [InlineData("#a:x:1:\n+::::::\n-b:x:2:\n\n:x:3:\nc\nd:x\ne:x:\nf:x:x:\ng:x:99999999999:\nh:x:4x:\ni:x:5:\n", "5=\"i\"")]
    [InlineData("a b:x:1:", "1=612062")]
    public void Lines_that_are_no_account_are_passed_over(string text, string expected) =>
        Assert.Equal(
            expected,
            string.Join(' ', AccountFile.Parse(Encoding.UTF8.GetBytes(text))
                .Select(pair => $"{pair.Key}={Encoding.UTF8.GetString(pair.Value)}")));

    [Fact]
    public void Who_asks_does_not_wait_for_a_slow_answer()
    {
        using var release = new ManualResetEventSlim();
        using var answers = new BlockingCollection<(AccountId Account, string? Name)>();
        using var service = new NameService(
            account =>
            {
                release.Wait(TimeSpan.FromSeconds(30));
                return $"user{account.Id}";
            },
            (account, name) => answers.Add((account, name)));

        Assert.True(service.Ask(new AccountId(false, 1)));
        Assert.True(service.Ask(new AccountId(false, 2)));
        Assert.Empty(answers);
        int taken = 2;
        while (service.Ask(new AccountId(false, 3))) taken++;
        Assert.InRange(taken, NameService.MaxQuestions, NameService.MaxQuestions + 2);
        release.Set();

        Assert.True(answers.TryTake(out (AccountId Account, string? Name) first, TimeSpan.FromSeconds(30)));
        Assert.Equal((new AccountId(false, 1), "user1"), first);
        for (int i = 1; i < taken; i++) Assert.True(answers.TryTake(out _, TimeSpan.FromSeconds(30)));
        service.Dispose();
        Assert.False(service.Ask(new AccountId(false, 4)));
    }

    [Fact]
    public void The_system_knows_the_names_of_its_accounts()
    {
        if (!OperatingSystem.IsLinux()) Assert.Skip("getpwuid_r is of a Unix");
        Assert.Equal("root", NameService.Lookup(new AccountId(false, 0)));
        Assert.Equal("root", NameService.Lookup(new AccountId(true, 0)));
        Assert.Null(NameService.Lookup(new AccountId(false, 4_000_000_000)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void What_a_program_reports_has_the_names_of_its_users_also_when_it_has_ended(bool lives)
    {
        var host = new Host(names: _names);
        if (lives) host.System.Start(10, 1, "/usr/sbin/sshd", 5);
        AuditEvent made = host.Event(
            6, "USER_START pid=10 uid=0 auid=1000 ses=3 msg='op=PAM:session_open acct=\"bob\" exe=\"/usr/sbin/sshd\" res=success'");
        Assert.Equal(("alice", "1000"), (Host.Read(made, "user.audit.name"), Host.Read(made, "user.audit.id")));
        Assert.Equal(lives, made.Process.EntityId is not null);
    }

    [Fact]
    public void An_event_has_the_names_of_its_ids_and_of_those_who_own_its_files()
    {
        var host = new Host(names: _names);
        host.System.Start(10, 1, "/bin/cat", 5);
        AuditEvent made = host.Event(
            6, Host.Call(257, 10, 1, "/bin/cat"),
            "PATH item=0 name=\"/x\" inode=1 dev=fe:00 mode=0100644 ouid=1000 ogid=5001 rdev=00:00 nametype=NORMAL");

        Assert.Equal("alice", made.User.Name);
        Assert.Equal("alice", Host.Read(made, "user.audit.name"));
        Assert.Equal("root", Host.Read(made, "user.effective.name"));
        Assert.Equal("users", Host.Read(made, "user.group.name"));
        Assert.Equal("alice", Host.Read(made, "file.owner"));
        Assert.Null(Host.Read(made, "file.group"));
        _names.Tell(new AccountId(true, 5001), "web");
        Assert.Equal("web", Host.Read(host.Event(
            7, Host.Call(257, 10, 1, "/bin/cat"),
            "PATH item=0 name=\"/x\" inode=1 dev=fe:00 mode=0100644 ouid=0 ogid=5001 rdev=00:00 nametype=NORMAL"), "file.group"));
    }

    [Fact]
    public void An_event_before_the_answer_leaves_without_the_name_and_one_after_it_has_it()
    {
        var host = new Host(names: _names);
        host.System.Start(10, 1, "/bin/x", 5);
        string call = Host.Call(42, 10, 1, "/bin/x").Replace(" uid=1000", " uid=5000", StringComparison.Ordinal);
        Assert.Null(host.Event(6, call).User.Name);

        _names.Tell(new AccountId(false, 5000), "bob");

        Assert.Equal("bob", host.Event(7, call).User.Name);
    }

    [Fact]
    public void A_process_that_changes_its_user_has_the_name_of_the_new_one()
    {
        var host = new Host(names: _names);
        host.System.Start(10, 1, "/bin/su", 5);
        string call = Host.Call(42, 10, 1, "/bin/su");
        Assert.Equal("alice", host.Event(6, call).User.Name);
        Assert.Equal("root", host.Event(7, call.Replace(" uid=1000", " uid=0", StringComparison.Ordinal)).User.Name);
    }

    private bool Ask(AccountId account)
    {
        _asked.Add(account);
        return _hasRoom;
    }

    private string User(uint id) => Encoding.UTF8.GetString(_names.User(id));

    private string Group(uint id) => Encoding.UTF8.GetString(_names.Group(id));
}
