namespace Streams.Events;

/// <summary>One end of a connection, or the address a socket is bound to.</summary>
/// <param name="Address">The address as text (IPv4-mapped IPv6 as IPv4), or the path of a unix socket, or null.</param>
/// <param name="Port">The port, or 0.</param>
public readonly partial record struct Endpoint(string? Address, int Port)
{
    /// <summary>Whether there is an address.</summary>
    public bool Exists => Address is not null;

    /// <inheritdoc/>
    public override string ToString() =>
        Address is null ? "?"
        : Port == 0 ? Address
        : Address.Contains(':', StringComparison.Ordinal) ? $"[{Address}]:{Port}"
        : $"{Address}:{Port}";
}
