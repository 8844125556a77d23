using System.Buffers.Text;

namespace Streams.Audit.Processes;

/// <summary>Who made a call, as spans over its SYSCALL record.</summary>
internal readonly ref struct Caller
{
    private readonly ReadOnlySpan<byte> _rest;

    private Caller(int parent, int pid, ReadOnlySpan<byte> rest)
    {
        ParentPid = parent;
        Pid = pid;
        _rest = rest;
    }

    public int Pid { get; }

    public int ParentPid { get; }

    /// <summary><c>auid=… uid=… … fsgid=… tty=… ses=…</c>; empty in a record of io_uring, which does not have all of them.</summary>
    public ReadOnlySpan<byte> Ids { get; private init; }

    /// <summary>The command name of the thread as the record has it, in quotes or hexadecimal; empty when it has none.</summary>
    public ReadOnlySpan<byte> Name { get; private init; }

    /// <summary>The program's file as the record has it; empty when it has none.</summary>
    public ReadOnlySpan<byte> Executable { get; private init; }

    /// <summary>Reads the numbers; the rest is for <see cref="Whole"/>.</summary>
    // … ppid=1 pid=2 auid=… uid=… gid=… euid=… suid=… fsuid=… egid=… sgid=… fsgid=… tty=… ses=… comm="…" exe="…" …, the order in which
    // audit_log_task_info (kernel/audit.c) writes them. Nothing before holds what somebody else chose.
    public static bool TryReadNumbers(ReadOnlySpan<byte> text, out Caller caller)
    {
        caller = default;
        int found = text.IndexOf(" ppid="u8);
        if (found < 0) return false;
        text = text[(found + 6)..];
        if (!Utf8Parser.TryParse(text, out int parent, out int used) || !text[used..].StartsWith(" pid="u8)) return false;
        text = text[(used + 5)..];
        if (!Utf8Parser.TryParse(text, out int pid, out used) || pid <= 0) return false;
        text = text[used..];
        caller = new Caller(parent, pid, text.IsEmpty ? text : text[1..]);
        return true;
    }

    /// <summary>The same with ids and names.</summary>
    public Caller Whole()
    {
        ReadOnlySpan<byte> text = _rest;
        int end = text.IndexOf(" comm="u8);
        ReadOnlySpan<byte> ids = end < 0 ? default : text[..end];
        if (end >= 0) text = text[end..];
        ReadOnlySpan<byte> name = Field(ref text, " comm="u8);
        ReadOnlySpan<byte> executable = Field(ref text, " exe="u8);
        return new Caller(ParentPid, Pid, _rest) { Ids = ids, Name = name, Executable = executable };
    }

    /// <summary>
    /// Whether the record says of a process what is known of it, letter for letter: most do, and need not be taken apart.
    /// </summary>
    public bool IsAsKnown(KnownProcess process)
    {
        ReadOnlySpan<byte> rest = _rest;
        return ParentPid == process.ParentPid && Skip(ref rest, process.Ids) && Skip(ref rest, " comm="u8) && Skip(ref rest, process.Name)
            && Skip(ref rest, " exe="u8) && Skip(ref rest, process.Executable) && (rest.IsEmpty || rest[0] == ' ');
    }

    /// <summary>The number after a key; 0 when there is none.</summary>
    public static int Number(ReadOnlySpan<byte> text, ReadOnlySpan<byte> key)
    {
        int found = text.IndexOf(key);
        return found >= 0 && Utf8Parser.TryParse(text[(found + key.Length)..], out int number, out _) ? number : 0;
    }

    /// <summary>The value after a key, to the next space; the text goes on behind it.</summary>
    public static ReadOnlySpan<byte> Field(scoped ref ReadOnlySpan<byte> text, scoped ReadOnlySpan<byte> key)
    {
        int found = text.IndexOf(key);
        if (found < 0) return default;
        text = text[(found + key.Length)..];
        int end = text.IndexOf((byte)' ');
        ReadOnlySpan<byte> value = end < 0 ? text : text[..end];
        text = text[value.Length..];
        return value.IsEmpty || value[0] is (byte)'(' or (byte)'?' ? default : value;
    }

    private static bool Skip(scoped ref ReadOnlySpan<byte> text, scoped ReadOnlySpan<byte> expected)
    {
        if (!text.StartsWith(expected)) return false;
        text = text[expected.Length..];
        return true;
    }
}
