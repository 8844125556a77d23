using System.Buffers;
using System.Text;
using System.Text.Json;
using Streams.Events;

namespace Streams.Testing;

/// <summary>An event that says a word, for tests in which nothing else matters.</summary>
public sealed class Note(string host, DateTimeOffset occurred, ulong serial, string text, string collector = "notes")
    : Event(host, collector, occurred, serial)
{
    /// <summary>The word.</summary>
    public string Text { get; } = text;

    /// <inheritdoc/>
    public override EventKind Kind => EventKind.Document;

    /// <inheritdoc/>
    public override FieldValue this[Field field] => field.Name == "message" ? FieldValue.From(Text) : FieldValue.Missing;

    /// <inheritdoc/>
    public override void WriteDocument(IBufferWriter<byte> output, bool original = false) =>
        output.Write(Encoding.UTF8.GetBytes(
            $$"""{"host":{"name":{{JsonSerializer.Serialize(Host)}}},"message":{{JsonSerializer.Serialize(Text)}}}"""));

    /// <inheritdoc/>
    public override string ToString() => $"{Host} {Text}@{(Occurred - VirtualTime.Start).TotalSeconds}";
}
