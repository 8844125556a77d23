namespace Streams.Audit;

/// <summary>
/// The keys of events that have left, to tell a late record from the first of a new event. It remembers the last few thousand: a newer
/// key takes the place of an older one, so its size is fixed and a record that comes much later than that counts as new.
/// </summary>
internal sealed class ClosedEvents
{
    private const int Size = 8192;

    private readonly Entry[] _entries = new Entry[Size];

    /// <summary>Remembers a key.</summary>
    /// <param name="time">Milliseconds since 1970 UTC.</param>
    /// <param name="serial">The serial.</param>
    /// <param name="node">The number of the node that the records named; 0 when they named none.</param>
    public void Add(long time, uint serial, int node) => _entries[Slot(time, serial)] = new Entry(time, serial, node);

    /// <summary>Whether an event of that key has left; a node of 0 on either side fits any.</summary>
    public bool Contains(long time, uint serial, int node)
    {
        ref readonly Entry entry = ref _entries[Slot(time, serial)];
        return entry.Serial == serial && entry.Time == time && (entry.Node == node || entry.Node == 0 || node == 0);
    }

    // Serials count up, so those of one host fill the table evenly; the stamp keeps several hosts apart.
    private static int Slot(long time, uint serial) => (int)((serial + (uint)(time >> 10) * 0x9E3779B1u) & (Size - 1));

    private readonly record struct Entry(long Time, uint Serial, int Node);
}
