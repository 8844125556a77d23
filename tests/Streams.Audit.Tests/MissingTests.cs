namespace Streams.Audit.Tests;

public sealed class MissingTests
{
    private const string Title = "1:1 PROCTITLE proctitle=6C73";

    [Theory]
    [InlineData("2 of 2 PATH", "SYSCALL arch=c000003e syscall=257 success=yes exit=3 a0=0 items=2")]
    [InlineData("1 of 2 PATH", "SYSCALL arch=c000003e syscall=257 success=yes exit=3 a0=0 items=2", "PATH item=0")]
    [InlineData(null, "SYSCALL arch=c000003e syscall=257 success=yes exit=3 a0=0 items=2", "PATH item=0", "PATH item=1")]
    [InlineData(null, "SYSCALL arch=c000003e syscall=240 success=yes exit=3 a0=0 items=1", "MQ_OPEN oflag=0x0")]
    [InlineData("SYSCALL", "PATH item=0")]
    [InlineData("SYSCALL", "CWD cwd=\"/\"")]
    [InlineData("SYSCALL", "SOCKADDR saddr=0200")]
    [InlineData("SYSCALL", "EXECVE argc=1 a0=\"ls\"")]
    [InlineData("SYSCALL", "PROCTITLE proctitle=6C73")]
    [InlineData("SYSCALL", "AVC x", "PATH item=0")]
    [InlineData("SOCKADDR", "SYSCALL arch=c000003e syscall=42 success=yes exit=0 a0=3 items=0")]
    [InlineData("SOCKADDR", "SYSCALL arch=c000003e syscall=42 success=no exit=-115 a0=3 items=0")]
    [InlineData("SOCKADDR", "SYSCALL arch=c000003e syscall=49 success=yes exit=0 a0=3 items=0")]
    [InlineData("SOCKADDR", "SYSCALL arch=c00000b7 syscall=203 success=yes exit=0 a0=3 items=0")]
    [InlineData("SOCKADDR", "SYSCALL arch=40000003 syscall=102 success=yes exit=0 a0=3 items=0")]
    [InlineData(null, "SYSCALL arch=40000003 syscall=102 success=yes exit=0 a0=1 items=0")]
    [InlineData(null, "SYSCALL arch=c000003e syscall=42 success=no exit=-9 a0=3 items=0")]
    [InlineData(null, "SYSCALL arch=c00000b7 syscall=203 success=no exit=18446744073709551607 a0=3 items=0")]
    [InlineData(null, "SYSCALL arch=c000003e syscall=42 success=yes exit=0 a0=3 items=0", "SOCKADDR saddr=0200")]
    [InlineData(null, "SYSCALL arch=c000003e syscall=43 success=yes exit=4 a0=3 items=0")]
    [InlineData("EXECVE", "SYSCALL arch=c000003e syscall=59 success=yes exit=0 a0=3 items=0")]
    [InlineData("EXECVE", "SYSCALL arch=c00000b7 syscall=281 success=yes exit=0 a0=3 items=0")]
    [InlineData(null, "SYSCALL arch=c000003e syscall=59 success=no exit=-2 a0=3 items=0")]
    [InlineData(null, "SYSCALL arch=c000003e syscall=9999 success=yes exit=0 a0=3 items=0")]
    [InlineData(null, "SYSCALL garbage")]
    [InlineData(null, "SYSCALL ")]
    [InlineData(null, "SYSCALL arch=c000003e per=400000 syscall=39 success=yes exit=0 items=0")]
    [InlineData("1 of 1 PATH, SOCKADDR", "SYSCALL arch=c000003e syscall=42 success=yes exit=0 a0=3 items=1", "CWD cwd=\"/\"")]
    public void An_event_says_what_it_lacks(string? missing, params string[] records)
    {
        string types = string.Join(' ', records.Select(record => record.Split(' ')[0]));
        Assert.Equal([$"1:1 {types}{(missing is null ? "" : $" [{missing}]")}"], Logs.Join([.. records.Select(record => "1:1 " + record)]));
    }

