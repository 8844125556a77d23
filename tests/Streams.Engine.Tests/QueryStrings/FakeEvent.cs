using System.Buffers;
using Streams.Events;

namespace Streams.Engine.Tests.QueryStrings;

/// <summary>An event that holds what a test puts into it, and counts what is read.</summary>
internal sealed class FakeEvent(IReadOnlyDictionary<string, FieldValue> fields) : Event("web-1", "test", DateTimeOffset.UnixEpoch, 1)
{
    public List<string> Read { get; } = [];

    public override EventKind Kind => EventKind.Document;

    public override FieldValue this[Field field]
    {
        get
        {
            Read.Add(field.Name);
            return fields.GetValueOrDefault(field.Name);
        }
    }

    public override void WriteDocument(IBufferWriter<byte> output, bool original = false) => throw new NotSupportedException();

    /// <summary>
    /// A document on one line: <c>name=text; name=#12; name=!true; name=@2024-05-01T10:00:00Z; name=[a|b]</c>.
    /// </summary>
    public static FakeEvent Of(string document)
    {
        var fields = new Dictionary<string, FieldValue>();
        foreach (string part in document.Split("; ", StringSplitOptions.RemoveEmptyEntries))
        {
            int equals = part.IndexOf('=', StringComparison.Ordinal);
            fields[part[..equals]] = Value(part[(equals + 1)..]);
        }

        return new FakeEvent(fields);
    }

    private static FieldValue Value(string text) => text switch
    {
        ['#', .. var number] => FieldValue.From(long.Parse(number, null)),
        ['!', .. var truth] => FieldValue.From(truth == "true"),
        ['@', .. var time] => FieldValue.From(DateTimeOffset.Parse(time, null)),
        ['[', .. var list, ']'] => FieldValue.From(list.Split('|')),
        _ => FieldValue.From(text),
    };
}
