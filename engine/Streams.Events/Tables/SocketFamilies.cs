namespace Streams.Events.Tables;

/// <summary>
/// Families of socket addresses (<c>socket-families.table</c>), spelled as Auditbeat does: <c>ipv4</c>, <c>ipv6</c>,
/// <c>unix</c>, <c>netlink</c> …
/// </summary>
public static partial class SocketFamilies
{
    /// <summary>AF_UNSPEC.</summary>
    public const int Unspec = 0;

    /// <summary>AF_UNIX.</summary>
    public const int Unix = 1;

    /// <summary>AF_INET.</summary>
    public const int Ipv4 = 2;

    /// <summary>AF_INET6.</summary>
    public const int Ipv6 = 10;

    /// <summary>AF_NETLINK.</summary>
    public const int Netlink = 16;

    /// <summary>AF_PACKET.</summary>
    public const int Packet = 17;

    /// <summary>AF_BLUETOOTH.</summary>
    public const int Bluetooth = 31;

    /// <summary>AF_VSOCK.</summary>
    public const int Vsock = 40;

    /// <summary>The name of a family, or null.</summary>
    public static string? Name(int family) => (uint)family < (uint)Names.Length ? Names[family] : null;
}
