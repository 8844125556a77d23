namespace Streams.Events.Input;

/// <summary>
/// Keeps the input of a process as it is admitted. What cannot be written (the disk is full) is counted and left out, and tried again with
/// what comes next: a process does not stop for it. Not safe for several threads.
/// </summary>
public interface IInputWriter : IDisposable
{
    /// <summary>Why the last entries were not written; null when they were.</summary>
    string? Failure { get; }

    /// <summary>What was counted: <c>entries</c>, <c>bytes</c>, <c>dropped</c>. May be read from any thread.</summary>
    IReadOnlyList<KeyValuePair<string, long>> Counters { get; }

    /// <summary>Takes the next entry.</summary>
    void Write(InputRecord record);

    /// <summary>Hands all that was taken to the operating system.</summary>
    void Flush();
}
