using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Streams.Events;
using Streams.Files.Facts;
using Streams.Files.Facts.Elf;

namespace Streams.Files;

/// <summary>Who changed a file, as far as it is known.</summary>
/// <param name="Pid">The process.</param>
/// <param name="Executable">The path of its program; null where that is not known.</param>
/// <param name="User">The user by whose rights.</param>
/// <param name="UserName">That user's name.</param>
/// <param name="AuditUser">Who logged in; null for nobody.</param>
/// <param name="Session">The session of that login; null for none.</param>
/// <param name="EntityId"><c>process.entity_id</c>.</param>
/// <param name="Ancestors">The programs of who started it, of who started that, and so on.</param>
/// <param name="Name">Its command name, at most 15 bytes, changeable by the process; it counts where the program is not known.</param>
public sealed record FileActor(
    int Pid, string? Executable = null, uint? User = null, string? UserName = null, uint? AuditUser = null, uint? Session = null,
    string? EntityId = null, IReadOnlyList<string>? Ancestors = null, string? Name = null)
{
    /// <summary>The path of its parent's program; null where that is not known.</summary>
    public string? ParentExecutable { get; init; }
}

/// <summary>
/// Makes events of what has happened to files: documents of Auditbeat's <c>file_integrity</c> module. Not safe for several threads.
/// </summary>
/// <param name="host">The host.</param>
/// <param name="collector">The collector.</param>
/// <param name="fileParsers">Which facts of executables are told: <see cref="FilesOptions.FileParsers"/>; null for none.</param>
/// <exception cref="ArgumentException">A regular expression among them cannot be read.</exception>
public sealed class FileEventWriter(string host, string collector, IReadOnlyList<string>? fileParsers = null)
{
    private static readonly string[] LabelParts = ["user", "role", "domain", "level", "category"];

    private readonly ElfWriter _elf = new(fileParsers ?? []);
    private readonly ArrayBufferWriter<byte> _json = new(2048);
    private ulong _serial;

