using System.Text;
using Streams.Events.Tables;

namespace Streams.Audit.Tests;

public sealed class LineParserTests
{
    [Theory]
    [InlineData("type=CWD msg=audit(1700000000.123:42): cwd=\"/\"", "- CWD 1700000000123 42 cwd=\"/\"")]
    [InlineData("type=CWD msg=audit(1700000000.123:42):  cwd=\"/\"", "- CWD 1700000000123 42  cwd=\"/\"")]
    [InlineData("type=CWD msg=audit(1700000000.123:42): cwd=\"/\"\r", "- CWD 1700000000123 42 cwd=\"/\"")]
    [InlineData("  type=CWD msg=audit(1700000000.123:42): cwd=\"/\"", "- CWD 1700000000123 42 cwd=\"/\"")]
    [InlineData("type=SYSCALL audit(1572298453.690:5717): arch=c00000b7", "- SYSCALL 1572298453690 5717 arch=c00000b7")]
    [InlineData("type=UNKNOWN[1329] msg=audit(1.000:1): x", "- REPLACE 1000 1 x")]
    [InlineData("type=UNKNOWN[1327] msg=audit(1.000:1): proctitle=6C73", "- PROCTITLE 1000 1 proctitle=6C73")]
    [InlineData("type=1327 msg=audit(1.000:1): proctitle=6C73", "- PROCTITLE 1000 1 proctitle=6C73")]
    [InlineData("type=EOE msg=audit(1.000:1):", "- EOE 1000 1 ")]
    [InlineData("type=EOE msg=audit(1.000:1): ", "- EOE 1000 1 ")]
    [InlineData("type=EOE msg=audit(1.000:1)", "- EOE 1000 1 ")]
    [InlineData("type=EOE msg=audit(1.5:1):", "- EOE 1500 1 ")]
    [InlineData("type=EOE msg=audit(1.25:1):", "- EOE 1250 1 ")]
    [InlineData("type=EOE msg=audit(1:1):", "- EOE 1000 1 ")]
    [InlineData("type=EOE msg=audit(1.123456:1):", "- EOE 1123 1 ")]
    [InlineData("type=EOE msg=audit(1.000:4294967295):", "- EOE 1000 4294967295 ")]
    [InlineData("type=CWD msg=audit(1.000:1): cwd=\"/\"\0\0\0", "- CWD 1000 1 cwd=\"/\"")]
    [InlineData("type=USER_CMD msg=audit(1.000:1): msg='cmd=\"a' msg='res=success'", "- USER_CMD 1000 1 msg='cmd=\"a' msg='res=success'")]
    [InlineData("type=LOGIN msg=audit(1.000:1): res=1\u001dUID=\"root\"", "- LOGIN 1000 1 res=1\u001dUID=\"root\"")]
    public void A_line_is_a_record(string line, string expected) => Assert.Equal([expected], Parse(line));

    [Theory]
    [InlineData("node=web1 type=CWD msg=audit(1.000:1): a=b", "web1")]
    [InlineData("node=10.0.0.7 type=CWD msg=audit(1.000:1): a=b", "10.0.0.7")]
    [InlineData("Jul 26 18:30:48 web1 audispd: type=CWD msg=audit(1.000:1): a=b", "web1")]
    [InlineData("Jul  6 18:30:48 web1 audispd: type=CWD msg=audit(1.000:1): a=b", "web1")]
    [InlineData("<14>Jul 26 18:30:48 web1 audispd: type=CWD msg=audit(1.000:1): a=b", "web1")]
    [InlineData("<14>Jul 26 18:30:48 web1 audispd[77]: type=CWD msg=audit(1.000:1): a=b", "web1")]
    [InlineData("<14>Jul 26 18:30:48 web1 audispd: node=web2 type=CWD msg=audit(1.000:1): a=b", "web2")]
    [InlineData("<14>Jul 26 18:30:48 audispd: type=CWD msg=audit(1.000:1): a=b", "-")]
    [InlineData("2016-06-14T15:38:40.872596+03:00 web1 audispd: type=CWD msg=audit(1.000:1): a=b", "web1")]
    [InlineData("<14>2016-06-14T15:38:40Z web1 audispd: type=CWD msg=audit(1.000:1): a=b", "web1")]
    [InlineData("<14>1 2016-06-14T15:38:40.872596+03:00 web1 audispd 77 - - type=CWD msg=audit(1.000:1): a=b", "web1")]
    [InlineData("<14>1 2016-06-14T15:38:40.872596+03:00 - audispd - - - type=CWD msg=audit(1.000:1): a=b", "-")]
    [InlineData("<14>1 2016-06-14T15:38:40Z web1 audispd - - [x@1 a=\"b ] \\\" c\"][y@1 d=\"e\"] type=CWD msg=audit(1.000:1): a=b", "web1")]
    [InlineData("<14>1 2016-06-14T15:38:40Z web1 audispd - - - \uFEFFnode=web2 type=CWD msg=audit(1.000:1): a=b", "web2")]
    [InlineData("Jul 26 18:30:48 web1 kernel: [   12.345678] audit: type=1307 audit(1.000:1): a=b", "web1")]
    [InlineData("Jul 26 18:30:48 web1 kernel: audit: type=1307 audit(1.000:1): a=b", "web1")]
    public void The_host_is_the_node_else_that_of_syslog(string line, string host) => Assert.Equal([$"{host} CWD 1000 1 a=b"], Parse(line));

