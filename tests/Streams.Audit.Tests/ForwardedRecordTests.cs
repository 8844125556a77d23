using System.Text;
using Streams.Events.Tables;

namespace Streams.Audit.Tests;

/// <summary>Records that a syslog server has passed on: they read as auditd wrote them.</summary>
[Trait("Found", "C4")]
public sealed class ForwardedRecordTests
{
    private const char Separator = '\u001d';
    private const string Names = "ARCH=x86_64 SYSCALL=connect AUID=\"alice\" UID=\"root\" GID=\"root\" EUID=\"o'brien\" FSGID=616C20";

    /// <summary>Texts of records in the format ENRICHED, by type.</summary>
    private static readonly (string Type, string Text)[] Enriched =
    [
        ("SYSCALL", $"arch=c000003e syscall=42 a0=3 auid=1000 ses=3 comm=\"a\" exe=\"/bin/a\" key=\"exec\"{Separator}{Names}"),
        ("SYSCALL", $"arch=c000003e syscall=42 a0=3 comm=\"#035UID=\" exe=\"/bin/a\" key=(null){Separator}{Names}"),
        ("SYSCALL", $"arch=c000003e syscall=42 a0=3 key=6F6E650174776F{Separator}{Names}"),
        ("SYSCALL", $"arch=c000003e syscall=42 exe=\"/bin/a\" subj=a:b:c:s0-s0:c0.c1023{Separator}{Names}"),
        ("SYSCALL", $"arch=c000003e syscall=42 exe=\"/bin/a\" subj==/usr/sbin/ntpd (enforce){Separator}{Names}"),
        ("PATH", $"item=0 name=\"/etc/x\" inode=7 nametype=NORMAL cap_fver=0 cap_frootid=0{Separator}OUID=\"root\" OGID=\"root\""),
        ("PATH", $"item=0 name=(null) inode=7 nametype=NORMAL{Separator}OUID=\"root\" OGID=\"root\""),
        ("SOCKADDR", $"saddr=020001BB5DB8D822{Separator}SADDR={{ saddr_fam=inet laddr=93.184.216.34 lport=443 }}"),
        ("SOCKADDR", $"saddr=01002F72756E2F610000{Separator}SADDR={{ saddr_fam=local path=/run/a }}"),
        ("LOGIN", $"pid=1 uid=0 old-auid=4294967295 auid=1000 ses=1 res=1{Separator}UID=\"root\" OLD-AUID=\"unset\" AUID=\"alice\""),
        ("USER_AUTH", $"pid=5 uid=0 msg='op=x acct=\"b'b\" addr=? res=failed'{Separator}UID=\"root\" AUID=\"o'brien\" ID=\"eve\""),
        ("ADD_USER", $"pid=5 uid=0 msg='op=adding user id=1001 res=success'{Separator}UID=\"root\" AUID=\"alice\" ID=\"unknown(1001)\""),
        ("OBJ_PID", $"opid=10 oauid=1000 ouid=0 oses=3 ocomm=\"sshd\"{Separator}OAUID=\"alice\" OUID=\"root\""),
        ("URINGOP", $"uring_op=18 success=yes exit=5 items=1 uid=0 key=(null){Separator}URING_OP=openat UID=\"root\""),
        ("CONFIG_CHANGE", $"auid=1000 ses=3 op=add_rule key=\"x\" list=4 res=1{Separator}AUID=\"alice\""),
        ("DAEMON_END", $"op=terminate auid=0 uid=0 ses=1 pid=1 subj=unconfined res=success{Separator}AUID=\"root\" UID=\"root\""),
        ("AVC", $"avc:  denied  {{ read }} for  pid=5 comm=\"a\" ino=7 tclass=file permissive=0{Separator}ID=\"x\""),
        ("SYSCALL", $"arch=c000003e syscall=42 key=\"exec\"{Separator}ARCH=x86_64 SYSCALL=connect AUID=\"ali"),
        ("SYSCALL", $"arch=c000003e syscall=42 key=\"exec\"{Separator}ARCH=x86_64 SYSCALL=connect AUID=\"alice\" EU"),
    ];

    /// <summary>What stands for 0x1D: each form that the table has, and those that are none.</summary>
    public static TheoryData<string> Forms => new(
        [.. ControlEscapes.SeparatorForms, "\u001d", " ", "", "_", "?", "."]);

