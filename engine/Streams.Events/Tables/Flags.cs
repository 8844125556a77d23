using System.Buffers.Binary;

namespace Streams.Events.Tables;

/// <summary>
/// Arguments of system calls as text (<c>flags.table</c>): <c>O_WRONLY|O_CREAT|O_TRUNC</c>. Bits without a name are one number
/// at the end, <c>0x…</c>; a value without a name is that number.
/// </summary>
/// <remarks>The texts are kept and shared, so that a value that comes again allocates nothing.</remarks>
public static class Flags
{
    private static readonly BoundedCache<string> Texts = new(Compute);

    private const uint Arm = 0x28;

    private const uint Ppc = 0x14;

    private const uint Mips = 0x8;

    private enum Kind
    {
        Open, Clone, Namespaces, MmapProtection, Mmap, Ptrace, SocketDomain, SocketType, SocketProtocol, Mount, Umount, Access, Fcntl,
        Seek, Memfd,
    }

    /// <summary>The flags of open(2) and openat(2), the access mode first.</summary>
    public static string Open(uint arch, ulong value) => Text(Kind.Open, value & 0xFFFFFFFF, Family(arch));

    /// <summary>The flags of clone(2) and clone3(2), the signal of the end (the low byte) last; <c>0</c> for none.</summary>
    /// <remarks>On s390x the flags of clone(2) are its second argument, not its first.</remarks>
    public static string Clone(ulong value) => Text(Kind.Clone, value);

    /// <summary>The flags of unshare(2) and setns(2); <c>0</c> for none.</summary>
    public static string Namespaces(ulong value) => Text(Kind.Namespaces, value & 0xFFFFFFFF);

    /// <summary>The protection of mmap(2) and mprotect(2); <c>PROT_NONE</c> for none.</summary>
    public static string MmapProtection(ulong value) => Text(Kind.MmapProtection, value & 0xFFFFFFFF);

    /// <summary>The flags of mmap(2), shared or private first.</summary>
    public static string Mmap(uint arch, ulong value) => Text(Kind.Mmap, value & 0xFFFFFFFF, Family(arch));

    /// <summary>The request of ptrace(2).</summary>
    public static string Ptrace(ulong value) => Text(Kind.Ptrace, value);

    /// <summary>The domain of socket(2): <c>AF_INET</c>.</summary>
    public static string SocketDomain(ulong value) => Text(Kind.SocketDomain, value & 0xFFFFFFFF);

    /// <summary>The type of socket(2) and its flags: <c>SOCK_STREAM|SOCK_CLOEXEC</c>.</summary>
    public static string SocketType(uint arch, ulong value) => Text(Kind.SocketType, value & 0xFFFFFFFF, Family(arch));

    /// <summary>The protocol of socket(2), which depends on its domain; <c>0</c> where the domain has only one.</summary>
    public static string SocketProtocol(ulong domain, ulong value) =>
        Text(Kind.SocketProtocol, value & 0xFFFFFFFF, domain is < 0x10000 ? (uint)domain : 0xFFFF);

    /// <summary>The flags of mount(2), without the magic number of old programs; <c>0</c> for none.</summary>
    public static string Mount(ulong value) => Text(Kind.Mount, value & 0xFFFFFFFF);

    /// <summary>The flags of umount2(2); <c>0</c> for none.</summary>
    public static string Umount(ulong value) => Text(Kind.Umount, value & 0xFFFFFFFF);

    /// <summary>The mode of access(2); <c>F_OK</c> for none.</summary>
    public static string Access(ulong value) => Text(Kind.Access, value & 0xFFFFFFFF);

    /// <summary>The command of fcntl(2).</summary>
    public static string Fcntl(ulong value) => Text(Kind.Fcntl, value & 0xFFFFFFFF);

    /// <summary>The third argument of lseek(2).</summary>
    public static string Seek(ulong value) => Text(Kind.Seek, value & 0xFFFFFFFF);

    /// <summary>The flags of memfd_create(2); <c>0</c> for none.</summary>
    public static string Memfd(ulong value) => Text(Kind.Memfd, value & 0xFFFFFFFF);

    // The kind in the upper half; in the lower what else the text depends on: the family of the architecture, or the domain.
    private static string Text(Kind kind, ulong value, uint detail = 0) => Texts.Get(((uint)kind << 16) | detail, value);