    /// <summary>Makes an event.</summary>
    /// <param name="actions">What has happened.</param>
    /// <param name="before">The file before; null when there was none or nobody knows.</param>
    /// <param name="after">The file now; null when it is gone.</param>
    /// <param name="occurred">When; what a scan finds occurred when it was found.</param>
    /// <param name="actor">Who did it; null when nobody knows.</param>
    /// <param name="package">The package whose manager did it: empty when only that is known, null when it did not.</param>
    /// <param name="origin">Of a move, the path it had; null: that of <paramref name="before"/>, when it is another one.</param>
    /// <param name="fault">What Streams failed at.</param>
    public FileEvent Write(
        FileActions actions, FileFacts? before, FileFacts? after, DateTimeOffset occurred, FileActor? actor = null, string? package = null,
        string? origin = null, EventFault fault = EventFault.None)
    {
        FileFacts facts =
            after ?? before ?? throw new ArgumentException("A change is of a file that was there or is there.", nameof(after));
        _json.ResetWrittenCount();
        using (var json = new Utf8JsonWriter(_json, ReadableJson.WriterOptions))
        {
            json.WriteStartObject();
            json.WriteString("@timestamp", Time(occurred));
            json.WriteStartObject("host");
            json.WriteString("name", host);
            json.WriteEndObject();
            json.WriteStartObject("service");
            json.WriteString("type", "file_integrity");
            json.WriteEndObject();
            json.WriteStartObject("event");
            json.WriteString("kind", "event");
            json.WriteString("module", "file_integrity");
            json.WriteString("dataset", "file");
            WriteTexts(json, "category", ["file"]);
            WriteTexts(json, "type", Changes.Types(actions));
            WriteTexts(json, "action", Changes.Names(actions));
            json.WriteEndObject();
            json.WriteStartObject("file");
            bool hasBefore = before is not null && after is not null;
            // Where milliseconds would show the same time twice, all is shown that the kernel has.
            bool isFine = hasBefore && before!.Modified != facts.Modified && Time(before.Modified) == Time(facts.Modified);
            WriteFacts(json, facts, isFine);
            if (origin is null && before is not null && before.Path != facts.Path) origin = before.Path;
            if (origin is not null) json.WriteString("origin_path", PathText.Shown(origin));
            if (facts.Elf is not null) _elf.Write(json, facts.Elf);
            json.WriteEndObject();
            if (facts.Error is not null)
            {
                json.WriteStartObject("error");
                WriteTexts(json, "message", [facts.Error]);
                json.WriteEndObject();
            }

            if (actor is not null) WriteActor(json, actor);
            bool isUnicode = PathText.IsUnicode(facts.Path);
            bool hasOwn = hasBefore || package is not null || facts.Attributes.Count > 0 || facts.IsSticky || !isUnicode;
            if (hasOwn || fault != EventFault.None)
            {
                json.WriteStartObject("streams");
                if (fault != EventFault.None) json.WriteString("fault", EventFaults.Name(fault));
                json.WriteStartObject("file");
                if (!isUnicode) json.WriteString("path_bytes", Convert.ToHexStringLower(PathText.ToBytes(facts.Path)));
                if (facts.IsSticky) json.WriteBoolean("sticky", true);
                if (facts.Attributes.Count > 0) WriteTexts(json, "attributes", [.. facts.Attributes.Select(a => a.Key)]);
                if (package is not null) json.WriteBoolean("package_manager", true);
                if (package is { Length: > 0 }) json.WriteString("package", package);
                if (hasBefore) WriteBefore(json, before!, facts, isFine);

                json.WriteEndObject();
                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        return new FileEvent(host, collector, occurred, ++_serial, _json.WrittenSpan.ToArray());
    }

    private static void WriteFacts(Utf8JsonWriter json, FileFacts facts, bool isFine)
    {
        string path = PathText.Shown(facts.Path);
        json.WriteString("path", path);
        json.WriteString("name", Path.GetFileName(path));
        // It was gone before anybody could look at it.
        if (facts.Inode == 0) return;
        WriteVersion(json, facts, isFine);
        json.WriteString("ctime", Time(facts.Changed));
        if (Path.GetExtension(path) is { Length: > 1 } extension) json.WriteString("extension", extension.AsSpan(1));
        if (facts.MimeType is not null) json.WriteString("mime_type", facts.MimeType);
    }

    // What is different, and all that may be: one that reads a change need not know what the file was like.
    private static void WriteBefore(Utf8JsonWriter json, FileFacts before, FileFacts after, bool isFine)
    {
        string[] changed = [.. Changes.Differences(before, after)];
        if (changed.Length > 0) WriteTexts(json, "changed", changed);
        json.WriteStartObject("before");
        // The same number has one name, that of now, however it was called when the baseline was written.
        WriteVersion(
            json,
            before with
            {
                Owner = before.Uid == after.Uid ? after.Owner : before.Owner,
                Group = before.Gid == after.Gid ? after.Group : before.Group,
            },
            isFine);
        if (before.IsSticky) json.WriteBoolean("sticky", true);
        if (before.Attributes.Count > 0) WriteTexts(json, "attributes", [.. before.Attributes.Select(a => a.Key)]);
        json.WriteEndObject();
    }

    // What is compared, so that it can be asked of the file before the change as well.
    private static void WriteVersion(Utf8JsonWriter json, FileFacts facts, bool isFine)
    {
        json.WriteString("type", TypeName(facts.Type));
        if (facts.TargetPath is not null) json.WriteString("target_path", PathText.Shown(facts.TargetPath));
        json.WriteString("inode", facts.Inode.ToString(CultureInfo.InvariantCulture));
        json.WriteString("uid", facts.Uid.ToString(CultureInfo.InvariantCulture));
        json.WriteString("gid", facts.Gid.ToString(CultureInfo.InvariantCulture));
        if (facts.Owner is not null) json.WriteString("owner", facts.Owner);
        if (facts.Group is not null) json.WriteString("group", facts.Group);
        json.WriteString("mode", $"0{Convert.ToString(facts.Mode & 0x1FF, 8).PadLeft(3, '0')}");
        if (facts.IsSetuid) json.WriteBoolean("setuid", true);
        if (facts.IsSetgid) json.WriteBoolean("setgid", true);
        if (facts.Type == FileType.File) json.WriteNumber("size", facts.Size);
        if (facts.Hashes.Count > 0)
        {
            json.WriteStartObject("hash");
            foreach ((string name, string hash) in facts.Hashes) json.WriteString(name, hash);
            json.WriteEndObject();
        }

        json.WriteString("mtime", isFine ? FineTime(facts.Modified) : Time(facts.Modified));
        if (facts.Selinux is not null) WriteLabel(json, facts.Selinux);
        if (facts.PosixAcl.Count > 0) WriteTexts(json, "posix_acl_access", facts.PosixAcl);
    }

    // An object, as in audit events and in Auditbeat's list of fields: an index refuses a field that is a text elsewhere. The category may
    // hold colons.
    private static void WriteLabel(Utf8JsonWriter json, string label)
    {
        string[] parts = label.Split(':', LabelParts.Length);
        json.WriteStartObject("selinux");
        for (int i = 0; i < parts.Length; i++)
        {
            if (parts[i].Length > 0) json.WriteString(LabelParts[i], parts[i]);
        }

        json.WriteEndObject();
    }

    private static void WriteActor(Utf8JsonWriter json, FileActor actor)
    {
        json.WriteStartObject("process");
        json.WriteNumber("pid", actor.Pid);
        string? executable = PathOf(actor.Executable);
        if (executable is not null) json.WriteString("executable", executable);
        if ((executable is null ? actor.Name : Path.GetFileName(executable)) is { Length: > 0 } name) json.WriteString("name", name);
        if (actor.EntityId is { Length: > 0 }) json.WriteString("entity_id", actor.EntityId);
        if (PathOf(actor.ParentExecutable) is { } parent)
        {
            json.WriteStartObject("parent");
            json.WriteString("executable", parent);
            json.WriteEndObject();
        }

        json.WriteEndObject();
        if (actor.User is not { } user) return;
        json.WriteStartObject("user");
        json.WriteString("id", user.ToString(CultureInfo.InvariantCulture));
        if (actor.UserName is not null) json.WriteString("name", actor.UserName);
        if (actor.AuditUser is { } audit)
        {
            json.WriteStartObject("audit");
            json.WriteString("id", audit.ToString(CultureInfo.InvariantCulture));
            json.WriteEndObject();
        }

        json.WriteEndObject();
        if (actor.Session is not { } session) return;
        json.WriteStartObject("auditd");
        json.WriteString("session", session.ToString(CultureInfo.InvariantCulture));
        json.WriteEndObject();
    }

    // A program is named by its path or not at all: who compares it with paths must not meet a name that anybody may choose.
    private static string? PathOf(string? program) => program is ['/', ..] ? program : null;

    private static string TypeName(FileType type) => type switch
    {
        FileType.File => "file",
        FileType.Directory => "dir",
        FileType.Symlink => "symlink",
        FileType.CharDevice => "char_device",
        FileType.BlockDevice => "block_device",
        FileType.Fifo => "fifo",
        _ => "socket",
    };

    private static void WriteTexts(Utf8JsonWriter json, string name, IReadOnlyList<string> texts)
    {
        json.WriteStartArray(name);
        foreach (string text in texts) json.WriteStringValue(text);
        json.WriteEndArray();
    }

    private static string Time(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    private static string FineTime(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'", CultureInfo.InvariantCulture);
}
