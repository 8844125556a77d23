namespace Streams.Audit.Processes;

/// <summary>Names of users and groups by id, as far as they are known at once: asking never waits.</summary>
public interface IAccountNames
{
    /// <summary>Counts up when a name has become known or has changed.</summary>
    int Version { get; }

    /// <summary>How often nobody could be asked for a name, as too many questions waited.</summary>
    long Unasked { get; }

    /// <summary>The name of a user as a record has it, in quotes or hexadecimal; empty when there is none, or none is known yet.</summary>
    ReadOnlySpan<byte> User(uint id);

    /// <summary>The name of a group as a record has it.</summary>
    ReadOnlySpan<byte> Group(uint id);
}
