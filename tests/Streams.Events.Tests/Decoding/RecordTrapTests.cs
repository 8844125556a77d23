using System.Text;
using Streams.Events.Tables;
using Streams.Testing;
using Xunit;

namespace Streams.Events.Tests.Decoding;

/// <summary>What has been seen in real records, or what an attacker would write, and what other readers get wrong.</summary>
public class RecordTrapTests
{
    private const string Enriched = "\u001D";

    private const string Execve =
        "type=SYSCALL arch=c000003e syscall=59 success=yes exit=0 a0=1 a1=2 a2=3 a3=8 items=2 ppid=1 pid=2 auid=1000 uid=0 gid=0 "
        + "euid=0 suid=0 fsuid=0 egid=0 sgid=0 fsgid=0 tty=pts0 ses=3 comm=\"a\" exe=\"/bin/a\" subj=unconfined key=\"k\"";

    /// <summary>Records, a field, and what it is; null for missing.</summary>
    public static TheoryData<string, string, string, string?> Fields => new()
    {
        { "a long argument in pieces",
            Execve + "\ntype=EXECVE argc=3 a0=\"ls\" a1_len=6 a1[0]=\"abc\" a1[1]=\"def\" a2=\"x\"", "process.args", "ls, abcdef, x" },
        { "a long argument in hexadecimal pieces",
            Execve + "\ntype=EXECVE argc=2 a0=\"ls\" a1_len=12 a1[0]=612062 a1[1]=206364", "process.args", "ls, a b cd" },
        { "a piece whose length looks like hexadecimal",
            Execve + "\ntype=EXECVE argc=1 a0_len=1600 a0[0]=\"abc\"", "process.args", "abc" },
        { "pieces in two records",
            Execve + "\ntype=EXECVE argc=2 a0=\"ls\" a1_len=6 a1[0]=\"abc\"\ntype=EXECVE a1[1]=\"def\"", "process.args", "ls, abcdef" },
        { "a lost piece",
            Execve + "\ntype=EXECVE argc=3 a0=\"ls\" a1_len=9 a1[0]=\"abc\" a1[2]=\"ghi\" a2=\"x\"", "process.args", "ls, abcghi, x" },
        { "arguments in two records",
            Execve + "\ntype=EXECVE argc=3 a0=\"ls\" a1=\"b\"\ntype=EXECVE a2=\"c\"", "process.args", "ls, b, c" },
        { "an empty argument",
            Execve + "\ntype=EXECVE argc=3 a0=\"curl\" a1=\"\" a2=\"http://203.0.113.1/x\"",
            "process.args", "curl, , http://203.0.113.1/x" },
        { "an argument that is a question mark",
            Execve + "\ntype=EXECVE argc=2 a0=\"ls\" a1=\"?\"", "process.args", "ls, ?" },
        { "fewer arguments than argc",
            Execve + "\ntype=EXECVE argc=3 a0=\"ls\" a2=\"c\"", "process.args", "ls, , c" },
        { "argc",
            Execve + "\ntype=EXECVE argc=3 a0=\"ls\"", "auditd.data.argc", "3" },
        { "the call's own a0 stays",
            Execve + "\ntype=EXECVE argc=1 a0=\"ls\"", "auditd.data.a0", "1" },
        { "an argument that is not UTF-8",
            Execve + "\ntype=EXECVE argc=1 a0=61FF62", "process.args", "a\uFFFDb" },
        { "a quoted number is text",
            Execve.Replace("comm=\"a\"", "comm=\"3005\"", StringComparison.Ordinal), "process.name", "3005" },
        { "a bare number is hexadecimal",
            Execve.Replace("comm=\"a\"", "comm=3005", StringComparison.Ordinal), "process.name", "0\u0005" },
        { "lower case is never hexadecimal",
            Execve.Replace("comm=\"a\"", "comm=6162ab", StringComparison.Ordinal), "process.name", "6162ab" },
        { "a name with a space",
            Execve.Replace("comm=\"a\"", "comm=612062", StringComparison.Ordinal), "process.name", "a b" },
        { "a name whose digits are text",
            Execve.Replace("comm=\"a\"", "comm=444E53", StringComparison.Ordinal), "process.name", "DNS" },
        { "a program whose file is gone",
            Execve.Replace("exe=\"/bin/a\"", "exe=2F746D702F61202864656C6574656429", StringComparison.Ordinal),
            "process.executable", "/tmp/a (deleted)" },
        { "a name that looks like a field",
            Execve.Replace("comm=\"a\"", "comm=\"exe=/sbin/x\"", StringComparison.Ordinal), "process.executable", "/bin/a" },
        { "a name that ends like a record",
            Execve.Replace("comm=\"a\"", "comm=\"res=success'\"", StringComparison.Ordinal), "auditd.data.success", null },
        { "a key of spaces is hexadecimal",
            Execve.Replace("key=\"k\"", "key=\"6B\"", StringComparison.Ordinal), "tags", "6B" },
        { "several keys",
            Execve.Replace("key=\"k\"", "key=6F6E650174776F", StringComparison.Ordinal), "tags", "one, two" },
        { "an old kernel's key",
            Execve.Replace("key=\"k\"", "key=\"key=k\"", StringComparison.Ordinal), "tags", "k" },
        { "no key",
            Execve.Replace("key=\"k\"", "key=(null)", StringComparison.Ordinal), "tags", null },
        { "no key before what a daemon added",
            Execve.Replace(
                "key=\"k\"",
                "key=(null)" + Enriched + "ARCH=x86_64 SYSCALL=execve AUID=\"alice\" UID=\"root\"",
                StringComparison.Ordinal),
            "tags", null },
        { "a name that a daemon added",
            Execve + Enriched + "ARCH=x86_64 SYSCALL=execve AUID=\"alice\" UID=\"root\"", "user.audit.name", "alice" },
        { "the actor by name",
            Execve + Enriched + "AUID=\"alice\"", "auditd.summary.actor.primary", "alice" },
        { "a forwarder made the separator a space",
            Execve + " ARCH=x86_64 SYSCALL=execve AUID=\"alice\"", "user.audit.name", "alice" },
        { "what a daemon added is no data",
            Execve + " ARCH=x86_64", "auditd.data.ARCH", null },
        { "a name that a daemon did not find",
            Execve + Enriched + "AUID=\"unknown(1000)\"", "user.audit.name", null },
        { "a daemon's name with an equals sign",
            Execve + Enriched + "AUID=\"a=b UID=x\" UID=\"root\"", "user.audit.name", "a=b UID=x" },
        { "the name after it",
            Execve.Replace(" uid=0", " uid=7", StringComparison.Ordinal) + Enriched + "AUID=\"a=b UID=x\" UID=\"bob\"",
            "user.name", "bob" },
        { "root needs no names",
            Execve, "user.name", "root" },
        { "others are not looked up",
            Execve, "user.audit.name", null },
        { "a path's owner by name",
            Execve + "\ntype=PATH item=0 name=\"/bin/a\" mode=0100755 ouid=5 ogid=0 nametype=NORMAL cap_frootid=0"
            + Enriched + "OUID=\"games\" OGID=\"root\"",
            "file.owner", "games" },
        { "the last field before what a daemon added",
            Execve + "\ntype=PATH item=0 name=\"/bin/a\" nametype=NORMAL cap_frootid=0" + Enriched + "OUID=\"games\"",
            "auditd.paths.cap_frootid", "0" },
        { "a directory",
            Execve.Replace("syscall=59", "syscall=83", StringComparison.Ordinal)
            + "\ntype=PATH item=0 name=\"/tmp/\" mode=041777 nametype=PARENT"
            + "\ntype=PATH item=1 name=\"/tmp/d\" mode=040755 nametype=CREATE",
            "auditd.summary.object.type", "directory" },
        { "its path",
            Execve.Replace("syscall=59", "syscall=83", StringComparison.Ordinal)
            + "\ntype=PATH item=0 name=\"/tmp/\" mode=041777 nametype=PARENT"
            + "\ntype=PATH item=1 name=\"/tmp/d\" mode=040755 nametype=CREATE",
            "file.path", "/tmp/d" },
        { "a path without a name",
            Execve + "\ntype=PATH item=0 name=(null) inode=5 mode=0100755 nametype=NORMAL", "file.path", null },
        { "a title with NULs",
            Execve + "\ntype=PROCTITLE proctitle=6C73002D6C000000", "process.title", "ls -l" },
        { "a title of one word",
            Execve + "\ntype=PROCTITLE proctitle=\"bash\"", "process.title", "bash" },
        { "a title is no argument list",
            Execve + "\ntype=PROCTITLE proctitle=6C73002D6C", "process.args", null },
        { "an unset login id",
            Execve.Replace("auid=1000", "auid=4294967295", StringComparison.Ordinal), "user.audit.id", null },
        { "the same of a 32-bit kernel",
            Execve.Replace("auid=1000", "auid=-1", StringComparison.Ordinal), "auditd.summary.actor.primary", "unset" },
        { "an unset session",
            Execve.Replace("ses=3", "ses=4294967295", StringComparison.Ordinal), "auditd.session", null },
        { "effective user left out where it is the user",
            Execve, "user.effective.id", null },
        { "effective user of setuid",
            Execve.Replace(" uid=0", " uid=1000", StringComparison.Ordinal), "user.effective.id", "0" },

        { "a program's message",
            "type=USER_AUTH pid=5 uid=0 auid=4294967295 ses=4294967295 "
            + "msg='op=PAM:authentication acct=\"bob\" exe=\"/usr/bin/su\" hostname=? addr=? terminal=pts/0 res=failed'",
            "auditd.data.op", "PAM:authentication" },
        { "its result",
            "type=USER_AUTH pid=5 uid=0 "
            + "msg='op=PAM:authentication acct=\"bob\" exe=\"/usr/bin/su\" hostname=? addr=? terminal=pts/0 res=failed'",
            "auditd.result", "fail" },
        { "a question mark is nothing",
            "type=USER_AUTH pid=5 uid=0 msg='op=PAM:authentication acct=\"bob\" hostname=? addr=? terminal=pts/0 res=failed'",
            "auditd.data.addr", null },
        { "an account in hexadecimal",
            "type=USER_AUTH pid=5 uid=0 msg='op=PAM:authentication acct=28696E76616C6964207573657229 res=failed'",
            "auditd.data.acct", "(invalid user)" },
        { "an apostrophe in a message",
            "type=USER_CMD pid=5 uid=0 msg='cwd=\"/root\" cmd=\"it's\" terminal=pts/0 res=success'", "auditd.data.cmd", "it's" },
        { "what follows the apostrophe",
            "type=USER_CMD pid=5 uid=0 msg='cwd=\"/root\" cmd=\"it's\" terminal=pts/0 res=success'", "auditd.result", "success" },
        { "a value of several words",
            "type=ADD_USER pid=5 uid=0 msg='op=adding user to shadow group acct=\"bob\" exe=\"/usr/sbin/useradd\" res=success'",
            "auditd.data.op", "adding user to shadow group" },
        { "what follows it",
            "type=ADD_USER pid=5 uid=0 msg='op=adding user to shadow group acct=\"bob\" exe=\"/usr/sbin/useradd\" res=success'",
            "auditd.data.acct", "bob" },
        { "a value that ends in a path",
            "type=ADD_GROUP pid=5 uid=0 msg='op=adding group to /etc/group id=504 res=success'",
            "auditd.data.op", "adding group to /etc/group" },
        { "a message cannot name the sender",
            "type=USER_AUTH pid=5 uid=1000 auid=1000 ses=1 msg='op=x uid=0 auid=0 pid=1 res=success'", "user.audit.id", "1000" },
        { "nor be enriched",
            "type=USER_AUTH pid=5 uid=1000 auid=1000 ses=1 msg='op=x UID=\"root\" AUID=\"root\" res=success'", "user.audit.name", null },
        { "a kernel before 2.6",
            "type=USER_AUTH user pid=2098 uid=0 auid=4294967295 msg='PAM: authentication acct=root : exe=\"/usr/sbin/sshd\" "
            + "(hostname=203.0.113.5, addr=203.0.113.5, terminal=ssh res=failed)'",
            "auditd.data.addr", "203.0.113.5" },
        { "its result",
            "type=USER_AUTH user pid=2098 uid=0 auid=4294967295 msg='PAM: authentication acct=root : exe=\"/usr/sbin/sshd\" "
            + "(hostname=203.0.113.5, addr=203.0.113.5, terminal=ssh res=failed)'",
            "auditd.result", "fail" },
        { "its pid",
            "type=USER_AUTH user pid=2098 uid=0 auid=4294967295 msg='PAM: authentication acct=root : exe=\"/usr/sbin/sshd\" "
            + "(hostname=?, addr=?, terminal=ssh res=failed)'",
            "process.pid", "2098" },
        { "a login's address is its source",
            "type=USER_AUTH pid=5 uid=0 msg='op=PAM:authentication acct=\"bob\" addr=203.0.113.9 res=failed'", "source.ip", "203.0.113.9" },
        { "and stays where it was",
            "type=USER_LOGIN pid=5 uid=0 msg='op=login acct=\"bob\" addr=203.0.113.9 res=failed'", "auditd.data.addr", "203.0.113.9" },
        { "a name is no address",
            "type=USER_LOGIN pid=5 uid=0 msg='op=login acct=\"bob\" addr=evil.example res=failed'", "source.ip", null },
        { "a daemon's start",
            "type=DAEMON_START auditd start, ver=2.3.2 format=raw kernel=3.10.0 auid=4294967295 pid=657 "
            + "subj=system_u:system_r:auditd_t:s0 res=success",
            "auditd.data.ver", "2.3.2" },
        { "a comma after a value",
            "type=DAEMON_CONFIG config change requested by pid=1, auid=0 pid=2 res=success", "process.pid", "1" },
        { "a login of an old kernel",
            "type=LOGIN login pid=26125 uid=0 old auid=4294967295 new auid=1000 old ses=4294967295 new ses=2", "auditd.data.new_ses", "2" },
        { "a login",
            "type=LOGIN pid=1298 uid=0 old-auid=4294967295 auid=1000 tty=(none) old-ses=4294967295 ses=1 res=1", "auditd.session", "1" },
        { "nothing is no text",
            "type=LOGIN pid=1298 uid=0 tty=(none) res=1", "auditd.data.tty", "(none)" },

        { "SELinux's decision",
            "type=AVC avc:  denied  { read write } for  pid=5 comm=\"a\" name=\"x\" dev=\"sda1\" ino=7 "
            + "scontext=u:r:t:s0 tcontext=u:r:t2:s0 tclass=file permissive=0",
            "auditd.data.seperms", "read,write" },
        { "its verdict",
            "type=AVC avc:  denied  { read } for  pid=5 comm=\"a\"", "auditd.data.seresult", "denied" },
        { "without permissions",
            "type=AVC avc:  denied  {  } for  pid=5 comm=\"a\"", "process.pid", "5" },
        { "a path in hexadecimal",
            "type=AVC avc:  denied  { read } for  pid=5 path=2F746D702F6120622064", "auditd.data.path", "/tmp/a b d" },
        { "a context",
            "type=SERVICE_START pid=1 uid=0 subj=system_u:system_r:init_t:s0:c1,c2 msg='unit=sshd res=success'",
            "user.selinux.category", "c1,c2" },
        { "a label of AppArmor",
            "type=SERVICE_START pid=1 uid=0 subj=unconfined msg='unit=sshd res=success'", "user.selinux.user", "unconfined" },
        { "words and garbage",
            "type=USER_AUTH === =x \" ' pid=5 = uid= msg='res=success", "auditd.result", "success" },
        { "a field with an odd key",
            "type=USER_AUTH pid=5 msg='-x-=1 res=success'", "auditd.data.-x-", "1" },
    };

