using Streams.Audit.Processes;

namespace Streams.Audit.Tests.Processes;

/// <summary>Who changed a file, for those whom the kernel does not tell it.</summary>
public sealed class FileCallsTests
{
    private const string Ids = "auid=1000 uid=0 gid=0 euid=33 suid=0 fsuid=33 egid=0 sgid=0 fsgid=0";
    private readonly Host _host = new();

    public FileCallsTests() => _host.System.Start(10, 1, "/usr/bin/vi", 5);

    [Theory]
    [InlineData("openat to write", 257, "a2=241", "NORMAL", true)]
    [InlineData("openat that creates", 257, "a2=c2", "CREATE", true)]
    [InlineData("openat to read", 257, "a2=80000", "NORMAL", false)]
    [InlineData("open to read and write", 2, "a1=2", "NORMAL", true)]
    [InlineData("openat2", 437, "a2=7ffc", "NORMAL", true)]
    [InlineData("fchmodat", 268, "a2=1ff", "NORMAL", true)]
    [InlineData("unlinkat", 263, "a2=0", "DELETE", true)]
    [InlineData("its folder", 263, "a2=0", "PARENT", false)]
    [InlineData("stat", 4, "a2=0", "NORMAL", false)]
    public void Who_changes_a_file_is_known_by_its_inode_and_name(string what, int number, string argument, string kind, bool isKnown)
    {
        Touch(6, number, argument, "/etc/passwd", 77, kind);
        ProcessFacts? found = _host.Table.FindChanger(77, "passwd", At(6.01));
        Assert.True(isKnown == found is not null, what);
        if (isKnown)
        {
            Assert.Equal(
                (10, "/usr/bin/vi", 33u, 1000u, 3u),
                (found!.Pid, found.Executable, found.User, found.AuditUser, found.Session));
        }
    }

    [Fact]
    public void Another_file_nobody_is_known_to_have_changed()
    {
        Touch(6, 257, "a2=241", "etc/passwd", 77, "NORMAL");
        Assert.Null(_host.Table.FindChanger(78, "passwd", At(6)));
        Assert.Null(_host.Table.FindChanger(77, "shadow", At(6)));
        Assert.NotNull(_host.Table.FindChanger(77, "passwd", At(6)));
    }

    [Fact]
    public void The_last_one_is_told_with_the_program_that_he_was_then()
    {
        _host.System.Start(11, 1, "/bin/sh", 5);
        Touch(6, 257, "a2=241", "a b", 77, "NORMAL");
        _host.Event(6.1, Host.Call(257, 11, 1, "/bin/sh").Replace("a2=10", "a2=241", StringComparison.Ordinal), Path("a b", 77, "NORMAL"));
        _host.Execve(6.2, 11, 1, "/bin/ls", "ls");
        Assert.Equal("/bin/sh", _host.Table.FindChanger(77, "a b", At(6.3))!.Executable);
    }

    [Fact]
    public void A_failed_call_changes_nothing()
    {
        _host.Event(
            6,
            Host.Call(257, 10, 1, "/usr/bin/vi")
                .Replace("a2=10", "a2=241", StringComparison.Ordinal)
                .Replace("success=yes", "success=no", StringComparison.Ordinal),
            Path("x", 77, "NORMAL"));
        Assert.Null(_host.Table.FindChanger(77, "x", At(6)));
    }

    [Fact]
    public void They_are_forgotten_after_ten_seconds_and_beyond_1024()
    {
        Touch(6, 257, "a2=241", "x", 77, "NORMAL");
        Assert.NotNull(_host.Table.FindChanger(77, "x", At(16)));
        Assert.Null(_host.Table.FindChanger(77, "x", At(16.1)));

        Touch(20, 257, "a2=241", "x", 77, "NORMAL");
        for (ulong i = 0; i < 1023; i++) Touch(20, 257, "a2=241", "y", 1000 + i, "NORMAL");
        Assert.NotNull(_host.Table.FindChanger(77, "x", At(20)));
        Touch(20, 257, "a2=241", "y", 999, "NORMAL");
        Assert.Null(_host.Table.FindChanger(77, "x", At(20)));
    }

    private void Touch(double second, int number, string argument, string name, ulong inode, string kind) => _host.Event(
        second,
        Host.Call(number, 10, 1, "/usr/bin/vi", Ids)
            .Replace(argument[..3] + (argument[1] == '1' ? "7f" : "10"), argument, StringComparison.Ordinal),
        Path(name, inode, kind));

    private static string Path(string name, ulong inode, string kind) =>
        $"PATH item=0 name={Host.Value(name)} inode={inode} dev=fe:01 mode=0100644 ouid=0 ogid=0 rdev=00:00 nametype={kind} cap_fp=0";

    private static DateTimeOffset At(double second) => DateTimeOffset.FromUnixTimeMilliseconds((long)((Logs.Start + second) * 1000));
}