    /// <summary>Texts in which nothing was added, whatever a user writes into a field of his.</summary>
    public static TheoryData<string, string> Forged => new()
    {
        { "SYSCALL", "arch=c000003e comm=\"#035UID=\\\"root\" exe=\"/bin/a\" key=(null)" },
        { "SYSCALL", "arch=c000003e comm=\"#035AUID=root\" exe=\"/bin/a\" key=(null)" },
        { "SYSCALL", "arch=c000003e comm=\"^]ARCH=x86_64\" exe=\"/bin/\\x1dUID=a\" key=(null)" },
        { "SYSCALL", "arch=c000003e comm=23303335554944 exe=\"/bin/a\" key=\"#035UID=root\"" },
        { "SYSCALL", "arch=c000003e exe=\"/bin/a\" subj=x#035AUID=\"root\" (enforce) key=(null)" },
        { "SYSCALL", "arch=c000003e exe=\"/bin/a\" subj=x AUID=\"root\" key=(null)" },
        { "EXECVE", "argc=2 a0=\"echo\" a1=\"#035AUID=root\"" },
        { "EXECVE", "argc=2 a0=\"echo\" a1=\"#035AUID=root" },
        { "EXECVE", "argc=3 a0=\"echo\" a1=\"'\" a2=\"UID=x\"" },
        { "CWD", "cwd=\"/tmp/'#035UID=root\"" },
        { "PROCTITLE", "proctitle=\"#035UID=root\"" },
        { "PATH", "item=0 name=\"#035OUID=root\" nametype=NORMAL" },
        { "USER_AUTH", "pid=5 uid=0 msg='op=x acct=\"a\" hostname=x'#035UID=\"root\" addr=? terminal=ssh res=failed'" },
        { "USER_AUTH", "pid=5 uid=0 msg='op=x acct=\"#035UID=root\" res=failed'" },
        { "USER_AUTH", "pid=5 uid=0 msg='op=x UID=\"root\" AUID=\"root\"'" },
        { "USER_AUTH", "pid=5 uid=0 msg='op=x UID=\"root\"" },
        { "USER_CMD", "pid=5 uid=0 msg='cwd=\"/root\" cmd=\"it's UID=x\" terminal=pts/0 res=success'" },
    };

    [Theory]
    [MemberData(nameof(Forms))]
    public void A_record_reads_as_with_its_separator(string form)
    {
        foreach ((string type, string text) in Enriched)
        {
            string forwarded = text.Replace(Separator.ToString(), form, StringComparison.Ordinal);
            Assert.Equal(text, Read($"type={type} msg=audit(1.000:1): {forwarded}"));
            Assert.Equal(text, Read($"Jan  2 03:04:05 web1 audispd[7]: type={type} msg=audit(1.000:1): {forwarded}"));
        }
    }

    [Theory]
    [InlineData("#x1D")]
    [InlineData("<1D>")]
    [InlineData("%1D")]
    [InlineData("\uFFFD")]
    public void An_escape_that_no_table_knows_ends_behind_a_closed_value(string form)
    {
        foreach ((string type, string text) in Enriched)
        {
            int at = text.IndexOf(Separator, StringComparison.Ordinal);
            if (text[at - 1] is not ('"' or '\'') && !text[..at].EndsWith("(null)", StringComparison.Ordinal)) continue;
            string forwarded = text.Replace(Separator.ToString(), form, StringComparison.Ordinal);
            Assert.Equal(text, Read($"type={type} msg=audit(1.000:1): {forwarded}"));
        }
    }

    [Theory]
    [MemberData(nameof(Forged))]
    public void What_a_user_writes_into_a_field_adds_no_names(string type, string text)
    {
        Assert.Equal(text, Read($"type={type} msg=audit(1.000:1): {text}"));
        Assert.Equal(text, Read($"Jan  2 03:04:05 web1 audispd: type={type} msg=audit(1.000:1): {text}"));
    }

    [Theory]
    [InlineData("#012")]
    [InlineData("\\n")]
    [InlineData("^J")]
    [InlineData("\\x0a")]
    [InlineData("\\012")]
    [InlineData("#000")]
    [InlineData("#015#012")]
    [InlineData("\\u000a")]
    public void A_line_feed_that_was_escaped_ends_a_record(string end)
    {
        Assert.Equal("cwd=\"/\"", Read($"type=CWD msg=audit(1.000:1): cwd=\"/\"{end}"));
        Assert.Equal("proctitle=6C73", Read($"type=PROCTITLE msg=audit(1.000:1): proctitle=6C73{end}"));
        Assert.Equal("key=(null)\u001dUID=\"x\"", Read($"type=SYSCALL msg=audit(1.000:1): key=(null)#035UID=\"x\"{end}"));
        Assert.Equal(
            ["- CWD 1000 1 cwd=\"/\"", "- EOE 1000 1 "],
            LineParserTests.Parse($"type=CWD msg=audit(1.000:1): cwd=\"/\"{end}type=EOE msg=audit(1.000:1): {end}"));
    }

    [Theory]
    [InlineData("name=\"a#012\"")]
    [InlineData("name=\"#012\" nametype=NORMAL")]
    [InlineData("msg='op=x#012'")]
    public void What_looks_like_one_within_a_value_stays(string text) =>
        Assert.Equal(text, Read($"type=PATH msg=audit(1.000:1): {text}"));

