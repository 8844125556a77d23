using System.Globalization;
using Streams.Events;

namespace Streams.Host.Output;

/// <summary>What is different about a file that was changed, in words: <c>mode 0644 → 0666</c>.</summary>
internal static class FileDifference
{
    // Fields that a file may be without, so that only the list of what has changed shows that one was added or removed.
    private static readonly string[] Optional = ["target_path", "selinux", "posix_acl_access"];

    private static readonly string[] LabelParts = ["user", "role", "domain", "level", "category"];

    // As many attributes are shown; the document has all.
    private const int MaxAttributes = 8;

    private const string Attributes = "attributes.";
    private const string Hash = "hash.";
    private const string Sha256 = Hash + "sha256";

    /// <summary>The differences, the most telling ones first; of a file that was created, its hash.</summary>
    public static IEnumerable<string> Of(FileEvent file)
    {
        FileVersion before = file.Before, after = file.After;
        IReadOnlyList<string> changed = file.Changed;
        List<string> content =
        [
            .. Between("sha256", Short(before.Sha256), Short(after.Sha256)),
            .. changed.Where(name => name.StartsWith(Hash, StringComparison.Ordinal) && name != Sha256)
                .SelectMany(name => Between(name[Hash.Length..], Short(Was(file, name)), Short(Is(file, name)))),
        ];
        bool isSame = content.Count == 0 && before.Size == after.Size;
        if (content.Count == 0 && after.Sha256 is { } hash) content.Add($"sha256 {Short(hash)}");
        return
        [
            .. content,
            .. Between("type", Was(file, "type"), Is(file, "type")),
            .. Between("mode", Mode(before), Mode(after)),
            .. OfAccount("owner", (before.Owner, before.Uid), (after.Owner, after.Uid)),
            .. OfAccount("group", (before.Group, before.Gid), (after.Group, after.Gid)),
            .. Between("size", Number(before.Size), Number(after.Size)),
            .. Optional.Where(changed.Contains).Select(name => $"{name} {Was(file, name) ?? "none"} → {Is(file, name) ?? "none"}"),
            .. changed.Where(name => name.StartsWith(Attributes, StringComparison.Ordinal)).Take(MaxAttributes)
                .Select(name => OfAttribute(file, name[Attributes.Length..])),
            // Of a file with other content, these two say nothing more.
            .. isSame ? Between("inode", before.Inode, after.Inode) : [],
            .. isSame ? Between("mtime", Was(file, "mtime"), Is(file, "mtime")) : [],
        ];
    }

    private static IEnumerable<string> Between(string what, string? before, string? after) =>
        before is null || after is null || before == after ? [] : [$"{what} {before} → {after}"];

    // The number decides: one that gets a name, or another name, is the same account. Names are shown where both have one.
    private static IEnumerable<string> OfAccount(string what, (string? Name, string? Id) before, (string? Name, string? Id) after) =>
        before.Id is null || after.Id is null ? Between(what, before.Name, after.Name)
        : before.Id == after.Id ? []
        : before.Name != before.Id && after.Name != after.Id ? [$"{what} {before.Name} → {after.Name}"]
        : [$"{what} {before.Id} → {after.Id}"];

    private static string OfAttribute(FileEvent file, string name)
    {
        bool was = Names(file, "streams.file.before.attributes"), isThere = Names(file, "streams.file.attributes");
        return $"attribute {name} {(was && isThere ? "changed" : was ? "removed" : "added")}";

        bool Names(FileEvent file, string field)
        {
            FieldValue names = file[Field.Of(field)];
            return Enumerable.Range(0, names.TextCount).Any(i => names.Text(i) == name);
        }
    }

    private static string? Was(FileEvent file, string name) => Text(file, "streams.file.before." + name);

    private static string? Is(FileEvent file, string name) => Text(file, "file." + name);

    private static string? Text(FileEvent file, string name)
    {
        if (file.Text(name) is { } text) return text;
        string[] parts = name.EndsWith(".selinux", StringComparison.Ordinal)
            ? [.. LabelParts.Select(part => file.Text($"{name}.{part}")).OfType<string>()]
            : [];
        return parts.Length > 0 ? string.Join(':', parts) : null;
    }

    // The document has setuid, setgid and sticky in fields of their own.
    private static string? Mode(FileVersion version) => version.Mode is { Length: 4 } mode && mode[0] == '0'
        ? (char)('0' + (version.IsSetuid ? 4 : 0) + (version.IsSetgid ? 2 : 0) + (version.IsSticky ? 1 : 0)) + mode[1..]
        : version.Mode;

    // As much of a hash as tells two files apart for people; the document has all of it.
    private static string? Short(string? hash) => hash is { Length: > 12 } ? hash[..12] : hash;

    private static string? Number(long? number) => number?.ToString("N0", CultureInfo.InvariantCulture);
}
