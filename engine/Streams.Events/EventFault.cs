namespace Streams.Events;

/// <summary>
/// What Streams failed at with an event: a fault of the program, whatever the records say. The event keeps its records and continues.
/// </summary>
public enum EventFault : byte
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>A line or a message could not be read as records; the event holds it as it came.</summary>
    Read,

    /// <summary>Its records could not be put together, or compared with what belongs to them.</summary>
    Join,

    /// <summary>What is known on the host could not be added.</summary>
    Enrich,

    /// <summary>A field of it could not be read.</summary>
    Decode,

    /// <summary>It could not be written as a document, or into a recording.</summary>
    Document,

    /// <summary>It could not be handed to the queries.</summary>
    Deliver,
}

/// <summary>The names of faults: the values of <c>streams.fault</c>.</summary>
public static class EventFaults
{
    private static readonly string[] Names = ["", "read", "join", "enrich", "decode", "document", "deliver"];

    private static readonly string[] Participles = ["", "read", "joined", "enriched", "decoded", "written", "delivered"];

    /// <summary>How many causes there are, <see cref="EventFault.None"/> included.</summary>
    internal static int Count => Names.Length;

    /// <summary>The name; null for <see cref="EventFault.None"/> and for what only a later version knows.</summary>
    public static string? Name(EventFault fault) => fault == EventFault.None || (int)fault >= Names.Length ? null : Names[(int)fault];

    /// <summary>What was not done, as a message has it: <c>decoded</c>.</summary>
    internal static string Participle(EventFault fault) => (int)fault < Participles.Length ? Participles[(int)fault] : "processed";

    /// <summary>
    /// Whether an exception is a fault at one event, which ends nothing else. Without memory nothing can continue; but what asks for too
    /// much at once fails while there is memory for all others.
    /// </summary>
    public static bool IsContained(Exception error) => error is not OutOfMemoryException || HasMemory;

    private static bool HasMemory
    {
        get
        {
            GCMemoryInfo memory = GC.GetGCMemoryInfo();
            return memory.MemoryLoadBytes <= memory.HighMemoryLoadThresholdBytes;
        }
    }
}
