using Streams.Events;
using Streams.Events.Tables;

namespace Streams.Host.Output;

/// <summary>What a bind, a listen or an accept is about: addresses and ports, as far as the records have them.</summary>
internal static class SocketLine
{
    /// <summary>The text; null for another event, or where nothing is known.</summary>
    /// <param name="shown">The event.</param>
    /// <param name="beside">Events that may have the bind of its socket.</param>
    public static string? Of(Event shown, IReadOnlyList<Event> beside)
    {
        if (shown is not AuditEvent call) return null;
        return call.SyscallId switch
        {
            SyscallId.Bind when call.Socket.Exists => $"on {call.Socket}",
            SyscallId.Listen => Bound(call, beside) is { } bound ? $"on {bound}" : null,
            SyscallId.Accept or SyscallId.Accept4 when call.Succeeded => Join(Peer(call), Bound(call, beside)),
            _ => null,
        };
    }

    /// <summary>Whether it is an accepted connection, whose stamp is when the call began.</summary>
    public static bool IsAccept(Event shown) =>
        shown is AuditEvent { SyscallId: SyscallId.Accept or SyscallId.Accept4, Succeeded: true };

    private static string Join(string peer, Endpoint? bound) => bound is { } local ? $"{peer} on {local}" : peer;

    // accept(fd, NULL, NULL) leaves no address in the records.
    private static string Peer(AuditEvent accepted) => accepted.Source.Exists ? $"from {accepted.Source}" : "from an unknown client";

    // The last bind of the same descriptor of the same process before it.
    private static Endpoint? Bound(AuditEvent call, IReadOnlyList<Event> beside)
    {
        Endpoint? bound = null;
        foreach (Event other in beside)
        {
            if (ReferenceEquals(other, call)) break;
            if (other is AuditEvent { SyscallId: SyscallId.Bind } bind && bind.Socket.Exists && bind.Process.Pid == call.Process.Pid
                && bind.Call.Argument(0) == call.Call.Argument(0)) bound = bind.Socket;
        }

        return bound;
    }
}
