using Streams.Events.Decoding;

namespace Streams.Events;

public sealed partial class AuditEvent
{
    /// <summary>The system call's numbers: arguments and what it returned.</summary>
    public CallView Call => new(this);

    /// <summary>The paths that the call looked up, in the order of their items; nothing where there are none.</summary>
    public IReadOnlyList<PathItem> Paths
    {
        get
        {
            try
            {
                return _document is null ? Decoder.Of(this).Paths() : _document.Paths;
            }
            catch (Exception error) when (EventFaults.IsContained(error))
            {
                Fail(error);
                return [];
            }
        }
    }
}

/// <summary>One path that a call looked up: a PATH record.</summary>
/// <param name="Path">
/// The path, made absolute by the working directory and rid of <c>.</c> and <c>..</c>; as the record has it where it
/// <see cref="IsUnplaced"/>; null when the record has none.
/// </param>
/// <param name="NameType">What the call did there: NORMAL, CREATE, DELETE, or PARENT for the folder; null on old kernels.</param>
public readonly record struct PathItem(string? Path, string? NameType)
{
    /// <summary>
    /// Whether the path is relative to a folder that the records do not name: that of a descriptor (<c>unlinkat(4, "shadow")</c>), or that
    /// of the symbolic link whose text it is.
    /// </summary>
    public bool IsUnplaced { get; init; }

    /// <summary>The inode's number; null where the record has none. With <see cref="Device"/> it names the file on its host.</summary>
    public string? Inode => File.Inode;

    /// <summary>The device as <c>major:minor</c>, hexadecimal.</summary>
    public string? Device => File.Device;

    internal FileNumber File { get; init; }

    /// <summary>Makes one of what a record has.</summary>
    /// <param name="name">The name.</param>
    /// <param name="nameType">The type of the name.</param>
    /// <param name="folder">The working directory.</param>
    /// <param name="isPlaced">Whether a relative name begins there.</param>
    internal static PathItem Of(string? name, string? nameType, string? folder, bool isPlaced)
    {
        if (isPlaced || name is null) return new PathItem(name is null ? null : AbsolutePath.Of(name, folder), nameType);

        // For the folder of a name without a slash the kernel writes the working directory, whatever folder it was (audit_log_name,
        // kernel/audit.c); its inode is right.
        if (nameType == "PARENT" && name == folder) return new PathItem(".", nameType) { IsUnplaced = true };
        return name.StartsWith('/')
            ? new PathItem(AbsolutePath.Of(name, null), nameType)
            : new PathItem(name, nameType) { IsUnplaced = true };
    }
}
