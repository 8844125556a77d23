namespace Streams.Audit.Netlink;

/// <summary>
/// Whether the collector becomes the audit daemon or reads along. As in Auditbeat: the daemon where rules are configured, else reading
/// along; reading along where nothing can be changed. Beside a living daemon it reads along until that one ends.
/// </summary>
/// <param name="Type">How; null when there is no way.</param>
/// <param name="Reason">Why; without a way, what to do.</param>
internal sealed record SocketChoice(AuditSocketType? Type, string Reason)
{
    /// <summary>Whether it reads along only as long as another process gets the records.</summary>
    public bool WaitsForOwner { get; private init; }

    /// <summary>Decides.</summary>
    public static SocketChoice Of(AuditOptions options, AuditSituation found)
    {
        const string locked = "audit is locked until the next boot";
        bool unicast = options.SocketType == AuditSocketType.Unicast;
        bool multicast = options.SocketType == AuditSocketType.Multicast;
        if (multicast && options.Immutable)
            return No("socket_type multicast and immutable exclude each other: only the audit daemon locks audit; drop one");
        if (multicast && !found.CanReadAlong)
            return No("socket_type multicast needs kernel 3.16; use unicast");
        if (found.Refusal is { } refusal)
            return unicast || !found.CanReadAlong ? No(refusal) : new(AuditSocketType.Multicast, refusal);
        if (found.IsLocked && !options.Immutable)
        {
            if (unicast)
                return No($"{locked}; set immutable to take part without changing anything, or leave out socket_type");
            if (!found.CanReadAlong) return No($"{locked}; set immutable to take part without changing anything");
            return new(AuditSocketType.Multicast, locked);
        }

        if (multicast) return new(AuditSocketType.Multicast, "socket_type asks for it");
        bool wantsUnicast = unicast || found.HasRules || options.Immutable || !found.CanReadAlong;
        if (wantsUnicast && found.Owner is { } owner)
        {
            return found.CanReadAlong
                ? new(AuditSocketType.Multicast, $"{owner} is the audit daemon, and this one when that has ended") { WaitsForOwner = true }
                : No($"{owner} is the audit daemon, and reading along needs kernel 3.16; stop it");
        }

        if (unicast) return new(AuditSocketType.Unicast, "socket_type asks for it");
        if (found.HasRules) return new(AuditSocketType.Unicast, "rules are configured");
        if (options.Immutable) return new(AuditSocketType.Unicast, "immutable is set");
        return found.CanReadAlong
            ? new(AuditSocketType.Multicast, "no rules are configured")
            : new(AuditSocketType.Unicast, "reading along needs kernel 3.16");
    }

    private static SocketChoice No(string reason) => new(null, reason);
}