    [Theory]
    [InlineData(null, "argc=3 a0=\"a\" a1=\"b\" a2=\"c\"")]
    [InlineData(null, "argc=3 a0=\"a\" a1=\"\" a2=\"c\"")]
    [InlineData(null, "argc=3 a0=\"a\" a2=\"c\"")]
    [InlineData(null, "argc=3 a2=\"c\"")]
    [InlineData("1 of 3 EXECVE arguments", "argc=3 a0=\"a\" a1=\"b\"")]
    [InlineData("3 of 5 EXECVE arguments", "argc=5 a0=\"a\" a1=\"b\"")]
    [InlineData("4294967295 of 4294967295 EXECVE arguments", "argc=4294967295")]
    [InlineData(null, "argc=2 a0=\"a\"", "a1=\"b\"")]
    [InlineData("1 of 3 EXECVE arguments", "argc=3 a0=\"a\"", "a2=\"b\"")]
    [InlineData(null, "argc=2 a0=\"a\" a1_len=4 a1[0]=4142", "a1[1]=4344")]
    [InlineData(null, "argc=3 a0=\"a\" a1_len=4 a1[0]=4142", " a1[1]=4344 a2=\"c\"")]
    [InlineData(null, "argc=2 a0=\"a\" a1_len=4 a1[0]=\"ab\"", "a1[1]=\"cd\"")]
    [InlineData("1 of 2 EXECVE arguments", "argc=2 a0=\"a\" a1_len=4 a1[0]=4142")]
    [InlineData("1 of 2 EXECVE arguments", "argc=2 a0=\"a\" a1_len=8 a1[0]=4142 a1[1]=4344")]
    [InlineData("1 of 2 EXECVE arguments", "argc=2 a0=\"a\" a1_len=12 a1[0]=4142", "a1[2]=4142")]
    [InlineData("first EXECVE", "a1[1]=4142")]
    [InlineData(null, "argc=2 a0=\"/bin/sh\" a1=\"/opt/x.sh\"", "argc=1 a0=\"/bin/sh\"")]
    [InlineData("1 of 2 EXECVE arguments", "argc=2 a0=\"/bin/sh\"", "argc=1 a0=\"/bin/sh\"")]
    [Trait("Found", "D4")]
    public void An_execution_says_which_arguments_it_lacks(string? missing, params string[] records)
    {
        const string Call = "1:1 SYSCALL arch=c000003e syscall=59 success=yes exit=0 a0=3 items=0";
        List<string> events = Logs.Join([Call, .. records.Select(record => "1:1 EXECVE " + record)]);
        Assert.EndsWith(missing is null ? "EXECVE" : $" [{missing}]", Assert.Single(events), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, 8000, 7500, 500)]
    [InlineData(null, 4000, 7500, 500)]
    [InlineData("1 of 1 EXECVE arguments", 7000, 7500, 0)]
    [InlineData("1 of 1 EXECVE arguments", 7500, 7500, 0)]
    [InlineData("1 of 1 EXECVE arguments", 8000, 7500, 0)]
    [InlineData(null, 3750, 7500, 0)]
    [Trait("Found", "D5")]
    public void A_length_counts_bytes_or_in_old_kernels_digits(string? missing, int length, int first, int second)
    {
        const string Call = "1:1 SYSCALL arch=c000003e syscall=59 success=yes exit=0 a0=3 items=0";
        string pieces = $"a0[0]={new string('A', first)}" + (second == 0 ? "" : $" a0[1]={new string('A', second)}");
        List<string> events = Logs.Join(Call, $"1:1 EXECVE argc=1 a0_len={length} {pieces}");
        Assert.EndsWith(missing is null ? "EXECVE" : $" [{missing}]", Assert.Single(events), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, "AVC avc:  denied  { name_connect } for  pid=5", "syscall=42 success=no exit=-13 items=0 key=(null)")]
    [InlineData(null, "AVC avc:  denied  { bind } for  pid=5", "syscall=49 success=yes exit=0 items=0 key=(null)")]
    [InlineData(null, "SELINUX_ERR op=x", "syscall=59 success=yes exit=0 items=0 key=(null)")]
    [InlineData(null, "ANOM_PROMISCUOUS dev=x", "syscall=59 success=yes exit=0 items=0 key=(null)")]
    [InlineData("SOCKADDR", "AVC avc:  denied  { name_connect } for  pid=5", "syscall=42 success=yes exit=0 items=0 key=\"net\"")]
    [InlineData("1 of 1 PATH", "AVC avc:  denied  { open } for  pid=5", "syscall=257 success=yes exit=0 items=1 key=(null)")]
    [InlineData("SOCKADDR", "FD_PAIR fd0=1 fd1=2", "syscall=42 success=yes exit=0 items=0 key=(null)")]
    [Trait("Found", "D7")]
    public void A_call_that_is_recorded_for_another_record_is_whole(string? missing, string cause, string call)
    {
        List<string> events = Logs.Join("1:1 " + cause, $"1:1 SYSCALL arch=c000003e a0=3 {call}".Replace(
            "arch=c000003e a0=3 syscall", "arch=c000003e syscall", StringComparison.Ordinal), Title);
        string types = $"{cause.Split(' ')[0]} SYSCALL PROCTITLE";
        Assert.Equal([$"1:1 {types}{(missing is null ? "" : $" [{missing}]")}"], events);
    }

    [Fact]
    public void A_title_is_lacking_only_where_the_node_sends_titles()
    {
        const string Call = "SYSCALL arch=c000003e syscall=39 success=yes exit=3 a0=0 items=0";
        Assert.Equal(
            ["a 1:1 SYSCALL PROCTITLE", "a 1:2 SYSCALL [PROCTITLE]", "b 1:2 SYSCALL"],
            Logs.Join("node=a 1:1 " + Call, "node=a " + Title, "node=a 1:2 " + Call, "node=b 1:2 " + Call));
    }

    [Fact]
    public void An_end_is_lacking_only_where_the_node_sends_ends()
    {
        const string Call = "SYSCALL arch=c000003e syscall=39 success=yes exit=3 a0=0 items=0";
        Assert.Equal(
            ["a 1:1 SYSCALL", "a 1:2 SYSCALL [EOE]", "b 1:2 SYSCALL"],
            Logs.Join("node=a 1:1 " + Call, "node=a 1:1 EOE ", "node=a 1:2 " + Call, "node=b 1:2 " + Call));
    }

    [Fact]
    public void A_call_that_lacks_a_record_at_its_title_waits_for_it()
    {
        const string Call = "1:1 SYSCALL arch=c000003e syscall=257 success=yes exit=3 a0=0 items=1";
        Assert.Equal(["1:1 SYSCALL PROCTITLE PATH"], Logs.Join(Call, Title, "1:1 PATH item=0"));
    }
}