    [Theory]
    [InlineData("")]
    [InlineData("\r")]
    [InlineData("   ")]
    [InlineData("----")]
    [InlineData("----\r")]
    [InlineData("time->Mon Nov 23 18:07:00 2026")]
    public void What_ausearch_puts_between_events_and_empty_lines_are_nothing(string line) => Assert.Empty(Parse(line));

    [Theory]
    [InlineData("hello", "not-a-record")]
    [InlineData("Jul 26 18:30:48 web1 sshd[1]: Accepted publickey for root", "not-a-record")]
    [InlineData("type=SYSCALL", "bad-stamp")]
    [InlineData("type=SYSCALL msg=?", "bad-stamp")]
    [InlineData("type=SYSCALL msg=audit(", "bad-stamp")]
    [InlineData("type=SYSCALL msg=audit():", "bad-stamp")]
    [InlineData("type=SYSCALL msg=audit(1337845201): no serial", "bad-stamp")]
    [InlineData("type=SYSCALL msg=audit(1.000:4294967296): serial of 33 bits", "bad-stamp")]
    [InlineData("type=SYSCALL msg=audit(999999999999.000:1): after the year 9999", "bad-stamp")]
    [InlineData("type=SYSCALL msg=audit(-1.000:1): x", "bad-stamp")]
    [InlineData("type=SYSCALL msg=audit(1.000:1", "bad-stamp")]
    [InlineData("type= msg=audit(1.000:1): x", "no-type")]
    [InlineData("msg=audit(1.000:1): x", "no-type")]
    [InlineData("type=SYSCALL msg=audit(01/02/2026 03:04:05.678:42) : arch=x86_64", "interpreted")]
    [InlineData("node=web1 type=SYSCALL msg=audit(2026-01-02 03:04:05.678:42) : arch=x86_64", "interpreted")]
    [InlineData("\0\0\0\0", "garbage")]
    [InlineData("\u001b[31m binary", "garbage")]
    public void What_is_no_record_says_why(string line, string kind) => Assert.Equal([kind], Parse(line));

    [Theory]
    [InlineData("type=CKADDR msg=audit(1.000:1): saddr=0200")]
    [InlineData("CKADDR msg=audit(1.000:1): saddr=0200")]
    public void A_record_of_an_unknown_type_is_kept_and_counted(string line) =>
        Assert.Equal(["- UNKNOWN[0] 1000 1 saddr=0200", "unknown-type"], Parse(line));

    [Theory]
    [InlineData("type=CWD msg=audit(1.000:1): cwd=\"/\" type=EOE msg=audit(1.000:1): ", "- CWD 1000 1 cwd=\"/\"", "- EOE 1000 1 ")]
    [InlineData("type=CWD msg=audit(1.000:1): cwd=\"/\"type=EOE msg=audit(1.000:1): ", "- CWD 1000 1 cwd=\"/\"", "- EOE 1000 1 ")]
    [InlineData("type=CWD msg=audit(1.000:1): cwd=\"/us type=EOE audit(1.000:1): ", "- CWD 1000 1 cwd=\"/us", "- EOE 1000 1 ")]
    [InlineData("node=a type=CWD msg=audit(1.000:1): x node=b type=EOE msg=audit(1.000:1): ", "a CWD 1000 1 x", "b EOE 1000 1 ")]
    [InlineData("type=CWD msg=auditype=EOE msg=audit(1.000:1): ", "bad-stamp", "- EOE 1000 1 ")]
    [InlineData("type=CWD msg=audit(1.0type=EOE msg=audit(1.000:1): ", "bad-stamp", "- EOE 1000 1 ")]
    [InlineData(
        "type=USER_END msg=audit(1.000:1): msg='r=1' type=EOE msg=audit(2.000:2): ", "- USER_END 1000 1 msg='r=1'", "- EOE 2000 2 ")]
    [InlineData("\0\0\0\0type=EOE msg=audit(1.000:1): ", "garbage", "- EOE 1000 1 ")]
    [InlineData("\u0001\u0002\u0003 node=a type=EOE msg=audit(1.000:1): ", "garbage", "a EOE 1000 1 ")]
    public void Records_joined_on_one_line_are_all_read(string line, params string[] expected) => Assert.Equal(expected, Parse(line));

