using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace Streams.Files.Watching;

/// <summary>Reads from <c>/proc</c> who changes files, at once: the process may have ended the next moment. One thread.</summary>
/// <param name="ended">What is known of a process that <c>/proc</c> has no more; null for nothing.</param>
/// <param name="proc">The folder of the processes.</param>
internal sealed class ActorReader(Func<int, FileActor?>? ended, string proc = "/proc")
{
    private const int MaxAncestors = 16;

    // Processes that changed something lately; full, all are forgotten.
    private const int Limit = 4096;

    private readonly Dictionary<int, (long Start, string Name, FileActor Actor)> _known = [];
    private readonly byte[] _buffer = new byte[4096];

    /// <summary>The process; null when nothing is known of it (a process in another container has the number 0).</summary>
    public FileActor? Read(int pid)
    {
        if (pid <= 0) return null;
        if (!TryReadStatus(pid, out int parent, out long start, out string name))
            return ended?.Invoke(pid) ?? Remembered(pid) ?? new FileActor(pid);

        // An exec changes the program, and nearly always the name with it.
        if (_known.TryGetValue(pid, out (long Start, string Name, FileActor Actor) known) && known.Start == start && known.Name == name)
            return known.Actor;
        string? executable = Executable(pid);

        // One that has ended and was not waited for has a name still, but no program (proc_pid_exe(5)): others may have seen it before.
        if (executable is null && ended?.Invoke(pid) is { Executable: not null } seen) return seen;
        var actor = new FileActor(
            pid, executable, FileSystemUser(pid), AuditUser: Number(pid, "loginuid"), Session: Number(pid, "sessionid"),
            Ancestors: Ancestors(parent), Name: name)
        {
            ParentExecutable = parent > 0 ? Executable(parent) : null,
        };
        if (_known.Count >= Limit) _known.Clear();
        _known[pid] = (start, name, actor);
        return actor;
    }

    private FileActor? Remembered(int pid) => _known.TryGetValue(pid, out var known) ? known.Actor : null;

    // Threads of the kernel among them have no program.
    private List<string> Ancestors(int pid)
    {
        var ancestors = new List<string>();
        for (int i = 0; pid > 0 && i < MaxAncestors && TryReadStatus(pid, out int parent, out _, out _); i++)
        {
            if (Executable(pid) is { } program) ancestors.Add(program);
            pid = parent;
        }

        return ancestors;
    }

    // proc_pid_stat(5): PID (name) state ppid … starttime, the 22nd. The name may hold anything, parentheses too.
    private bool TryReadStatus(int pid, out int parent, out long start, out string name)
    {
        (parent, start, name) = (0, 0, "");
        ReadOnlySpan<byte> text = ReadFile(pid, "stat");
        int open = text.IndexOf((byte)'(');
        int close = text.LastIndexOf((byte)')');
        if (open < 0 || close < open || close + 4 > text.Length) return false;
        name = Encoding.UTF8.GetString(text[(open + 1)..close]);
        ReadOnlySpan<byte> rest = text[(close + 4)..];
        for (int field = 4; field <= 22; field++)
        {
            if (!Utf8Parser.TryParse(rest, out long number, out int used)) return false;
            if (field == 4) parent = (int)number;
            if (field == 22) start = number;
            rest = rest[used..].TrimStart((byte)' ');
        }

        return true;
    }

    // The fourth: the rights to files go by it.
    private uint? FileSystemUser(int pid)
    {
        const string key = "\nUid:";
        string text = Encoding.ASCII.GetString(ReadFile(pid, "status"));
        int found = text.IndexOf(key, StringComparison.Ordinal);
        if (found < 0) return null;
        string[] parts = text[(found + key.Length)..].Split('\n', 2)[0].Split('\t', StringSplitOptions.RemoveEmptyEntries);
        return parts.Length == 4 && uint.TryParse(parts[3], NumberStyles.None, CultureInfo.InvariantCulture, out uint id) ? id : null;
    }

    private uint? Number(int pid, string file) =>
        Utf8Parser.TryParse(ReadFile(pid, file), out uint number, out _) && number != uint.MaxValue ? number : null;

    // A path: what the kernel cannot name by one begins otherwise ("(unreachable)").
    private string? Executable(int pid) =>
        Libc.TargetOf($"{proc}/{pid.ToString(CultureInfo.InvariantCulture)}/exe") is ['/', ..] path ? path : null;

    private ReadOnlySpan<byte> ReadFile(int pid, string file)
    {
        using var descriptor = new Descriptor(
            Libc.Open($"{proc}/{pid.ToString(CultureInfo.InvariantCulture)}/{file}", Libc.ReadOnly | Libc.CloseOnExec));
        if (descriptor.IsInvalid) return default;
        nint length = Libc.Read(descriptor, _buffer, _buffer.Length);
        return _buffer.AsSpan(0, (int)Math.Max(length, 0));
    }
}
