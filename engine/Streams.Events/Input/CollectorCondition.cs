namespace Streams.Events.Input;

/// <summary>Something that a collector does not watch at present, and why.</summary>
/// <param name="IsFault">
/// Whether it should be watched and is not: somebody has to act. Otherwise it is a limit that the configuration, the rights of the process
/// or the host set, which is worth knowing.
/// </param>
/// <param name="Text">
/// A sentence with its period: what, why, and what to do. It may contain foreign text: escape it where it is shown.
/// </param>
public sealed record CollectorCondition(bool IsFault, string Text)
{
    /// <summary>Something that should be watched and is not.</summary>
    public static CollectorCondition Fault(string text) => new(true, text);

    /// <summary>A limit worth knowing.</summary>
    public static CollectorCondition Note(string text) => new(false, text);
}
