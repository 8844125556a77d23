using System.Buffers.Text;

namespace Streams.Events.Decoding;

/// <summary>
/// What routing asks of every system call: which, and what it came to. They stand at the beginning of a SYSCALL record, in an order that
/// the kernel never changed (audit_log_exit of kernel/auditsc.c), so they can be read without cutting up the rest.
/// </summary>
internal struct CallFacts
{
    public bool IsRead;
    public bool HasNumber;
    public uint Arch;
    public int Number;
    public AuditResult Result;
    public long Exit;
    public ulong Argument;

    public static CallFacts Read(ReadOnlySpan<byte> text)
    {
        CallFacts facts = default;
        if (!text.StartsWith("arch="u8)) return facts;
        if (!Utf8Parser.TryParse(text[5..], out facts.Arch, out int length, 'x')) return facts;
        text = text[(5 + length)..];
        if (!text.StartsWith(" syscall="u8) || !Utf8Parser.TryParse(text[9..], out facts.Number, out length)) return facts;
        facts.HasNumber = true;
        text = text[(9 + length)..];
        if (text.StartsWith(" per="u8))
        {
            int end = text[5..].IndexOf((byte)' ');
            text = end < 0 ? default : text[(5 + end)..];
        }

        // Where the call has not returned there is neither.
        if (text.StartsWith(" success=yes exit="u8)) facts.Result = AuditResult.Success;
        else if (text.StartsWith(" success=no exit="u8)) facts.Result = AuditResult.Fail;
        else if (!text.StartsWith(" a0="u8)) return facts;
        if (facts.Result != AuditResult.None)
        {
            text = text[(facts.Result == AuditResult.Success ? " success=yes exit=" : " success=no exit=").Length..];
            int end = text.IndexOf((byte)' ');
            if (end < 0 || !ExitCode.TryParse(text[..end], out facts.Exit)) return facts;
            text = text[end..];
        }

        if (!text.StartsWith(" a0="u8)) return facts;
        facts.IsRead = Utf8Parser.TryParse(text[4..], out facts.Argument, out _, 'x');
        return facts;
    }
}
