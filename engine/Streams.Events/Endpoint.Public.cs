using Streams.Events.Decoding;

namespace Streams.Events;

public readonly partial record struct Endpoint
{
    /// <summary>
    /// Whether it is an address of somebody else on the Internet: not loopback, private, link-local, unique local, carrier-grade NAT,
    /// multicast, broadcast or unspecified. The documentation ranges count as public, since they stand for the Internet in examples.
    /// </summary>
    public bool IsPublic => Addresses.IsPublic(Address);
}