    /// <summary>SYSCALL fields that change, saddr, a field, and what it is.</summary>
    public static TheoryData<string, string, string, string, string?> Sockets => new()
    {
        { "connect", "c000003e 42",
            "0200005D5DB8D8220000000000000000", "destination.ip", "93.184.216.34" },
        { "garbage behind the address", "c000003e 42",
            "0200005D5DB8D8220000000000000000DEADBEEF01", "destination.ip", "93.184.216.34" },
        { "its port", "c000003e 42",
            "020001BB5DB8D8220000000000000000", "destination.port", "443" },
        { "its port as a string", "c000003e 42",
            "020001BB5DB8D8220000000000000000", "auditd.data.socket.port", "443" },
        { "its direction", "c000003e 42",
            "020001BB5DB8D8220000000000000000", "network.direction", "egress" },
        { "accept", "c000003e 288",
            "0200E31C4853E6640000000000000000", "source.ip", "72.83.230.100" },
        { "bind is neither", "c000003e 49",
            "0200005000000000", "destination.ip", null },
        { "bind has an address", "c000003e 49",
            "0200005000000000", "auditd.data.socket.addr", "0.0.0.0" },
        { "bind's object", "c000003e 49",
            "0200005000000000", "auditd.summary.object.primary", "0.0.0.0" },
        { "IPv6", "c000003e 42",
            "0A000050000000002001067C02E800220000000000C100160000000000000000", "destination.ip", "2001:67c:2e8:22::c1:16" },
        { "loopback of IPv6", "c000003e 42",
            "0A0000500000000000000000000000000000000000000001" + "00000000", "destination.ip", "::1" },
        { "any address of IPv6", "c000003e 49",
            "0A00005000000000" + "00000000000000000000000000000000" + "00000000", "auditd.data.socket.addr", "::" },
        { "IPv4 inside IPv6", "c000003e 42",
            "0A0000500000000000000000000000000000FFFF5DB8D82200000000", "destination.ip", "93.184.216.34" },
        { "a flow of 32 bits", "c000003e 42",
            "0A000050FFFFFFFF2001067C02E800220000000000C1001600000000", "auditd.data.socket.flow", "4294967295" },
        { "a scope", "c000003e 42",
            "0A00005000000000FE80000000000000000000000000000102000000", "auditd.data.socket.scope", "2" },
        { "a path, and garbage after it", "c000003e 42",
            "01002F72756E2F610011223344", "destination.path", "/run/a" },
        { "an abstract name", "c000003e 42",
            "0100002F746D702F2E5831312D756E69782F583000000000", "destination.path", "@/tmp/.X11-unix/X0" },
        { "an abstract name with NULs", "c000003e 42",
            "010000610062", "destination.path", "@a@b" },
        { "a path whose end is missing", "c000003e 42",
            "01002F72756E2F61", "destination.path", "/run/a" },
        { "no name", "c000003e 42",
            "0100", "destination.path", null },
        { "netlink", "c000003e 42",
            "100000000500000003000000", "auditd.data.socket.family", "netlink" },
        { "its process", "c000003e 42",
            "100000000500000003000000", "auditd.data.socket.pid", "5" },
        { "its groups", "c000003e 42",
            "100000000500000003000000", "auditd.data.socket.groups", "3" },
        { "vsock", "c000003e 42",
            "28000000390500000200000000000000", "auditd.data.socket.cid", "2" },
        { "its port", "c000003e 42",
            "28000000390500000200000000000000", "destination.port", "1337" },
        { "packet", "c000003e 49",
            "110008000200000001000006AABBCCDDEEFF0000", "auditd.data.socket.addr", "aa:bb:cc:dd:ee:ff" },
        { "its interface", "c000003e 49",
            "110008000200000001000006AABBCCDDEEFF0000", "auditd.data.socket.interface", "2" },
        { "no family", "c000003e 42",
            "00000000000000000000000000000000", "auditd.data.socket.family", "0" },
        { "a family without a name", "c000003e 42",
            "FF00112233", "auditd.data.socket.saddr", "FF00112233" },
        { "cut off", "c000003e 42",
            "0200", "auditd.data.socket.family", "ipv4" },
        { "no hexadecimal", "c000003e 42",
            "xyz", "destination.ip", null },
        { "big endian", "80000016 362",
            "000201BB5DB8D8220000000000000000", "destination.port", "443" },
        { "a daemon's reading of it", "c000003e 42",
            "020001BB5DB8D8220000000000000000" + Enriched + "SADDR={ saddr_fam=inet laddr=93.184.216.34 lport=443 }",
            "auditd.data.laddr", null },
        { "the same, unix", "c000003e 42",
            "01002F72756E2F6100" + Enriched + "SADDR={ saddr_fam=local path=/run/a }", "destination.path", "/run/a" },
    };

