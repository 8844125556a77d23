using System.Buffers.Text;

namespace Streams.Audit.Processes;

/// <summary>Who made a call, as spans over its SYSCALL record.</summary>
internal readonly ref struct Caller
{
    public int Pid { get; private init; }

    public int ParentPid { get; private init; }

    /// <summary><c>auid=… uid=… … fsgid=… tty=… ses=…</c>; empty in a record of io_uring, which does not have all of them.</summary>
    public ReadOnlySpan<byte> Ids { get; private init; }

    /// <summary>The command name of the thread as the record has it, in quotes or hexadecimal; empty when it has none.</summary>
    public ReadOnlySpan<byte> Name { get; private init; }

    /// <summary>The program's file as the record has it; empty when it has none.</summary>
    public ReadOnlySpan<byte> Executable { get; private init; }

    // … ppid=1 pid=2 auid=… uid=… gid=… euid=… suid=… fsuid=… egid=… sgid=… fsgid=… tty=… ses=… comm="…" exe="…" …, the order in which
    // audit_log_task_info (kernel/audit.c) writes them. Nothing before holds what somebody else chose.
    public static bool TryRead(ReadOnlySpan<byte> text, out Caller caller)
    {
        caller = default;
        int found = text.IndexOf(" ppid="u8);
        if (found < 0) return false;
        text = text[(found + 6)..];
        if (!Utf8Parser.TryParse(text, out int parent, out int used) || !text[used..].StartsWith(" pid="u8)) return false;
        text = text[(used + 5)..];
        if (!Utf8Parser.TryParse(text, out int pid, out used) || pid <= 0) return false;
        text = text[used..].TrimStart((byte)' ');
        int end = text.IndexOf(" comm="u8);
        ReadOnlySpan<byte> ids = end < 0 ? default : text[..end];
        if (end >= 0) text = text[end..];
        ReadOnlySpan<byte> name = Field(ref text, " comm="u8);
        ReadOnlySpan<byte> executable = Field(ref text, " exe="u8);
        caller = new Caller { Pid = pid, ParentPid = parent, Ids = ids, Name = name, Executable = executable };
        return true;
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
}
