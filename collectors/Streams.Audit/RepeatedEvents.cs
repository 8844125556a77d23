using Streams.Events;
using Streams.Events.Tables;

namespace Streams.Audit;

/// <summary>
/// Leaves out what several logs of one host have in common, as audit.log and the messages that a syslog server keeps of it. Events of the
/// same stamp and serial are the same one when they come from two logs, from one host or from records that name none, and one of them has
/// each record of the other, word for word or cut at its end: hosts that were started at once count alike, but do not do the same.
/// </summary>
/// <remarks>
/// One copy may have lost records on its way, or a line may be cut, so that an event waits until its copies have come: while the stamps
/// move on by <see cref="Window"/>, and as long as there is room. The copy that has all records of the other is published, in the place of
/// the first. Copies that contradict each other are two events: a user who may write a line into a log (logger(1)) adds an event by it and
/// takes none away. So a copy with further records of a type replaces one that has records of that type only where those lack some. What
/// has been published is remembered for a while longer. Not safe for several threads.
/// </remarks>
/// <param name="publish">Takes the events.</param>
/// <param name="unnamed">The host of records that name none.</param>
internal sealed class RepeatedEvents(Action<AuditEvent> publish, string unnamed)
{
    // A log has its events in the order in which they are complete, which is at most the timeout of the joiner behind their stamps.
    private static readonly long Window = TimeSpan.FromSeconds(5).Ticks;

    private const int MaxWaiting = 4096;
    private const long MaxWaitingBytes = 16 << 20;
    private const int MaxKnown = 16_384;
    private const long MaxKnownBytes = 64 << 20;

    // Up to so many records are compared in any order, those of larger events in theirs.
    private const int Unordered = 64;

    private readonly Dictionary<(long Occurred, ulong Serial), Entry> _byKey = [];
    private readonly Queue<Entry> _waiting = new();
    private readonly Queue<Entry> _known = new();
    private long _waitingBytes;
    private long _knownBytes;

    /// <summary>Copies that were left out.</summary>
    public long Count { get; private set; }

    /// <summary>Those of them that lacked records.</summary>
    public long Torn { get; private set; }

    /// <summary>Those of them whose records had come late.</summary>
    public long Late { get; private set; }

    /// <summary>Takes the next event in the order of stamps.</summary>
    /// <param name="next">The event.</param>
    /// <param name="source">The number of the log that it is from.</param>
    public void Add(AuditEvent next, int source)
    {
        (long, ulong) key = (next.OccurredTicks, next.Serial);
        _byKey.TryGetValue(key, out Entry? first);
        for (Entry? entry = first; entry is not null; entry = entry.Next)
        {
            if (entry.Source == source || !IsOfOneHost(entry.Event, next)) continue;
            if (Holds(entry.Event, next))
            {
                LeaveOut(next);
                return;
            }

            if (!Holds(next, entry.Event)) continue;
            LeaveOut(entry.IsPublished ? next : entry.Event);
            if (!entry.IsPublished) (entry.Event, entry.Source) = (next, source);
            return;
        }

        var added = new Entry(next, source, Size(next)) { Next = first };
        _byKey[key] = added;
        _waiting.Enqueue(added);
        _waitingBytes += added.Size;
        while (_waiting.TryPeek(out Entry? oldest)
            && (next.OccurredTicks - oldest.Event.OccurredTicks > Window || _waiting.Count > MaxWaiting || _waitingBytes > MaxWaitingBytes))
        {
            Publish();
        }
    }

    /// <summary>Publishes what waits.</summary>
    public void Release()
    {
        while (_waiting.Count > 0) Publish();
    }

    private void Publish()
    {
        Entry entry = _waiting.Dequeue();
        _waitingBytes -= entry.Size;
        entry.IsPublished = true;
        _known.Enqueue(entry);
        _knownBytes += entry.Size;
        while (_known.Count > MaxKnown || _knownBytes > MaxKnownBytes) Forget(_known.Dequeue());
        publish(entry.Event);
    }

    // The newest of a key comes first, so that the oldest, which goes first, is the last one.
    private void Forget(Entry entry)
    {
        _knownBytes -= entry.Size;
        (long, ulong) key = (entry.Event.OccurredTicks, entry.Event.Serial);
        Entry first = _byKey[key];
        if (first == entry)
        {
            _byKey.Remove(key);
            return;
        }

        while (first.Next != entry) first = first.Next!;
        first.Next = entry.Next;
    }

    private void LeaveOut(AuditEvent copy)
    {
        Count++;
        if (copy.IsTorn) Torn++;
        if (copy.IsLate) Late++;
    }

    private bool IsOfOneHost(AuditEvent one, AuditEvent other) =>
        one.Host == other.Host || one.Host == unnamed || other.Host == unnamed;

    // Whether a copy has each record of another, and no more of a type than the other lacks.
    private static bool Holds(AuditEvent copy, AuditEvent other)
    {
        bool isOrdered = copy.RecordCount > Unordered;
        ulong found = 0;
        int from = 0;
        bool hasOne = false;
        for (int i = 0; i < other.RecordCount; i++)
        {
            AuditRecord record = other.Record(i);
            if (!Tells(record.Type)) continue;
            int at = from;
            while (at < copy.RecordCount && ((!isOrdered && (found & (1UL << at)) != 0) || !IsCopy(copy.Record(at), record))) at++;
            if (at == copy.RecordCount) return false;
            hasOne = true;
            if (isOrdered) from = at + 1;
            else found |= 1UL << at;
        }

        return hasOne && (other.IsTorn || isOrdered || HasNoMoreOfATypeOf(other, copy, found));
    }

    private static bool HasNoMoreOfATypeOf(AuditEvent other, AuditEvent copy, ulong found)
    {
        for (int i = 0; i < copy.RecordCount; i++)
        {
            if ((found & (1UL << i)) != 0 || !Tells(copy.RecordTypeAt(i))) continue;
            for (int k = 0; k < other.RecordCount; k++)
            {
                if (other.RecordTypeAt(k) == copy.RecordTypeAt(i)) return false;
            }
        }

        return true;
    }

    private static bool IsCopy(AuditRecord whole, AuditRecord record) =>
        whole.Type == record.Type && Body(whole.Text).StartsWith(Body(record.Text));

    // What auditd adds need not be in both, nor need the space that some records end with.
    private static ReadOnlySpan<byte> Body(ReadOnlySpan<byte> text)
    {
        int added = text.IndexOf((byte)0x1D);
        return (added < 0 ? text : text[..added]).TrimEnd((byte)' ');
    }

    // An end has no text and stands in few logs.
    private static bool Tells(RecordType type) => type is not (RecordType.Eoe or RecordType.StreamsProcess);

    private static long Size(AuditEvent one)
    {
        long size = 256;
        for (int i = 0; i < one.RecordCount; i++) size += one.Record(i).Text.Length;
        return size;
    }

    private sealed class Entry(AuditEvent made, int source, long size)
    {
        public AuditEvent Event { get; set; } = made;
        public int Source { get; set; } = source;
        public long Size => size;
        public bool IsPublished { get; set; }
        public Entry? Next { get; set; }
    }
}