    [Theory]
    [MemberData(nameof(Fields))]
    public void Records_read_as_they_are_meant(string what, string records, string field, string? expected)
    {
        AuditEvent made = Audit.Of(records.Split('\n'));
        Assert.True(
            expected == Documents.Read(made, field),
            $"{what}: {field} is {Documents.Read(made, field)}, not {expected}\n{Documents.Text(made)}");
        Assert.Equal(expected, Documents.Leaves(Documents.Json(made)).GetValueOrDefault(field));
    }

    [Theory]
    [MemberData(nameof(Sockets))]
    public void Socket_addresses_read_as_they_are_meant(string what, string call, string saddr, string field, string? expected)
    {
        string[] parts = call.Split(' ');
        AuditEvent made = Audit.Of(
            $"type=SYSCALL arch={parts[0]} syscall={parts[1]} success=yes exit=0 a0=3 a1=7 a2=10 a3=0 items=0 ppid=1 pid=2 "
            + "comm=\"a\" exe=\"/bin/a\"",
            "type=SOCKADDR saddr=" + saddr);
        Assert.True(
            expected == Documents.Read(made, field),
            $"{what}: {field} is {Documents.Read(made, field)}, not {expected}\n{Documents.Text(made)}");
        Assert.Equal(expected, Documents.Leaves(Documents.Json(made)).GetValueOrDefault(field));
    }

