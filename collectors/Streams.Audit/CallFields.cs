using System.Buffers.Text;
using Streams.Events.Tables;

namespace Streams.Audit;

/// <summary>The fields of a SYSCALL record that say which other records belong to it.</summary>
internal readonly struct CallFields
{
    // The errors with which connect and bind return before the kernel has copied the address, and so without a SOCKADDR.
    private const int BadDescriptor = -9, BadAddress = -14, InvalidArgument = -22, NotASocket = -88;

    private readonly long _exit;

    private CallFields(int items, ushort call, bool succeeded, long exit)
    {
        Items = items;
        Call = call;
        Succeeded = succeeded;
        _exit = exit;
    }

    public int Items { get; }

    /// <summary>Which call; what socketcall(2) does counts as the call that it stands for.</summary>
    public ushort Call { get; }

    public bool Succeeded { get; }

    public bool HasCopiedAddress => _exit is not (BadDescriptor or BadAddress or InvalidArgument or NotASocket);

    // arch=c000003e syscall=59 success=yes exit=0 a0=… a1=… a2=… a3=… items=2 …: the order in which audit_log_exit
    // (kernel/auditsc.c) writes them; success and exit are absent when the task ended within the call.
    public static CallFields Read(ReadOnlySpan<byte> text)
    {
        int found = text.IndexOf(" items="u8);
        int items = found >= 0 && Utf8Parser.TryParse(text[(found + 7)..], out int count, out _) ? count : 0;
        if (!text.StartsWith("arch="u8)) return new CallFields(items, SyscallId.None, false, 0);
        ReadOnlySpan<byte> rest = text[5..];
        if (!Utf8Parser.TryParse(rest, out uint arch, out int used, 'x')) return new CallFields(items, SyscallId.None, false, 0);
        rest = rest[used..];
        if (rest.StartsWith(" per="u8)) rest = rest[Math.Max(rest[1..].IndexOf((byte)' ') + 1, 0)..];
        if (!rest.StartsWith(" syscall="u8) || !Utf8Parser.TryParse(rest[9..], out int number, out used))
            return new CallFields(items, SyscallId.None, false, 0);
        rest = rest[(9 + used)..];
        ushort call = Syscalls.Id(arch, number);

        bool succeeded = rest.StartsWith(" success=yes"u8);
        long exit = 0;
        if (call is SyscallId.Connect or SyscallId.Bind or SyscallId.Socketcall)
        {
            exit = Exit(rest);
            if (call == SyscallId.Socketcall) call = Called(rest);
        }

        return new CallFields(items, call, succeeded, exit);
    }

    // Some kernels write it without its sign.
    private static long Exit(ReadOnlySpan<byte> rest)
    {
        int found = rest.IndexOf(" exit="u8);
        if (found < 0) return 0;
        rest = rest[(found + 6)..];
        if (Utf8Parser.TryParse(rest, out long signed, out _)) return signed;
        return Utf8Parser.TryParse(rest, out ulong unsigned, out _) ? unchecked((long)unsigned) : 0;
    }

    private static ushort Called(ReadOnlySpan<byte> rest)
    {
        int found = rest.IndexOf(" a0="u8);
        bool known = Utf8Parser.TryParse(found < 0 ? default : rest[(found + 4)..], out ulong call, out _, 'x');
        return known ? Syscalls.SocketcallId(call) : SyscallId.Socketcall;
    }
}
