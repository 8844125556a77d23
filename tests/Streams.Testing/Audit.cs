using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Streams.Events;
using Streams.Events.Tables;

namespace Streams.Testing;

/// <summary>Audit events for tests, made of records as the kernel writes them.</summary>
public static partial class Audit
{
    /// <summary>The collector that these events seem to come from.</summary>
    public const string Collector = "audit";

    /// <summary>An event of records.</summary>
    /// <param name="host">The host.</param>
    /// <param name="time">When it occurred, as ISO 8601 (<c>2026-01-02T03:04:05.678Z</c>).</param>
    /// <param name="serial">The kernel's serial.</param>
    /// <param name="records"><c>type=SYSCALL arch=…</c>: type and text, without <c>msg=audit(…)</c>.</param>
    public static AuditEvent Event(string host, string time, ulong serial, params string[] records) =>
        Event(host, Time(time), serial, records);

    /// <inheritdoc cref="Event(string, string, ulong, string[])"/>
    public static AuditEvent Event(string host, DateTimeOffset time, ulong serial, params string[] records)
    {
        var builder = new AuditEventBuilder();
        foreach (string record in records)
        {
            (RecordType type, byte[] text) = Record(record);
            builder.Add(type, text);
        }

        return builder.Build(host, Collector, time, serial);
    }

    /// <summary>One event of records alone, where host, time and serial do not matter.</summary>
    public static AuditEvent Of(params string[] records) => Event("web-01", "2026-01-02T03:04:05.678Z", 42, records);

    /// <summary>The events of a log: records of one stamp and serial are one event, in order of their first record. No node, no
    /// syslog.</summary>
    public static IReadOnlyList<AuditEvent> Log(string host, IEnumerable<string> lines)
    {
        var order = new List<(DateTimeOffset Time, ulong Serial)>();
        var records = new Dictionary<(DateTimeOffset, ulong), List<string>>();
        foreach (string line in lines)
        {
            Match match = Line().Match(line);
            if (!match.Success) continue;
            (DateTimeOffset, ulong) key = (Stamp(match), ulong.Parse(match.Groups["serial"].ValueSpan, CultureInfo.InvariantCulture));
            if (!records.TryGetValue(key, out List<string>? list))
            {
                records.Add(key, list = []);
                order.Add(key);
            }

            list.Add(line);
        }

        return [.. order.Select(key => Event(host, key.Time, key.Serial, [.. records[key]]))];
    }

    /// <summary>A program run: SYSCALL, EXECVE, CWD, PATH and PROCTITLE.</summary>
    public static AuditEvent Execve(
        string host, string time, ulong serial, string executable, string[] arguments, int pid = 1234, int parentPid = 1000,
            int user = 1000, int audit = 1000,
        bool success = true, string key = "exec")
    {
        string list = string.Join(' ', arguments.Select((argument, i) => $"a{i}={Value(argument)}"));
        return Event(
            host, time, serial,
            "type=SYSCALL " + Syscall(59, success ? 0 : -2, "55d0a2b3c4d0 55d0a2b3c5e0 55d0a2b3c6f0 8", executable, pid, parentPid, user,
                audit, key, items: 2),
            $"type=EXECVE argc={arguments.Length} {list}",
            "type=CWD cwd=\"/root\"",
            $"type=PATH item=0 name={Value(executable)} inode=247270 dev=fe:00 mode=0100755 ouid=0 ogid=0 rdev=00:00 nametype=NORMAL "
            + "cap_fp=0 cap_fi=0 cap_fe=0 cap_fver=0 cap_frootid=0",
            "type=PATH item=1 name=\"/lib64/ld-linux-x86-64.so.2\" inode=331651 dev=fe:00 mode=0100755 ouid=0 ogid=0 rdev=00:00 "
            + "nametype=NORMAL cap_fp=0 cap_fi=0 cap_fe=0 cap_fver=0 cap_frootid=0",
            "type=PROCTITLE proctitle=" + Convert.ToHexString(Encoding.UTF8.GetBytes(string.Join('\0', arguments))),
            "type=EOE ");
    }

    /// <summary>A connect over IPv4: SYSCALL, SOCKADDR and PROCTITLE. The exit of most is <c>-115</c>, in progress.</summary>
    public static AuditEvent Connect(
        string host, string time, ulong serial, string executable, string address, int port, int exit = 0, int pid = 1234,
            int parentPid = 1000, int user = 1000,
        int audit = 1000, string key = "net") =>
        Socketcall(host, time, serial, 42, executable, address, port, exit, pid, parentPid, user, audit, key);

    /// <summary>A bind to an IPv4 address.</summary>
    public static AuditEvent Bind(
        string host, string time, ulong serial, string executable, string address, int port, int exit = 0, int pid = 1234,
            int parentPid = 1000, int user = 1000,
        int audit = 1000, string key = "net") =>
        Socketcall(host, time, serial, 49, executable, address, port, exit, pid, parentPid, user, audit, key);