    [Theory]
    [InlineData("c000003e 2 a1=241", "open_flags", "O_WRONLY|O_CREAT|O_TRUNC")]
    [InlineData("c000003e 257 a2=0", "open_flags", "O_RDONLY")]
    [InlineData("c000003e 101 a0=10", "ptrace_request", "PTRACE_ATTACH")]
    [InlineData("c000003e 41 a0=2 a1=80001 a2=6", "socket_type", "SOCK_STREAM|SOCK_CLOEXEC")]
    [InlineData("c000003e 62 a0=1 a1=9", "signal", "SIGKILL")]
    [InlineData("c000003e 90 a1=1ed", "mode", "0755")]
    [InlineData("c000003e 90 a1=9ed", "mode", "04755")]
    [InlineData("40000003 102 a0=3 a1=ff", "socketcall", "connect")]
    [InlineData("40000003 102 a0=3 a1=ff", "open_flags", null)]
    public void Arguments_have_names_beside_their_numbers(string call, string name, string? expected)
    {
        string[] parts = call.Split(' ', 3);
        AuditEvent made = Audit.Of(
            $"type=SYSCALL arch={parts[0]} syscall={parts[1]} success=yes exit=0 {parts[2]} items=0 pid=2 comm=\"a\" exe=\"/bin/a\"");
        Assert.Equal(expected, Documents.Read(made, "auditd.decoded." + name));
        Assert.Equal(expected, Documents.Leaves(Documents.Json(made)).GetValueOrDefault("auditd.decoded." + name));
        Assert.Equal(parts[2].Split(' ')[0][3..], Documents.Read(made, "auditd.data." + parts[2][..2]));
    }

