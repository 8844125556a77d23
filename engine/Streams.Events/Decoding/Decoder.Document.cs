using System.Buffers;
using System.Buffers.Text;
using System.Text;
using Streams.Events.Tables;

namespace Streams.Events.Decoding;

/// <summary>Single fields and the whole document, both by <see cref="DocumentShape"/>.</summary>
internal sealed partial class Decoder
{
    private readonly JsonText _json = new();

    public FieldValue Value(Field field)
    {
        switch (field.Id)
        {
            case FieldId.None:
                return field.Name == "agent.name" ? FieldValue.From(_event!.Host) : FieldValue.Missing;
            case FieldId.Timestamp:
                return FieldValue.From(_event!.Occurred);
            case FieldId.Fault:
                return _event!.ExaminedFault;
            case FieldId.Data:
                return Strings.ToValue(ReadData(field.Key, field.Suffix));
            case FieldId.UserOther:
                return Strings.ToValue(ReadOtherUser(field.Suffix));
            case FieldId.Decoded:
                return Decoded(field);
            case FieldId.Paths:
                _items.Clear();
                GatherFrom(RecordType.Path, field.Suffix);
                return List();
            case FieldId.Records:
                _items.Clear();
                ReadRepeated(Encoding.UTF8.GetString(field.Suffix));
                return List();
            default:
                if (!DocumentShape.IsList(field.Id)) return Strings.ToValue(Read(field.Id));
                if (Ready(field.Id) is { } ready) return FieldValue.From(ready);
                Gather(field.Id);
                return List();
        }
    }

    private FieldValue List()
    {
        if (_items.Count == 0) return FieldValue.Missing;
        string[] texts = new string[_items.Count];
        for (int i = 0; i < texts.Length; i++) texts[i] = Strings.Of(_items[i])!;
        return FieldValue.From(texts);
    }

    /// <summary>The document, until the decoder is used again.</summary>
    public ReadOnlySpan<byte> Document(bool original)
    {
        JsonText json = _json;
        json.Start();
        Shape[] steps = DocumentShape.Steps;
        for (int i = 0; i < steps.Length; i++)
        {
            ref readonly Shape step = ref steps[i];
            switch (step.Step)
            {
                case ShapeStep.Open:
                    if (Has(step.Need)) json.Open(step.Name);
                    else i = step.Close;
                    break;
                case ShapeStep.Close:
                    json.Close();
                    break;
                default:
                    Write(json, step, original);
                    break;
            }
        }

        json.End();
        return json.Written;
    }

    private bool Has(ShapeNeed need) => need switch
    {
        ShapeNeed.Socket => HasSocket() || Any(RecordKey.Socket) >= 0,
        ShapeNeed.File => HasFile(),
        ShapeNeed.SubjectContext => Actor(RecordKey.Subj) >= 0,
        ShapeNeed.ObjectContext => FileField(RecordKey.Obj) >= 0,
        ShapeNeed.Addition => _additionEnd > 0,
        _ => true,
    };

    private void Write(JsonText json, in Shape step, bool original)
    {
        switch (step.Id)
        {
            case FieldId.Timestamp:
                json.Property(step.Name);
                WriteTime(json, _event!.OccurredTicks);
                break;
            case FieldId.EventOriginal:
                if (!original) break;
                json.Property(step.Name);
                WriteOriginal(json);
                break;
            case FieldId.Data:
                WriteData(json);
                break;
            case FieldId.UserOther:
                WriteOtherUsers(json);
                break;
            case FieldId.Decoded:
                json.Open(step.Name);
                WriteDecoded(json);
                json.Close();
                break;
            case FieldId.Paths:
                if (Array.FindIndex(_records, 0, _recordCount, static record => record.Type == RecordType.Path) < 0) break;
                json.Property(step.Name);
                WriteRecords(json, RecordType.Path);
                break;
            case FieldId.Records:
                WriteRepeated(json, step.Name);
                break;
            default:
                if (step.IsList)
                {
                    Gather(step.Id);
                    if (_items.Count == 0) break;
                    json.Property(step.Name);
                    json.StartArray();
                    foreach (Piece item in _items)
                    {
                        json.Element();
                        Strings.Write(json, item);
                    }

                    json.EndArray();
                    break;
                }

                Piece piece = Read(step.Id);
                if (piece.IsMissing) break;
                json.Property(step.Name);
                Strings.Write(json, piece);
                break;
        }
    }

    private static void WriteTime(JsonText json, long ticks)
    {
        Span<byte> text = stackalloc byte[32];
        Utf8Formatter.TryFormat(new DateTime(ticks, DateTimeKind.Utc), text, out _, new StandardFormat('O'));

        // Milliseconds are all that a record has: 2026-01-02T03:04:05.678Z.
        text[23] = (byte)'Z';
        json.String(text[..24]);
    }

    private void WriteOriginal(JsonText json)
    {
        Span<byte> head = stackalloc byte[64];
        long milliseconds = (_event!.OccurredTicks - DateTimeOffset.UnixEpoch.Ticks) / TimeSpan.TicksPerMillisecond;
        json.StartArray();
        for (int i = 0; i < _recordCount; i++)
        {
            json.Element();
            json.StartString();
            json.Characters("type="u8);
            json.Characters(Encoding.UTF8.GetBytes(RecordTypes.Name(_records[i].Type)));
            System.Text.Unicode.Utf8.TryWrite(
                head, System.Globalization.CultureInfo.InvariantCulture,
                    $" msg=audit({Math.DivRem(milliseconds, 1000, out long rest)}.{rest:000}:{_event.Serial}): ",
                out int length);
            json.Characters(head[..length]);
            json.Characters(_text.AsSpan(_records[i].Start, _records[i].End - _records[i].Start));
            json.EndString();
        }

        json.EndArray();
    }
}