    [Theory]
    [InlineData("type=USER_CMD msg=audit(1.000:1): msg='cmd=x type=USER_AUTH msg=audit(1.000:2): res=failed'")]
    [InlineData("type=NEW_USER_TYPE msg=audit(1.000:1): msg='cmd=x type=USER_AUTH msg=audit(1.000:2): res=failed'")]
    [InlineData("type=USER msg=audit(1.000:1): msg='node=evil type=SYSCALL msg=audit(1.000:2): arch=c000003e'")]
    public void What_a_program_wrote_between_apostrophes_is_no_record(string line) =>
        Assert.Single(Parse(line), text => text != "unknown-type");

    [Theory]
    [InlineData("Jul 26 18:30:48 web1 sshd[1]: user said type=USER_AUTH msg=audit(1.000:2): res=failed")]
    [InlineData("Jul 26 18:30:48 web1 app: \u001b[31m\0 type=USER_AUTH msg=audit(1.000:2): res=failed")]
    [InlineData("<14>1 2016-06-14T15:38:40Z web1 app - - - \u0001 type=USER_AUTH msg=audit(1.000:2): res=failed")]
    [InlineData("he said type=USER_AUTH msg=audit(1.000:2): res=failed")]
    [InlineData("h\u00e9 said type=USER_AUTH msg=audit(1.000:2): res=failed")]
    public void What_another_program_logged_is_no_record(string line) => Assert.Equal(["not-a-record"], Parse(line));

    [Fact]
    public void What_ausearch_i_has_decoded_is_no_record() =>
        Assert.Equal(
            ["interpreted"],
            Parse("type=USER_CMD msg=audit(01/02/2026 03:04:05.678:42) : cmd=x type=USER_AUTH msg=audit(1.000:2): res=failed"));

    [Fact]
    public void A_line_of_many_stamps_that_are_cut_off_is_gone_through_once()
    {
        List<string> found = Parse(string.Concat(Enumerable.Repeat("type=CWD audit( ", 300_000)) + ")");
        Assert.Equal(300_000, found.Count);
        Assert.All(found, what => Assert.Equal("bad-stamp", what));
    }

    [Fact]
    public void Invalid_UTF8_stays_in_the_text()
    {
        byte[] line = [.. "type=CWD msg=audit(1.000:1): cwd="u8, 0xFF, 0xC0, 0x80, (byte)'x'];
        var parser = new LineParser(line);
        Assert.Equal(LineOutcome.Record, parser.Next(out LogRecord record));
        Assert.Equal([.. "cwd="u8, 0xFF, 0xC0, 0x80, (byte)'x'], record.Text.ToArray());
    }

    [Fact]
    public void A_name_of_a_node_longer_than_any_host_name_is_refused()
    {
        Assert.Equal(["not-a-record"], Parse($"node={new string('x', 256)} type=CWD msg=audit(1.000:1): a=b"));
        Assert.Equal([$"{new string('x', 255)} CWD 1000 1 a=b"], Parse($"node={new string('x', 255)} type=CWD msg=audit(1.000:1): a=b"));
    }

    internal static List<string> Parse(string line)
    {
        var found = new List<string>();
        var parser = new LineParser(Encoding.UTF8.GetBytes(line));
        for (LineOutcome outcome; (outcome = parser.Next(out LogRecord record)) != LineOutcome.End;)
        {
            if (outcome == LineOutcome.Record)
            {
                string node = record.Node.IsEmpty ? "-" : Encoding.UTF8.GetString(record.Node);
                found.Add($"{node} {RecordTypes.Name(record.Type)} {record.Time} {record.Serial} {Encoding.UTF8.GetString(record.Text)}");
            }

            if (parser.Bad != BadLineKind.None) found.Add(parser.Bad.Name());
        }

        return found;
    }
}