    [Theory]
    [InlineData("c000003e", "59", "x86_64", "execve")]
    [InlineData("40000003", "11", "i386", "execve")]
    [InlineData("c00000b7", "221", "aarch64", "execve")]
    [InlineData("40000028", "11", "arm", "execve")]
    [InlineData("c00000f3", "221", "riscv64", "execve")]
    [InlineData("80000016", "11", "s390x", "execve")]
    [InlineData("80000015", "11", "ppc64", "execve")]
    [InlineData("c000003e", "1073742344", "x86_64", "execve")]
    [InlineData("c000003e", "99999", "x86_64", "99999")]
    [InlineData("12345678", "59", "12345678", "59")]
    public void Calls_have_names_on_every_architecture(string arch, string number, string archName, string callName)
    {
        AuditEvent made = Audit.Of($"type=SYSCALL arch={arch} syscall={number} success=yes exit=0 a0=1 a1=2 a2=3 a3=4 items=0 pid=2");
        Assert.Equal(archName, Documents.Read(made, "auditd.data.arch"));
        Assert.Equal(callName, Documents.Read(made, "auditd.data.syscall"));
        Assert.Equal(callName == "execve" ? SyscallId.Execve : SyscallId.None, made.SyscallId);
    }

    [Theory]
    [Trait("Found", "D13")]
    [InlineData("no", "-115", "EINPROGRESS", true)]
    [InlineData("no", "-111", "ECONNREFUSED", false)]
    [InlineData("no", "18446744073709551501", "EINPROGRESS", true)]
    [InlineData("no", "4294967181", "EINPROGRESS", true)]
    [InlineData("yes", "0", "0", true)]
    [InlineData("no", "-9999", "-9999", false)]
    public void A_connect_in_progress_counts_as_success(string success, string exit, string shown, bool succeeded)
    {
        AuditEvent made = Audit.Of(
            $"type=SYSCALL arch=c000003e syscall=42 success={success} exit={exit} a0=3 a1=7 a2=10 a3=0 items=0 pid=2 "
            + "comm=\"a\" exe=\"/bin/a\"",
            "type=SOCKADDR saddr=020001BB5DB8D8220000000000000000");
        Assert.Equal(succeeded, made.Succeeded);
        Assert.Equal(shown, Documents.Read(made, "auditd.data.exit"));
        Assert.Equal(success == "yes" ? "success" : "fail", Documents.Read(made, "auditd.result"));
        Assert.Equal(succeeded ? "success" : "failure", Documents.Read(made, "event.outcome"));
        Assert.Equal(new Endpoint("93.184.216.34", 443), made.Destination);
    }