    // Architectures that number flags alike, by the ELF machine of one of them.
    private static uint Family(uint arch) => arch switch
    {
        Architectures.Arm or Architectures.Armeb or Architectures.Aarch64 => Arm,
        Architectures.Ppc or Architectures.Ppc64 or Architectures.Ppc64le => Ppc,
        Architectures.Mips or Architectures.Mipsel or Architectures.Mips64 or Architectures.Mipsel64 or Architectures.Mips64n32
            or Architectures.Mipsel64n32 => Mips,
        _ => 0,
    };

    private static string Compute(uint key, ulong value)
    {
        var arch = key & 0xFFFF;
        return (Kind)(key >> 16) switch
        {
            Kind.Open => Join(FlagTables.OpenAccess.Value(value & 3), value & ~3UL, OpenBits(arch)),
            Kind.Clone => CloneText(value),
            Kind.Namespaces => Bits(FlagTables.Namespaces, value),
            Kind.MmapProtection => Bits(FlagTables.MmapProtection, value, "PROT_NONE"),
            Kind.Mmap when (value & 0xF) == 0 => Bits(MmapBits(arch), value),
            Kind.Mmap => Join(FlagTables.MmapSharing.Value(value & 0xF), value & ~0xFUL, MmapBits(arch)),
            Kind.Ptrace => FlagTables.Ptrace.Value(value),
            Kind.SocketDomain => FlagTables.SocketDomain.Value(value),
            Kind.SocketType when arch == Mips =>
                Join(FlagTables.SocketTypeMips.Value(value & 0xF), value & ~0xFUL, FlagTables.SocketTypeFlagsMips),
            Kind.SocketType => Join(FlagTables.SocketType.Value(value & 0xF), value & ~0xFUL, FlagTables.SocketTypeFlags),
            Kind.SocketProtocol => ProtocolText(arch, value),
            // Before Linux 2.4 the upper half had to be 0xC0ED, and some programs still set it.
            Kind.Mount => Bits(FlagTables.Mount, (value & 0xFFFF0000) == 0xC0ED0000 ? value & 0xFFFF : value),
            Kind.Umount => Bits(FlagTables.Umount, value),
            Kind.Access => Bits(FlagTables.Access, value, "F_OK"),
            Kind.Fcntl => FlagTables.Fcntl.Value(value),
            Kind.Seek => FlagTables.Seek.Value(value),
            Kind.Memfd => Bits(FlagTables.Memfd, value),
            _ => throw new ArgumentOutOfRangeException(nameof(key)),
        };
    }

    private static FlagTable OpenBits(uint arch) => arch switch
    {
        Arm => FlagTables.OpenArm,
        Ppc => FlagTables.OpenPpc,
        Mips => FlagTables.OpenMips,
        _ => FlagTables.Open,
    };

    private static FlagTable MmapBits(uint arch) => arch switch
    {
        Ppc => FlagTables.MmapPpc,
        Mips => FlagTables.MmapMips,
        _ => FlagTables.Mmap,
    };

    private static string CloneText(ulong value)
    {
        var parts = new List<string>();
        FlagTables.Clone.AddBits(value & ~0xFFUL, parts);
        var signal = (int)(value & 0xFF);
        if (signal != 0) parts.Add(Signals.Name(signal) ?? FlagTable.Number((ulong)signal));
        return parts.Count == 0 ? "0" : string.Join('|', parts);
    }

    private static string ProtocolText(uint domain, ulong value) => (int)domain switch
    {
        SocketFamilies.Ipv4 or SocketFamilies.Ipv6 => FlagTables.IpProtocol.Value(value),
        SocketFamilies.Netlink => FlagTables.NetlinkProtocol.Value(value),
        SocketFamilies.Packet when value != 0 => FlagTables.PacketProtocol.Value(BinaryPrimitives.ReverseEndianness((ushort)value)),
        SocketFamilies.Bluetooth => FlagTables.BluetoothProtocol.Value(value),
        _ when value == 0 => "0",
        _ => FlagTable.Number(value),
    };

    private static string Bits(FlagTable table, ulong value, string none = "0")
    {
        if (value == 0) return none;
        var parts = new List<string>();
        table.AddBits(value, parts);
        return string.Join('|', parts);
    }

    private static string Join(string first, ulong rest, FlagTable table)
    {
        if (rest == 0) return first;
        var parts = new List<string> { first };
        table.AddBits(rest, parts);
        return string.Join('|', parts);
    }
}
