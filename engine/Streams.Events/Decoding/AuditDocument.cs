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
    }.ToFrozenDictionary();

    private readonly JsonElement _root;

    /// <exception cref="JsonException">It is no JSON object.</exception>
    public AuditDocument(ReadOnlyMemory<byte> json)
    {
        Json = json;
        _root = JsonDocument.Parse(json).RootElement;
        if (_root.ValueKind != JsonValueKind.Object) throw new JsonException($"it is a JSON {_root.ValueKind}.");
        Type = RecordTypes.TryParse(Encoding.UTF8.GetBytes((Text("auditd.message_type") ?? "").ToUpperInvariant()), out RecordType type)
            ? type : RecordType.None;
        string call = Text("auditd.decoded.socketcall") ?? Text("auditd.data.syscall") ?? "";
        SyscallId = Syscalls.TryFind(call, out ushort id) ? id : Tables.SyscallId.None;
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
        FieldValue value = Read(field.Name);
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
                && DateTimeOffset.TryParse(value.Text(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time))
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

    /// <summary>A field of the records by its own name, which Auditbeat may have moved.</summary>
    public string? Data(string name) =>
        Text("auditd.data." + name) ?? (Elsewhere.TryGetValue(name, out string? moved) ? Text(moved) : null);

    /// <summary>A field as text; null when there is none.</summary>
    public string? Text(string name) => Read(name) is { IsMissing: false } value ? value.ToString() : null;

    private FieldValue Read(string name)
    {
        var found = new List<JsonElement>();
        Find(_root, name, found);
        return found switch
        {
            [] => FieldValue.Missing,
            [var one] => ToValue(one),
            _ => Texts(found),
        };
    }

    // A dotted name may be objects in objects, or a name with dots, or a bit of both; of an array, each element is asked.
    private static void Find(JsonElement element, ReadOnlySpan<char> name, List<JsonElement> found)
    {
        if (element.ValueKind == JsonValueKind.Array)
        {
            foreach (JsonElement item in element.EnumerateArray()) Find(item, name, found);
            return;
        }

        if (element.ValueKind != JsonValueKind.Object) return;
        for (int end = name.Length; end > 0; end = name[..end].LastIndexOf('.'))
        {
            if (!element.TryGetProperty(name[..end], out JsonElement inner)) continue;
            if (end == name.Length) found.Add(inner);
            else Find(inner, name[(end + 1)..], found);
        }
    }

    private static FieldValue ToValue(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.String => FieldValue.From(element.GetString()),
        JsonValueKind.Number when element.TryGetInt64(out long number) => FieldValue.From(number),
        JsonValueKind.Number => FieldValue.From(element.GetRawText()),
        JsonValueKind.True or JsonValueKind.False => FieldValue.From(element.GetBoolean()),
        JsonValueKind.Array => Texts(element.EnumerateArray()),
        _ => FieldValue.Missing,
    };

    private static FieldValue Texts(IEnumerable<JsonElement> elements) => FieldValue.From(
        elements
            .Where(element => element.ValueKind is not (JsonValueKind.Object or JsonValueKind.Array or JsonValueKind.Null))
            .Select(ToText)
            .ToArray());

    private static string ToText(JsonElement element) =>
        element.ValueKind == JsonValueKind.String ? element.GetString()! : element.GetRawText();
}