    [Fact]
    public void What_a_32_bit_program_does_through_socketcall_is_the_call_itself()
    {
        AuditEvent made = Audit.Of(
            "type=SYSCALL arch=40000003 syscall=102 success=no exit=-115 a0=3 a1=ff a2=0 a3=0 items=0 pid=2 comm=\"a\" exe=\"/bin/a\"",
            "type=SOCKADDR saddr=020001BB5DB8D8220000000000000000");
        Assert.Equal(SyscallId.Connect, made.SyscallId);
        Assert.True(made.Succeeded);
        Assert.Equal("93.184.216.34", made.Destination.Address);
        Assert.Equal("connected-to", Documents.Read(made, "event.action"));
        Assert.Equal("socketcall", made.Data("syscall"));
    }

    [Theory]
    [InlineData("type=NETFILTER_CFG table=filter family=2 entries=4\ntype=PROCTITLE proctitle=\"iptables\"",
        RecordType.NetfilterCfg, "iptables")]
    [InlineData("type=URINGOP uring_op=18 success=yes exit=0 items=1 ppid=1 pid=2 uid=0 gid=0 key=\"k\"\ntype=CWD cwd=\"/root\"",
        RecordType.Uringop, null)]
    [InlineData("type=CWD cwd=\"/root\"\ntype=PATH item=0 name=\"/a\"\n"
        + "type=SYSCALL arch=c000003e syscall=59 success=yes exit=0 a0=1 a1=2 a2=3 a3=4 items=1 pid=2",
        RecordType.Syscall, null)]
    [InlineData("type=AVC avc:  denied  { read } for  pid=2\n"
        + "type=SYSCALL arch=c000003e syscall=2 success=no exit=-13 a0=1 a1=2 a2=3 a3=4 items=1 pid=2",
        RecordType.Avc, null)]
    [InlineData("type=EOE ",
        RecordType.Eoe, null)]
    public void Events_of_any_records_have_a_type(string records, RecordType type, string? title)
    {
        AuditEvent made = Audit.Of(records.Split('\n'));
        Assert.Equal(type, made.Type);
        Assert.Equal(title, made.Process.Title);
        Assert.NotEmpty(Documents.Json(made));
    }

