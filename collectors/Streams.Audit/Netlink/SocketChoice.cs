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

    /// <summary>Whether there is no way because of what is configured: other options would do.</summary>
    public bool IsMisconfigured { get; private init; }

    /// <summary>Decides.</summary>
    public static SocketChoice Of(AuditOptions options, AuditSituation found)
    {
        const string locked = "audit is locked until the next boot";
        bool unicast = options.SocketType == AuditSocketType.Unicast;
        bool multicast = options.SocketType == AuditSocketType.Multicast;
        bool readsAlong = found.AlongRefusal is null;
        if (multicast && options.Immutable)
            return Wrong("socket_type multicast and immutable exclude each other: only the audit daemon locks audit; drop one");
        if (multicast && !readsAlong) return No($"socket_type asks for multicast, but {found.AlongRefusal}");
        if (found.Refusal is { } refusal)
        {
            if (unicast) return No(refusal);
            return readsAlong ? new(AuditSocketType.Multicast, refusal) : No($"{refusal}; {found.AlongRefusal}");
        }

        if (found.IsLocked && !options.Immutable)
        {
            if (unicast)
                return Wrong($"{locked}; set immutable to take part without changing anything, or leave out socket_type");
            return readsAlong
                ? new(AuditSocketType.Multicast, locked)
                : Wrong($"{locked}; set immutable to take part without changing anything, as {found.AlongRefusal}");
        }

        if (multicast) return new(AuditSocketType.Multicast, "socket_type asks for it");
        bool wantsUnicast = unicast || found.HasRules || options.Immutable || !readsAlong;
        // As Auditbeat, which refuses to start: what is asked for is that audited programs never wait, and here they would.
        if (wantsUnicast && found is { IsLocked: false, Status.CanSetWaitTime: false }
            && OwnedSettings.LeavesNoWait(options.BackpressureStrategy))
        {
            return Wrong(
                $"backpressure_strategy is {options.BackpressureStrategy.ToString().ToLowerInvariant()}, but this kernel cannot set "
                + "backlog_wait_time (3.14 and later can); set it to auto, userspace or none");
        }

        if (wantsUnicast && found.Owner is { } owner)
        {
            return readsAlong
                ? new(AuditSocketType.Multicast, $"{owner} is the audit daemon, and this one when that has ended") { WaitsForOwner = true }
                : No($"{owner} is the audit daemon; stop it, as {found.AlongRefusal}");
        }

        string reason = (unicast, found.HasRules, options.Immutable, readsAlong) switch
        {
            (true, _, _, _) => "socket_type asks for it",
            (_, true, _, _) => "rules are configured",
            (_, _, true, _) => "immutable is set",
            (_, _, _, false) => found.AlongRefusal!,
            _ => "no rules are configured",
        };
        if (found.IsLocked) reason += $"; {locked}, so nothing is changed";
        return new(wantsUnicast ? AuditSocketType.Unicast : AuditSocketType.Multicast, reason);
    }

    private static SocketChoice No(string reason) => new(null, reason);

    private static SocketChoice Wrong(string reason) => new(null, reason) { IsMisconfigured = true };
}
