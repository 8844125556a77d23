using Streams.Events.Decoding;

namespace Streams.Events;

public sealed partial class AuditEvent
{
    /// <summary>The system call's numbers: arguments and what it returned.</summary>
    public CallView Call => new(this);

    /// <summary>The paths that the call looked up, in the order of the records; nothing where there are none.</summary>
    public IReadOnlyList<PathItem> Paths => _document is null ? Decoder.Of(this).Paths() : _document.Paths;
}

/// <summary>One path that a call looked up: a PATH record.</summary>
/// <param name="Path">
/// The path, made absolute by the working directory and rid of <c>.</c> and <c>..</c>; null when the record has none.
/// </param>
/// <param name="NameType">What the call did there: NORMAL, CREATE, DELETE, or PARENT for the folder; null on old kernels.</param>
public readonly record struct PathItem(string? Path, string? NameType);
