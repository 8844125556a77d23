using System.Collections.Frozen;
using Streams.Events.Tables;

namespace Streams.Events.Decoding;

/// <summary>What the arguments of system calls mean: <c>auditd.decoded.NAME</c>. The arguments themselves stay as they are.</summary>
internal static class Decodings
{
    /// <summary>One meaning of one argument.</summary>
    /// <param name="Name">The field's name under <c>auditd.decoded</c>.</param>
    /// <param name="Argument">Which argument, 0 to 3.</param>
    /// <param name="Text">What it says, from the architecture, the argument and the first argument; null for nothing.</param>
    public sealed record Decoding(string Name, int Argument, Func<uint, ulong, ulong, string?> Text)
    {
        public byte[] Property { get; } = JsonText.Name(Name);
    }

    private static readonly (Decoding Decoding, ushort[] Calls)[] Table =
    [
        (new("open_flags", 1, static (arch, value, _) => Flags.Open(arch, value)), [SyscallId.Open]),
        (new("open_flags", 2, static (arch, value, _) => Flags.Open(arch, value)), [SyscallId.Openat, SyscallId.OpenByHandleAt]),
        (new("clone_flags", 0, static (arch, value, _) => IsS390(arch) ? null : Flags.Clone(value)), [SyscallId.Clone]),
        (new("clone_flags", 1, static (arch, value, _) => IsS390(arch) ? Flags.Clone(value) : null), [SyscallId.Clone]),
        (new("namespaces", 0, static (_, value, _) => Flags.Namespaces(value)), [SyscallId.Unshare]),
        (new("namespaces", 1, static (_, value, _) => Flags.Namespaces(value)), [SyscallId.Setns]),
        (new("mmap_protection", 2, static (_, value, _) => Flags.MmapProtection(value)),
            [SyscallId.Mmap, SyscallId.Mmap2, SyscallId.Mprotect]),
        (new("mmap_flags", 3, static (arch, value, _) => Flags.Mmap(arch, value)), [SyscallId.Mmap, SyscallId.Mmap2]),
        (new("ptrace_request", 0, static (_, value, _) => Flags.Ptrace(value)), [SyscallId.Ptrace]),
        (new("socket_domain", 0, static (_, value, _) => Flags.SocketDomain(value)), [SyscallId.Socket, SyscallId.Socketpair]),
        (new("socket_type", 1, static (arch, value, _) => Flags.SocketType(arch, value)), [SyscallId.Socket, SyscallId.Socketpair]),
        (new("socket_protocol", 2, static (_, value, domain) => Flags.SocketProtocol(domain, value)),
            [SyscallId.Socket, SyscallId.Socketpair]),
        (new("mount_flags", 3, static (_, value, _) => Flags.Mount(value)), [SyscallId.Mount]),
        (new("umount_flags", 1, static (_, value, _) => Flags.Umount(value)), [SyscallId.Umount2]),
        (new("access_mode", 1, static (_, value, _) => Flags.Access(value)), [SyscallId.Access]),
        (new("access_mode", 2, static (_, value, _) => Flags.Access(value)), [SyscallId.Faccessat, SyscallId.Faccessat2]),
        (new("fcntl_command", 1, static (_, value, _) => Flags.Fcntl(value)), [SyscallId.Fcntl, SyscallId.Fcntl64]),
        (new("memfd_flags", 1, static (_, value, _) => Flags.Memfd(value)), [SyscallId.MemfdCreate]),
        (new("mode", 1, static (_, value, _) => FileModes.PermissionText((uint)value)),
            [SyscallId.Chmod, SyscallId.Fchmod, SyscallId.Mkdir, SyscallId.Creat]),
        (new("mode", 2, static (_, value, _) => FileModes.PermissionText((uint)value)), [SyscallId.Fchmodat, SyscallId.Mkdirat]),
        (new("signal", 1, static (_, value, _) => Signal(value)),
            [SyscallId.Kill, SyscallId.Tkill, SyscallId.RtSigqueueinfo, SyscallId.PidfdSendSignal]),
        (new("signal", 2, static (_, value, _) => Signal(value)), [SyscallId.Tgkill, SyscallId.RtTgsigqueueinfo]),
    ];

    private static readonly FrozenDictionary<ushort, Decoding[]> ByCall = Table
        .SelectMany(row => row.Calls.Select(call => (Call: call, row.Decoding)))
        .GroupBy(pair => pair.Call)
        .ToFrozenDictionary(group => group.Key, group => group.Select(pair => pair.Decoding).ToArray());

    /// <summary>The meanings of a call's arguments.</summary>
    public static ReadOnlySpan<Decoding> Of(ushort call) => ByCall.TryGetValue(call, out Decoding[]? found) ? found : [];

    private static bool IsS390(uint arch) => arch is Architectures.S390x or Architectures.S390;

    private static string? Signal(ulong value) => value <= 64 ? Signals.Name((int)value) : null;
}