    [Fact]
    public void All_records_of_a_kind_are_kept()
    {
        AuditEvent made = Audit.Of(
            "type=SYSCALL arch=c000003e syscall=62 success=yes exit=0 a0=0 a1=f a2=0 a3=0 items=0 pid=2 comm=\"kill\" exe=\"/bin/kill\"",
            "type=OBJ_PID opid=10 oauid=-1 ouid=0 oses=-1 ocomm=\"one\"",
            "type=OBJ_PID opid=11 oauid=-1 ouid=0 oses=-1 ocomm=74776F2070");
        Assert.Equal("10", Documents.Read(made, "auditd.data.opid"));
        Assert.Equal("one, two p", Documents.Read(made, "auditd.records.obj_pid.ocomm"));
        Assert.Equal("one, two p", Documents.Leaves(Documents.Json(made))["auditd.records.obj_pid.ocomm"]);
    }

    [Fact]
    public void Sets_of_capabilities_have_names()
    {
        AuditEvent made = Audit.Of(
            Execve,
            "type=BPRM_FCAPS fver=2 fp=0000000000002000 fi=0 fe=1 old_pp=0 old_pi=0 old_pe=0 pp=0000000000003000 "
            + "pe=000001ffffffffff pi=000001fffeffffff");
        Assert.Equal("net_raw", Documents.Read(made, "auditd.decoded.fp"));
        Assert.Equal("net_admin, net_raw", Documents.Read(made, "auditd.decoded.pp"));
        Assert.Equal("all", Documents.Read(made, "auditd.decoded.pe"));
        Assert.Equal("all, -sys_resource", Documents.Read(made, "auditd.decoded.pi"));
        Assert.Null(Documents.Read(made, "auditd.decoded.old_pp"));
        Assert.Equal("0000000000002000", Documents.Read(made, "auditd.data.fp"));
    }

