using System.Runtime.InteropServices;

namespace Streams.Audit.Netlink;

/// <summary>The system calls of the audit socket. All set the last P/Invoke error when they return -1.</summary>
internal static unsafe partial class Libc
{
    public const int AfNetlink = 16;
    public const int SockRaw = 3;
    public const int SockCloexec = 0x80000;
    public const int NetlinkAudit = 9;
    public const int SolSocket = 1;
    public const int SoRcvbuf = 8;
    public const int SoRcvbufforce = 33;
    public const int SolNetlink = 270;
    public const int NetlinkAddMembership = 1;
    public const int NetlinkDropMembership = 2;
    public const int MsgDontwait = 0x40;
    public const short PollIn = 1;

    public const int Eperm = 1;
    public const int Eintr = 4;
    public const int Eagain = 11;
    public const int Eexist = 17;
    public const int Einval = 22;
    public const int Enobufs = 105;
    public const int Etimedout = 110;
    public const int Econnrefused = 111;

    private const string Library = "libc";

    [LibraryImport(Library, EntryPoint = "socket", SetLastError = true)]
    public static partial int Socket(int domain, int type, int protocol);

    [LibraryImport(Library, EntryPoint = "bind", SetLastError = true)]
    public static partial int Bind(AuditSocket socket, in NetlinkAddress address, int length);

    [LibraryImport(Library, EntryPoint = "connect", SetLastError = true)]
    public static partial int Connect(AuditSocket socket, in NetlinkAddress address, int length);

    [LibraryImport(Library, EntryPoint = "close")]
    public static partial int Close(nint descriptor);

    [LibraryImport(Library, EntryPoint = "setsockopt", SetLastError = true)]
    public static partial int SetSocketOption(AuditSocket socket, int level, int name, in int value, int length);

    [LibraryImport(Library, EntryPoint = "getsockopt", SetLastError = true)]
    public static partial int GetSocketOption(AuditSocket socket, int level, int name, out int value, ref int length);

    [LibraryImport(Library, EntryPoint = "sendto", SetLastError = true)]
    public static partial nint SendTo(
        AuditSocket socket, ReadOnlySpan<byte> message, nint length, int flags, in NetlinkAddress to, int addressLength);

    [LibraryImport(Library, EntryPoint = "recvfrom", SetLastError = true)]
    public static partial nint ReceiveFrom(
        AuditSocket socket, Span<byte> buffer, nint length, int flags, out NetlinkAddress from, ref int addressLength);

    [LibraryImport(Library, EntryPoint = "recvmmsg", SetLastError = true)]
    public static partial int ReceiveMany(AuditSocket socket, MessageHeader* messages, uint count, int flags, nint timeout);

    [LibraryImport(Library, EntryPoint = "poll", SetLastError = true)]
    public static partial int Poll(Span<PollDescriptor> descriptors, nuint count, int milliseconds);

    /// <summary>Waits for a time that poll is too coarse for.</summary>
    public static int Poll(Span<PollDescriptor> descriptors, int microseconds)
    {
        Span<long> time = [microseconds / 1_000_000, microseconds % 1_000_000 * 1000L];
        return PollPrecisely(descriptors, (nuint)descriptors.Length, time, 0);
    }

    [LibraryImport(Library, EntryPoint = "ppoll", SetLastError = true)]
    private static partial int PollPrecisely(Span<PollDescriptor> descriptors, nuint count, ReadOnlySpan<long> time, nint signals);

    [LibraryImport(Library, EntryPoint = "eventfd", SetLastError = true)]
    public static partial int EventDescriptor(uint initial, int flags);

    [LibraryImport(Library, EntryPoint = "write", SetLastError = true)]
    public static partial nint Write(WakeDescriptor descriptor, ReadOnlySpan<byte> bytes, nint length);

    /// <summary><c>struct sockaddr_nl</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct NetlinkAddress
    {
        public ushort Family;
        public ushort Padding;
        public uint Port;
        public uint Groups;
    }

    /// <summary><c>struct pollfd</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct PollDescriptor
    {
        public int Descriptor;
        public short Events;
        public short Returned;
    }

    /// <summary><c>struct iovec</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct Vector
    {
        public byte* Base;
        public nuint Length;
    }

    /// <summary><c>struct mmsghdr</c>, of 64-bit machines: a <c>struct msghdr</c> and the length of what came.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct MessageHeader
    {
        public NetlinkAddress* Address;
        public uint AddressLength;
        public Vector* Vectors;
        public nuint VectorCount;
        public void* Ancillary;
        public nuint AncillaryLength;
        public int Flags;
        public int Padding;
        public uint Length;
    }
}