    /// <summary>A listen, which has no address.</summary>
    public static AuditEvent Listen(string host, string time, ulong serial, string executable, int descriptor = 3, int exit = 0,
        int pid = 1234, string key = "net") =>
        Event(host, time, serial, "type=SYSCALL " + Syscall(50, exit, $"{descriptor:x} 80 0 0", executable, pid, 1000, 1000, 1000, key),
            "type=EOE ");

    /// <summary>A program's message about an authentication by PAM, as sshd, su and sudo send it.</summary>
    public static AuditEvent Pam(
        string host, string time, ulong serial, string account, bool success, string executable = "/usr/sbin/sshd", string address = "?",
            string terminal = "ssh",
        string operation = "PAM:authentication", int pid = 1234, int user = 0, string type = "USER_AUTH") =>
        Event(
            host, time, serial,
            $"type={type} pid={pid} uid={user} auid=4294967295 ses=4294967295 msg='op={operation} "
            + $"grantors={(success ? "pam_unix" : "?")} acct={Value(account)} exe={Value(executable)} "
            + $"hostname={address} addr={address} terminal={terminal} res={(success ? "success" : "failed")}'");

    /// <summary>A failed authentication by PAM.</summary>
    public static AuditEvent PamFailure(string host, string time, ulong serial, string account, string address = "203.0.113.9",
        string executable = "/usr/sbin/sshd") =>
        Pam(host, time, serial, account, success: false, executable, address);

    /// <summary>A value as the kernel writes what others chose: in quotes, or in hexadecimal where it holds odd bytes.</summary>
    public static string Value(string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        return bytes.Any(b => b is < 0x21 or > 0x7E or (byte)'"') ? Convert.ToHexString(bytes) : $"\"{text}\"";
    }

    /// <summary>The text of a SYSCALL record of x86_64.</summary>
    public static string Syscall(
        int number, int exit, string arguments, string executable, int pid, int parentPid, int user, int audit, string key, int items = 0)
    {
        string[] a = arguments.Split(' ');
        string name = executable[(executable.LastIndexOf('/') + 1)..];
        return string.Create(
            CultureInfo.InvariantCulture,
            $"arch=c000003e syscall={number} success={(exit < 0 ? "no" : "yes")} exit={exit} a0={a[0]} a1={a[1]} a2={a[2]} a3={a[3]} "
            + $"items={items} ppid={parentPid} pid={pid} "
            + $"auid={unchecked((uint)audit)} uid={user} gid={user} euid={user} suid={user} fsuid={user} egid={user} sgid={user} "
            + $"fsgid={user} tty=pts0 ses=3 "
            + $"comm={Value(name.Length > 15 ? name[..15] : name)} exe={Value(executable)} subj=unconfined key={Value(key)}");
    }

    /// <summary>Type and text of a record, with or without <c>msg=audit(…):</c>.</summary>
    public static (RecordType Type, byte[] Text) Record(string record)
    {
        Match match = Line().Match(record);
        string name;
        string text;
        if (match.Success)
        {
            (name, text) = (match.Groups["type"].Value, match.Groups["text"].Value);
        }
        else
        {
            string[] parts = record.Split(' ', 2);
            if (!parts[0].StartsWith("type=", StringComparison.Ordinal))
                throw new ArgumentException($"A record begins with type=: {record}", nameof(record));
            (name, text) = (parts[0][5..], parts.Length > 1 ? parts[1] : "");
        }

        if (!RecordTypes.TryParse(Encoding.UTF8.GetBytes(name),
            out RecordType type)) throw new ArgumentException($"No such record type: {name}", nameof(record));
        return (type, Encoding.UTF8.GetBytes(text));
    }

    /// <summary>A time as ISO 8601.</summary>
    public static DateTimeOffset Time(string time) => DateTimeOffset.Parse(time, CultureInfo.InvariantCulture,
        DateTimeStyles.AssumeUniversal);

    private static AuditEvent Socketcall(
        string host, string time, ulong serial, int number, string executable, string address, int port, int exit, int pid, int parentPid,
            int user, int audit, string key)
    {
        string octets = string.Concat(address.Split('.').Select(part =>
            byte.Parse(part, CultureInfo.InvariantCulture).ToString("X2", CultureInfo.InvariantCulture)));
        return Event(
            host, time, serial,
            "type=SYSCALL " + Syscall(number, exit, "3 7ffd1c2b3a40 10 0", executable, pid, parentPid, user, audit, key),
            $"type=SOCKADDR saddr=0200{port:X4}{octets}0000000000000000",
            "type=PROCTITLE proctitle=" + Convert.ToHexString(Encoding.UTF8.GetBytes(executable)),
            "type=EOE ");
    }

    private static DateTimeOffset Stamp(Match match)
    {
        long seconds = long.Parse(match.Groups["seconds"].ValueSpan, CultureInfo.InvariantCulture);
        return DateTimeOffset.FromUnixTimeMilliseconds(seconds * 1000 + long.Parse(match.Groups["millis"].ValueSpan,
            CultureInfo.InvariantCulture));
    }

    [GeneratedRegex(@"type=(?<type>\S+) (?:msg=)?audit\((?<seconds>\d+)\.(?<millis>\d+):(?<serial>\d+)\):? ?(?<text>.*)$",
        RegexOptions.Singleline)]
    private static partial Regex Line();
}