    [Fact]
    public void The_capabilities_of_a_file_have_names()
    {
        AuditEvent made = Audit.Of(
            Execve,
            "type=PATH item=0 name=\"/bin/ping\" mode=0100755 nametype=NORMAL cap_fp=0000000000002000 cap_fi=0 cap_fe=1 cap_fver=2",
            "type=PATH item=1 name=\"/lib64/ld.so\" mode=0100755 nametype=NORMAL cap_fp=0 cap_fi=0 cap_fe=0 cap_fver=0");
        Assert.Equal("net_raw", Documents.Read(made, "auditd.decoded.cap_fp"));
        Assert.Equal("net_raw", Documents.Leaves(Documents.Json(made))["auditd.decoded.cap_fp"]);
        Assert.Null(Documents.Read(made, "auditd.decoded.cap_fi"));
        Assert.Equal("0000000000002000, 0", Documents.Read(made, "auditd.paths.cap_fp"));
    }

    [Fact]
    public void Data_reads_the_records_whatever_the_document_makes_of_them()
    {
        AuditEvent run = Audit.Execve("web-01", "2026-01-02T03:04:05.678Z", 7, "/usr/bin/id", ["id", "-u"]);
        (string Name, string? Value)[] expected =
        [
            ("exe", "/usr/bin/id"), ("comm", "id"), ("pid", "1234"), ("uid", "1000"), ("auid", "1000"), ("ses", "3"),
            ("success", "yes"), ("key", "exec"), ("cwd", "/root"), ("proctitle", "id -u"), ("name", "/usr/bin/id"), ("argc", "2"),
            ("a0", "55d0a2b3c4d0"), ("syscall", "execve"), ("items", "2"), ("nothing", null), ("", null),
        ];
        foreach ((string name, string? value) in expected) Assert.Equal((name, value), (name, run.Data(name)));
    }

    [Fact]
    public void Typed_members_read_what_the_fields_are()
    {
        AuditEvent run = Audit.Execve("web-01", "2026-01-02T03:04:05.678Z", 7, "/usr/bin/id", ["id", "-u"], audit: -1);
        Assert.Equal((1234, 1000), (run.Process.Pid, run.Process.ParentPid));
        Assert.Equal(
            ("/usr/bin/id", "id", "id -u", "/root"),
            (run.Process.Executable, run.Process.Name, run.Process.Title, run.Process.WorkingDirectory));
        Assert.Equal(["id", "-u"], run.Process.Args);
        Assert.Equal(("1000", null, null, "1000"), (run.User.Id, run.User.Name, run.User.AuditId, run.User.EffectiveId));
        Assert.Equal(("/usr/bin/id", "3"), (run.File.Path, run.Session));
        Assert.Equal(["exec"], run.Tags);
        Assert.Equal(SyscallId.Execve, run.SyscallId);
        Assert.Equal(AuditResult.Success, run.Result);
        Assert.False(run.Destination.Exists || run.Source.Exists || run.Socket.Exists);
    }

    [Fact]
    public void The_raw_records_go_with_the_document_where_asked()
    {
        AuditEvent made = Audit.PamFailure("web-01", "2026-01-02T03:04:05.006Z", 7, "bob");
        string original = Documents.Json(made, original: true)["event"]!["original"]![0]!.GetValue<string>();
        Assert.StartsWith("type=USER_AUTH msg=audit(1767323045.006:7): pid=1234 uid=0 ", original, StringComparison.Ordinal);
        Assert.EndsWith("res=failed'", original, StringComparison.Ordinal);
        Assert.DoesNotContain("original", Documents.Text(made), StringComparison.Ordinal);
    }

    [Fact]
    public void A_program_that_invents_keys_cannot_fill_the_index()
    {
        var message = new StringBuilder("type=USER_AUTH pid=5 uid=0 msg='");
        for (int i = 0; i < 5000; i++) message.Append("key").Append(i).Append("=1 ");
        AuditEvent made = Audit.Of(message + "res=success'");
        Assert.True(Documents.Json(made)["auditd"]!["data"]!.AsObject().Count <= 64);
        Assert.Equal("success", Documents.Read(made, "auditd.result"));
        Assert.Equal("1", Documents.Read(made, "auditd.data.key63"));
        Assert.Null(Documents.Read(made, "auditd.data.key64"));
        Assert.Equal("1", made.Data("key4999"));
    }
}