    [Theory]
    [InlineData("\\035", "\\\"", "\\\\", "\\'")]
    [InlineData("\\u001d", "\\\"", "\\\\", "'")]
    [InlineData("\\u001D", "\\\"", "\\\\", "'")]
    public void A_server_that_escapes_quotes_has_escaped_all(string separator, string quote, string backslash, string apostrophe)
    {
        foreach ((string type, string text) in Enriched.Append(("EXECVE", "argc=2 a0=\"a\\b\" a1=\"\\\"")))
        {
            string forwarded = text.Replace("\\", backslash, StringComparison.Ordinal).Replace("\"", quote, StringComparison.Ordinal)
                .Replace("'", apostrophe, StringComparison.Ordinal).Replace(Separator.ToString(), separator, StringComparison.Ordinal);
            if (!forwarded.Contains('"', StringComparison.Ordinal)) continue;
            Assert.Equal(text, Read($"Jan  2 03:04:05 web1 audispd: type={type} msg=audit(1.000:1): {forwarded}"));
        }
    }

    [Fact]
    public void A_line_made_of_such_keys_is_gone_through_once()
    {
        string keys = string.Concat(Enumerable.Repeat("ID=\"a\" ", 1_000_000));
        Assert.Equal(keys + "x", Read($"type=CWD msg=audit(1.000:1): {keys}x"));
        string apostrophes = string.Concat(Enumerable.Repeat("'UID=a ", 1_000_000));
        Assert.Equal($"msg='{apostrophes}x", Read($"type=USER_AUTH msg=audit(1.000:1): msg='{apostrophes}x"));
    }

    [Theory]
    [InlineData("Feb 22 14:25:25 web1 audit type=CWD msg=audit(1.000:1): a=b")]
    [InlineData("2026-07-19T18:43:47+00:00 web1 auditd type=CWD msg=audit(1.000:1): a=b")]
    [InlineData("Feb 22 14:25:25 web1 type=CWD msg=audit(1.000:1): a=b")]
    [InlineData("Feb 22 14:25:25 web1 audispd:type=CWD msg=audit(1.000:1): a=b")]
    [InlineData("Feb 22 14:25:25 web1 audispd:#011type=CWD msg=audit(1.000:1): a=b", "audispd:#011type=CWD")]
    [InlineData("Feb 22 14:25:25 web1 audispd: #011type=CWD msg=audit(1.000:1): a=b")]
    [InlineData("Feb 22 14:25:25.123456 web1 audispd[7]: type=CWD msg=audit(1.000:1): a=b")]
    [InlineData("Sun 2026-02-22 14:25:25 CET web1 audispd[7]: type=CWD msg=audit(1.000:1): a=b")]
    [InlineData("1767323045.678901 web1 audispd[7]: type=CWD msg=audit(1.000:1): a=b")]
    [InlineData("[   12.345678] web1 audispd[7]: type=CWD msg=audit(1.000:1): a=b")]
    public void Headers_with_any_tag_and_stamp_are_read(string line, string? notRead = null)
    {
        string expected = notRead is null ? "web1 CWD 1000 1 a=b" : "not-a-record";
        Assert.Equal([expected], LineParserTests.Parse(line));
    }

    [Theory]
    [InlineData("MESSAGE=type=CWD msg=audit(1.000:1): a=b")]
    [InlineData("[   12.345678] audit: type=1307 audit(1.000:1): a=b")]
    public void Messages_of_the_journal_and_of_the_kernel_are_read(string line) =>
        Assert.Equal(["- CWD 1000 1 a=b"], LineParserTests.Parse(line));

    [Fact]
    public void A_message_of_the_journal_that_has_its_length_before_it_is_read()
    {
        byte[] message = "type=CWD msg=audit(1.000:1): a=b\u001dUID=\"x\""u8.ToArray();
        var parser = new LineParser([.. BitConverter.GetBytes((ulong)message.Length), .. message]);
        Assert.Equal((LineOutcome.Record, BadLineKind.None), (parser.Next(out LogRecord record), parser.Bad));
        Assert.Equal("a=b\u001dUID=\"x\"", Encoding.UTF8.GetString(record.Text));
    }

    [Theory]
    [InlineData("Jan 02 03:04:05 web1 audispd[7]: [203B blob data]", "blob")]
    [InlineData("Jan 02 03:04:05 web1 audispd[7]: [1.2K blob data]", "blob")]
    [InlineData("Jan 02 03:04:05 web1 sshd[7]: said [203B blob data] x", "not-a-record")]
    public void What_the_journal_does_not_show_says_how_to_see_it(string line, string kind)
    {
        Assert.Equal([kind], LineParserTests.Parse(line));
        Assert.NotNull(BadLineKind.Blob.Remedy());
    }

    private static string Read(string line)
    {
        var parser = new LineParser(Encoding.UTF8.GetBytes(line));
        Assert.Equal(LineOutcome.Record, parser.Next(out LogRecord record));
        return Encoding.UTF8.GetString(record.Text);
    }
}
