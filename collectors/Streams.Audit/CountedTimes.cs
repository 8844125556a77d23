using System.Runtime.CompilerServices;
using Streams.Events;

namespace Streams.Audit;

/// <summary>When events of logs count as having occurred, of those few that claim a time which is not believed.</summary>
internal sealed class CountedTimes
{
    private readonly ConditionalWeakTable<AuditEvent, StrongBox<long>> _times = [];
    private bool _hasAny;

    /// <summary>Notes that an event counts as of another time, in ticks of 100 ns, UTC.</summary>
    public void Set(AuditEvent e, long time)
    {
        _hasAny = true;
        _times.AddOrUpdate(e, new StrongBox<long>(time));
    }

    /// <summary>The time that an event counts as, where that is not its own; null for nearly all.</summary>
    public long? Of(AuditEvent e) => _hasAny && _times.TryGetValue(e, out StrongBox<long>? time) ? time.Value : null;
}
