using System.Text;

namespace Streams.Events.Tables;

/// <summary>
/// System calls by architecture and number (<c>syscalls/*.table</c>). The id of a call is the same on every architecture, so
/// that one comparison with a constant of <see cref="SyscallId"/> is enough.
/// </summary>
/// <remarks>
/// Names are spelled as Auditbeat spells them, and some calls have more than one: <c>mmap</c> and <c>mmap2</c>, <c>stat</c>,
/// <c>stat64</c> and <c>newfstatat</c>, <c>pread</c> and <c>pread64</c>. Ids change with the tables: never store one.
/// </remarks>
public static partial class Syscalls
{
    private const int X32Bit = 0x40000000;

    private static readonly string?[] Names = new string?[Count + 1];

    /// <summary>The id of a system call; <see cref="SyscallId.None"/> if the architecture or the number is not known.</summary>
    /// <param name="arch">The <c>arch</c> field.</param>
    /// <param name="number">The <c>syscall</c> field; on x86_64 bit 30 marks a call of the x32 ABI.</param>
    public static ushort Id(uint arch, int number)
    {
        if (arch == Architectures.X8664)
        {
            var ids = X8664;
            if ((uint)number < (uint)ids.Length) return ids[number];
            return (number & X32Bit) != 0 ? X32Id(number & ~X32Bit) : SyscallId.None;
        }

        var others = IdsOf(arch, out var first);
        number -= first;
        return (uint)number < (uint)others.Length ? others[number] : SyscallId.None;
    }

    /// <summary>The id of what <c>socketcall(2)</c> does: <paramref name="call"/> is its first argument, 1 to 20.</summary>
    public static ushort SocketcallId(ulong call) =>
        call is > 0 and <= 20 && Socketcalls.Name((int)call) is { } name && TryFind(name, out var id) ? id : SyscallId.None;

    /// <summary>The name of a system call; empty for <see cref="SyscallId.None"/> and for what is not an id.</summary>
    public static string Name(ushort id)
    {
        if (id is SyscallId.None or > Count) return "";
        return Names[id] ??= Encoding.ASCII.GetString(NameUtf8(id));
    }

    /// <summary>The name of a system call as UTF-8; empty for <see cref="SyscallId.None"/> and for what is not an id.</summary>
    public static ReadOnlySpan<byte> NameUtf8(ushort id)
    {
        if (id is SyscallId.None or > Count) return [];
        var start = id == 1 ? 0 : Ends[id - 2];
        return Text[start..Ends[id - 1]];
    }

    /// <summary>The names of all system calls.</summary>
    public static IEnumerable<string> All => Enumerable.Range(1, Count).Select(id => Name((ushort)id));

    /// <summary>Finds a system call by name.</summary>
    public static bool TryFind(string name, out ushort id)
    {
        id = SyscallId.None;
        Span<byte> text = stackalloc byte[64];
        return name.Length <= text.Length && Ascii.IsValid(name) && TryFind(text[..Encoding.ASCII.GetBytes(name, text)], out id);
    }

    /// <summary>Finds a system call by its name as UTF-8.</summary>
    public static bool TryFind(ReadOnlySpan<byte> name, out ushort id)
    {
        var low = 1;
        var high = Count;
        while (low <= high)
        {
            var middle = (low + high) / 2;
            var order = name.SequenceCompareTo(NameUtf8((ushort)middle));
            if (order == 0)
            {
                id = (ushort)middle;
                return true;
            }

            if (order < 0) high = middle - 1;
            else low = middle + 1;
        }

        id = SyscallId.None;
        return false;
    }

    private static ushort X32Id(int number)
    {
        var own = number - X32First;
        if ((uint)own < (uint)X32.Length) return X32[own];
        return (uint)number < (uint)X8664.Length ? X8664[number] : SyscallId.None;
    }
}
