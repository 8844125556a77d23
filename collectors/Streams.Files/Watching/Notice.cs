namespace Streams.Files.Watching;

/// <summary>What the kernel says has happened to a path; several when it has joined notices that nobody had read yet.</summary>
[Flags]
internal enum Happened
{
    None = 0,

    /// <summary>The name is new.</summary>
    Created = 1,

    /// <summary>Something was written, by a program that has it open still.</summary>
    Written = 2,

    /// <summary>A program that could write has closed it.</summary>
    Closed = 4,

    /// <summary>Owner, mode, times, links or extended attributes.</summary>
    Attributes = 8,

    /// <summary>The name is gone.</summary>
    Deleted = 16,

    /// <summary>The name was another one before.</summary>
    Moved = 32,

    /// <summary>A folder whose contents nobody has told: they are to be listed.</summary>
    Unlisted = 64,

    /// <summary>The kernel or the queue had no room: everything that this watch covers may have changed.</summary>
    Overflow = 128,
}

/// <summary>One notice of the kernel. It says where to look, the file itself says what is there.</summary>
/// <param name="Path">The path; after a move, the new one. Empty where <see cref="Happened.Overflow"/> says that it can be any.</param>
/// <param name="What">What happened.</param>
/// <param name="IsFolder">Whether the path is, or was, a folder.</param>
/// <param name="From">The path before a move; null otherwise.</param>
/// <param name="By">Who did it; null where that is not known.</param>
internal sealed record Notice(string Path, Happened What, bool IsFolder, string? From = null, FileActor? By = null);
