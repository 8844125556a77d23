using System.Runtime.CompilerServices;
using Streams.Events;
using Streams.Events.Tables;

namespace Streams.Engine.Shards;

/// <summary>
/// Who gets which event: by kind, record type and system call, before anything of the event is decoded. The arrays are replaced when
/// somebody subscribes or leaves, so a delivery under way goes over those it began with.
/// </summary>
internal sealed class Router
{
    private static readonly Slot[] Nobody = [];

    private Slot[] _everything = Nobody;
    private Slot[] _audit = Nobody;
    private Slot[]?[] _byKind = [];
    private Slot[]?[] _bySyscall = [];
    private Slot[]?[] _byRecord = [];
    private int _syscallSlots;
    private int _recordSlots;

    // Of all types that were ever asked for; a bit too many costs a look at the records.
    private ulong _recordBits;

    public void Add(Slot slot) => Change(slot, static (slots, slot) => [.. slots, slot], 1);

    public void Remove(Slot slot) => Change(slot, static (slots, slot) => Array.FindAll(slots, s => s != slot), -1);

    /// <summary>Reads of an event what <see cref="Deliver"/> will go by.</summary>
    public void Approach(Event e)
    {
        if (_syscallSlots > 0 && e.Kind == EventKind.Audit) _ = Unsafe.As<AuditEvent>(e).SyscallId;
    }

    public void Deliver(Shard shard, Event e)
    {
        if (_everything.Length > 0) shard.Deliver(_everything, e);
        if (e.Kind != EventKind.Audit)
        {
            if ((int)e.Kind < _byKind.Length && _byKind[(int)e.Kind] is { } ofKind) shard.Deliver(ofKind, e);
            return;
        }

        var audit = Unsafe.As<AuditEvent>(e);
        if (_audit.Length > 0) shard.Deliver(_audit, e);
        if (_syscallSlots > 0)
        {
            int id = audit.SyscallId;
            if (id != 0 && id < _bySyscall.Length && _bySyscall[id] is { } slots) shard.Deliver(slots, e);
        }

        if (_recordSlots > 0 && (audit.RecordTypeBits & _recordBits) != 0) DeliverByRecord(shard, audit);
    }

    private void DeliverByRecord(Shard shard, AuditEvent audit)
    {
        if (audit.IsDocument)
        {
            DeliverByRecord(shard, audit, audit.Type);
            return;
        }

        int count = audit.RecordCount;
        for (int i = 0; i < count; i++) DeliverByRecord(shard, audit, audit.RecordTypeAt(i));
    }

    private void DeliverByRecord(Shard shard, AuditEvent audit, RecordType type)
    {
        if ((int)type < _byRecord.Length && _byRecord[(int)type] is { } slots) shard.DeliverOnce(slots, audit);
    }

    private void Change(Slot slot, Func<Slot[], Slot, Slot[]> change, int by)
    {
        Route route = slot.Route;
        if (route.Syscalls.Length == 0 && route.Records.Length == 0)
        {
            if (route.Kind is null) _everything = change(_everything, slot);
            else if (route.Kind == EventKind.Audit) _audit = change(_audit, slot);
            else Change(ref _byKind, (int)route.Kind, slot, change);
            return;
        }

        foreach (ushort id in route.Syscalls) Change(ref _bySyscall, id, slot, change);
        foreach (RecordType type in route.Records)
        {
            Change(ref _byRecord, (int)type, slot, change);
            _recordBits |= AuditEvent.BitOf(type);
        }

        if (route.Syscalls.Length > 0) _syscallSlots += by;
        if (route.Records.Length > 0) _recordSlots += by;
    }

    private static void Change(ref Slot[]?[] table, int index, Slot slot, Func<Slot[], Slot, Slot[]> change)
    {
        if (index >= table.Length) Array.Resize(ref table, index + 1);
        Slot[] slots = change(table[index] ?? Nobody, slot);
        table[index] = slots.Length == 0 ? null : slots;
    }
}

/// <summary>
/// Which events a source asks for: of one kind, or of any. Only audit events are told apart further, by one of the lists; where both are
/// empty, all of the kind are asked for.
/// </summary>
internal sealed record Route(EventKind? Kind, ushort[] Syscalls, RecordType[] Records)
{
    public static readonly Route Audit = new(EventKind.Audit, [], []);
}

/// <summary>One query's subscription to a route.</summary>
internal abstract class Slot(Shard shard, QueryRun run, Route route) : IDisposable
{
    public QueryRun Run { get; } = run;

    public Route Route { get; } = route;

    public bool IsOff { get; private set; }

    /// <summary>The position of the last event it got by record type, so that one with two of its types comes once.</summary>
    public long LastPosition { get; set; } = -1;

    public abstract void OnNext(Event e);

    public void Dispose()
    {
        if (IsOff) return;
        IsOff = true;
        shard.RouterOf(Run).Remove(this);
    }
}

/// <summary>A subscription whose observer takes events of a type.</summary>
internal sealed class EventSlot<T>(Shard shard, QueryRun run, Route route, IObserver<T> observer, Func<T, bool>? filter)
    : Slot(shard, run, route)
    where T : Event
{
    public override void OnNext(Event e)
    {
        if (e is T typed && (filter is null || filter(typed))) observer.OnNext(typed);
    }
}

/// <summary>A subscription whose observer takes audit events; the router gives it no others.</summary>
internal sealed class AuditSlot(Shard shard, QueryRun run, Route route, IObserver<AuditEvent> observer, Func<AuditEvent, bool>? filter)
    : Slot(shard, run, route)
{
    public override void OnNext(Event e)
    {
        var audit = Unsafe.As<AuditEvent>(e);
        if (filter is null || filter(audit)) observer.OnNext(audit);
    }
}
