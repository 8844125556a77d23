using Streams.Files.Facts;

namespace Streams.Files;

/// <summary>What has happened to a file, in Auditbeat's words; several may have at once.</summary>
[Flags]
public enum FileActions : byte
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Its mode, owner, times or other attributes are others.</summary>
    AttributesModified = 1,

    /// <summary>It was not there before.</summary>
    Created = 2,

    /// <summary>It is no longer there.</summary>
    Deleted = 4,

    /// <summary>Its content is another.</summary>
    Updated = 8,

    /// <summary>It had another path before.</summary>
    Moved = 16,

    /// <summary>Nothing but that more is asked of it now: a hash that was not computed before.</summary>
    ConfigChange = 32,

    /// <summary>It was there when it was first looked at.</summary>
    InitialScan = 64,
}

/// <summary>What tells one state of a file from another, as Auditbeat's <c>file_integrity</c> sees it.</summary>
public static class Changes
{
    private static readonly (FileActions Action, string Name, string Type)[] Words =
    [
        (FileActions.InitialScan, "initial_scan", "info"),
        (FileActions.Created, "created", "creation"),
        (FileActions.Moved, "moved", "change"),
        (FileActions.Updated, "updated", "change"),
        (FileActions.AttributesModified, "attributes_modified", "change"),
        (FileActions.Deleted, "deleted", "deletion"),
        (FileActions.ConfigChange, "config_change", "change"),
    ];

    /// <summary>What has happened between two looks at a path.</summary>
    /// <param name="before">The file before; null when there was none.</param>
    /// <param name="after">The file now; null when there is none.</param>
    public static FileActions Between(FileFacts? before, FileFacts? after)
    {
        if (after?.IsUnknown == true) return FileActions.None;
        if (before is null) return after is null ? FileActions.None : FileActions.Created;
        if (after is null) return FileActions.Deleted;
        FileActions actions = before.Path != after.Path ? FileActions.Moved : FileActions.None;
        bool isNewHash = false;
        foreach ((string name, string hash) in after.Hashes)
        {
            string? known = before.Hashes.FirstOrDefault(h => h.Key == name).Value;
            if (known is null) isNewHash = true;
            else if (known != hash) actions |= FileActions.Updated;
        }

        // A file that has become too large for a hash has changed as well.
        if (before.Hashes.Count > 0 && after.Hashes.Count == 0 && after.Error is null && before.Size != after.Size)
            actions |= FileActions.Updated;
        if (AttributeDifferences(before, after).Any()) actions |= FileActions.AttributesModified;
        return isNewHash && actions == FileActions.None ? FileActions.ConfigChange : actions;
    }

    /// <summary>The words of <c>event.action</c>, in the order in which they make sense.</summary>
    public static IReadOnlyList<string> Names(FileActions actions) => [.. Words.Where(w => (actions & w.Action) != 0).Select(w => w.Name)];

    /// <summary>The words of <c>event.type</c>.</summary>
    public static IReadOnlyList<string> Types(FileActions actions) =>
        [.. Words.Where(w => (actions & w.Action) != 0).Select(w => w.Type).Distinct()];

    /// <summary>
    /// The names of what two looks at a file found different, as the document of a change has them: <c>mode</c>, <c>mtime</c>,
    /// <c>hash.sha256</c>, <c>attributes.security.capability</c>. Names of owners and groups are not compared: a number that gets a name is
    /// no change of the file. Nor is what only one of the two looks asked for.
    /// </summary>
    public static IEnumerable<string> Differences(FileFacts before, FileFacts after)
    {
        foreach ((string name, string hash) in after.Hashes)
        {
            if (before.Hashes.FirstOrDefault(h => h.Key == name).Value is { } known && known != hash) yield return $"hash.{name}";
        }

        foreach (string attribute in AttributeDifferences(before, after)) yield return attribute;
    }

    private static IEnumerable<string> AttributeDifferences(FileFacts before, FileFacts after)
    {
        if (before.Type != after.Type) yield return "type";
        if (before.TargetPath != after.TargetPath) yield return "target_path";
        if (before.Mode != after.Mode) yield return "mode";
        if (before.Uid != after.Uid) yield return "uid";
        if (before.Gid != after.Gid) yield return "gid";
        if (after.Type == FileType.File && before.Size != after.Size) yield return "size";
        if (before.Inode != after.Inode) yield return "inode";
        if (after.Type == FileType.File && before.Modified != after.Modified) yield return "mtime";
        if (before.Selinux != after.Selinux) yield return "selinux";
        if (!before.PosixAcl.SequenceEqual(after.PosixAcl)) yield return "posix_acl_access";
        if (before.Attributes.SequenceEqual(after.Attributes)) yield break;
        foreach (string name in before.Attributes.Except(after.Attributes).Concat(after.Attributes.Except(before.Attributes))
            .Select(attribute => attribute.Key).Distinct().Order(StringComparer.Ordinal))
        {
            yield return $"attributes.{name}";
        }
    }
}
