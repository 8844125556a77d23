using System.Collections.Frozen;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Streams.Events.Tables;

namespace Streams.Events.Decoding;

/// <summary>A document of Auditbeat's auditd module, read by the same names as our own.</summary>
internal sealed class AuditDocument
{
    // Auditbeat writes ports as strings; the index maps them to numbers.
    private static readonly FrozenSet<string> Numbers =
        ((string[])["source.port", "destination.port", "process.pid", "process.parent.pid", "auditd.sequence"]).ToFrozenSet();

    // Fields of records that Auditbeat keeps elsewhere, by their names in the records.
    private static readonly FrozenDictionary<string, string> Elsewhere = new Dictionary<string, string>
    {
        ["pid"] = "process.pid",
        ["ppid"] = "process.parent.pid",
        ["exe"] = "process.executable",
        ["comm"] = "process.name",
        ["proctitle"] = "process.title",
        ["cwd"] = "process.working_directory",
        ["uid"] = "user.id",
        ["gid"] = "user.group.id",
        ["auid"] = "user.audit.id",
        ["euid"] = "user.effective.id",
        ["egid"] = "user.effective.group.id",
        ["suid"] = "user.saved.id",
        ["sgid"] = "user.saved.group.id",
        ["fsuid"] = "user.filesystem.id",
        ["fsgid"] = "user.filesystem.group.id",
        ["ses"] = "auditd.session",
        ["result"] = "auditd.result",
        ["addr"] = "source.ip",
        ["name"] = "auditd.paths.name",
    }.ToFrozenDictionary();

    private readonly JsonFields _fields;
    private PathItem[]? _paths;

    /// <exception cref="JsonException">It is no JSON object.</exception>
    public AuditDocument(ReadOnlyMemory<byte> json)
    {
        Json = json;
        _fields = new JsonFields(json);
        Type = RecordTypes.TryParse(Encoding.UTF8.GetBytes((Text("auditd.message_type") ?? "").ToUpperInvariant()), out RecordType type)
            ? type : RecordType.None;
        SyscallId = Syscalls.TryFind(Text("auditd.data.syscall") ?? "", out ushort id) ? id : Tables.SyscallId.None;
        if (SyscallId == Tables.SyscallId.Socketcall
            && ulong.TryParse(Text("auditd.data.a0"), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong call)
            && Syscalls.SocketcallId(call) is not Tables.SyscallId.None and var meant)
        {
            SyscallId = meant;
        }

        Result = Text("auditd.result") switch { "success" => AuditResult.Success, "fail" => AuditResult.Fail, _ => AuditResult.None };
        IsInProgress = SyscallId == Tables.SyscallId.Connect && Text("auditd.data.exit") == "EINPROGRESS";
    }

    public ReadOnlyMemory<byte> Json { get; }

    public RecordType Type { get; }

    public ushort SyscallId { get; }

    public AuditResult Result { get; }

    public bool IsInProgress { get; }

    public FieldValue Value(Field field)
    {
        FieldValue value = _fields.Read(field.Name);
        if (value.IsMissing && field.Id == FieldId.SourceIp && SyscallId == Tables.SyscallId.None)
        {
            string? address = Text("auditd.data.addr");
            return address is not null && Addresses.TryParse(address, out _) ? FieldValue.From(address) : FieldValue.Missing;
        }

        if (value.Kind == FieldValueKind.Text)
        {
            if (DocumentShape.IsList(field.Id))
            {
                return FieldValue.From([value.Text()]);
            }

            if (field.Id == FieldId.Timestamp
                && DateTimeOffset.TryParse(
                    value.Text(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time))
            {
                return FieldValue.From(time);
            }

            if (Numbers.Contains(field.Name) && long.TryParse(value.Text(), CultureInfo.InvariantCulture, out long number))
            {
                return FieldValue.From(number);
            }
        }

        return value;
    }

    /// <summary>What Auditbeat keeps of the PATH records.</summary>
    public PathItem[] Paths => _paths ??= ReadPaths();

    /// <summary>A field of the records by its own name, which Auditbeat may have moved.</summary>
    public string? Data(string name)
    {
        if (Text("auditd.data." + name) is { } kept) return kept;
        if (Elsewhere.TryGetValue(name, out string? moved)) return First(moved);
        return name switch
        {
            "success" when SyscallId != Tables.SyscallId.None => Result switch
            {
                AuditResult.Success => "yes",
                AuditResult.Fail => "no",
                _ => null,
            },
            // Several keys stand in one record with this byte between them (AUDIT_KEY_SEPARATOR of linux/audit.h).
            "key" => Fields.Texts(Value(Fields.Tags)) is { Length: > 0 } keys ? string.Join('\u0001', keys) : null,
            // Other ids of the actor: old-auid, new-auid.
            _ when name.EndsWith("uid", StringComparison.Ordinal) || name.EndsWith("gid", StringComparison.Ordinal) =>
                Text($"user.{name}.id"),
            _ => null,
        };
    }

    /// <summary>A field as text; null when there is none.</summary>
    public string? Text(string name) => _fields.Text(name);

    private string? First(string name)
    {
        FieldValue value = _fields.Read(name);
        if (value.Kind == FieldValueKind.List) return Fields.Texts(value) is [var first, ..] ? first : null;
        return value.IsMissing ? null : value.ToString();
    }

    private PathItem[] ReadPaths()
    {
        string? folder = Text("process.working_directory");
        (int First, int Second) arguments = PathOrigin.Arguments(SyscallId);
        PathOrigin origin = Type == RecordType.Uringop ? PathOrigin.Unknown
            : arguments.First < 0 ? PathOrigin.Placed : PathOrigin.Of(arguments, Argument(arguments.First), Argument(arguments.Second));
        var paths = new List<PathItem>();
        int parents = 0;
        foreach (JsonFields path in _fields.Objects("auditd.paths"))
        {
            string? type = path.Text("nametype") ?? path.Text("objtype");
            bool isPlaced = origin.Places(Encoding.UTF8.GetBytes(type ?? ""), parents)
                && !(type == "UNKNOWN" && PathOrigin.IsLink(SyscallId));
            PathItem made = PathItem.Of(path.Text("name"), type, folder, isPlaced);
            paths.Add(made with
            {
                File = FileNumber.Of(Encoding.UTF8.GetBytes(path.Text("inode") ?? ""), Encoding.UTF8.GetBytes(path.Text("dev") ?? "")),
            });
            if (type == "PARENT") parents++;
        }

        return [.. paths];
    }

    private ulong? Argument(int number) =>
        number >= 0 && ulong.TryParse(
            Text(string.Create(CultureInfo.InvariantCulture, $"auditd.data.a{number}")), NumberStyles.AllowHexSpecifier,
            CultureInfo.InvariantCulture, out ulong value) ? value : null;
}
