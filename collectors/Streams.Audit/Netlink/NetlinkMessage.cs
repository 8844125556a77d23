using System.Runtime.InteropServices;

namespace Streams.Audit.Netlink;

/// <summary>Message types and the header of netlink and of its audit family.</summary>
internal static class NetlinkMessage
{
    public const int HeaderSize = 16;

    public const ushort Error = 2;
    public const ushort Done = 3;
    public const ushort Get = 1000;
    public const ushort Set = 1001;
    public const ushort AddRule = 1011;
    public const ushort DeleteRule = 1012;
    public const ushort ListRules = 1013;
    public const ushort GetFeature = 1019;
    public const ushort Replace = 1329;

    /// <summary>A request that the kernel acknowledges.</summary>
    public static byte[] Request(ushort type, uint sequence, ReadOnlySpan<byte> body)
    {
        const ushort requestAndAcknowledge = 0x01 | 0x04;
        byte[] message = new byte[HeaderSize + ((body.Length + 3) & ~3)];
        var header = new Header
        {
            Length = (uint)(HeaderSize + body.Length),
            Type = type,
            Flags = requestAndAcknowledge,
            Sequence = sequence,
        };
        MemoryMarshal.Write(message, in header);
        body.CopyTo(message.AsSpan(HeaderSize));
        return message;
    }

    /// <summary><c>struct nlmsghdr</c>. The length of audit records in it is not to be relied on: the datagram's counts.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct Header
    {
        public uint Length;
        public ushort Type;
        public ushort Flags;
        public uint Sequence;
        public uint Port;
    }
}
