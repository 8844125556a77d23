using System.Globalization;
using System.Text;
using Streams.Audit.Processes;
using Streams.Events;
using Streams.Events.Tables;

namespace Streams.Audit.Tests.Processes;

/// <summary>A system, the table of its processes, and their events.</summary>
internal sealed class Host
{
    private readonly AuditEventBuilder _builder = new();

    public Host(ProcessTableOptions? options = null, IAccountNames? names = null)
    {
        System.Start(1, 0, "/sbin/init");
        Table = new ProcessTable(System, names, options ?? new ProcessTableOptions { OwnPid = 999_999 });
    }

    public FakeSystem System { get; } = new();

    public ProcessTable Table { get; }

    /// <summary>Whether the event before was to be given out.</summary>
    public bool IsGivenOut { get; private set; }

    /// <summary>An execve, at a second since the boot.</summary>
    public AuditEvent Execve(double second, int pid, int parent, string executable, params string[] arguments) => Event(
        second,
        Call(59, pid, parent, executable),
        $"EXECVE argc={arguments.Length}{string.Concat(arguments.Select((argument, i) => $" a{i}={Value(argument)}"))}",
        "CWD cwd=\"/root\"");

    /// <summary>A connect.</summary>
    public AuditEvent Connect(double second, int pid, int parent, string executable) => Event(second, Call(42, pid, parent, executable));

    /// <summary>A clone, fork or vfork that made a process.</summary>
    public AuditEvent Fork(double second, int pid, int parent, string executable, int child, int call = 57, string flags = "1200011") =>
        Event(second, Call(call, pid, parent, executable, exit: child, first: flags));

    public AuditEvent Exit(double second, int pid, int parent, string executable) => Event(second, Call(231, pid, parent, executable));

    /// <summary>An event of records as <c>TYPE text</c>.</summary>
    public AuditEvent Event(double second, params string[] records)
    {
        foreach (string record in records)
        {
            string[] parts = record.Split(' ', 2);
            Assert.True(RecordTypes.TryParse(Encoding.ASCII.GetBytes(parts[0]), out RecordType type));
            _builder.Add(type, Encoding.UTF8.GetBytes(parts[1]));
        }

        long time = (long)((Logs.Start + second) * 1000);
        IsGivenOut = Table.AddTo(_builder, time);
        return _builder.Build("localhost", "audit", DateTimeOffset.FromUnixTimeMilliseconds(time), 1);
    }

    public static string Call(
        int number,
        int pid,
        int parent,
        string executable,
        string ids = "auid=1000 uid=1000 gid=100 euid=0 suid=1000 fsuid=1000 egid=100 sgid=100 fsgid=100",
        long exit = 0,
        string first = "3") => string.Create(
            CultureInfo.InvariantCulture,
            $"SYSCALL arch=c000003e syscall={number} success=yes exit={exit} a0={first} a1=7f a2=10 a3=0 items=0 ppid={parent} pid={pid} "
            + $"{ids} tty=pts0 ses=3 comm={Value(Name(executable))} exe={Value(executable)} key=(null)");

    /// <summary>The command name: what the kernel keeps of a program's name.</summary>
    public static string Name(string executable) =>
        Path.GetFileName(executable) is { Length: > 15 } name ? name[..15] : Path.GetFileName(executable);

    public static string Value(string text) =>
        text.All(c => c is > ' ' and < (char)0x7F and not '"') ? $"\"{text}\"" : Convert.ToHexString(Encoding.UTF8.GetBytes(text));

    public static string? Read(AuditEvent made, string field) =>
        made[Field.Of(field)] is { IsMissing: false } value ? value.ToString() : null;
}
