using System.Globalization;

namespace Streams.Events;

/// <summary>
/// What a field holds: nothing, a text, a whole number, a truth value, a time, or a list of texts. A small struct, so that reading a
/// number or an already known text allocates nothing.
/// </summary>
public readonly struct FieldValue : IEquatable<FieldValue>
{
    private readonly object? _reference;
    private readonly long _number;

    private FieldValue(FieldValueKind kind, object? reference, long number)
    {
        Kind = kind;
        _reference = reference;
        _number = number;
    }

    /// <summary>A field that is not there.</summary>
    public static FieldValue Missing => default;

    /// <summary>What the field holds.</summary>
    public FieldValueKind Kind { get; }

    /// <summary>Whether there is no such field.</summary>
    public bool IsMissing => Kind == FieldValueKind.Missing;

    /// <summary>The number; 0 for what is not a number.</summary>
    public long Number => Kind == FieldValueKind.Number ? _number : 0;

    /// <summary>The truth value; false for what is none.</summary>
    public bool Truth => Kind == FieldValueKind.Truth && _number != 0;

    /// <summary>The time; the Unix epoch's zero for what is none.</summary>
    public DateTimeOffset Time => Kind == FieldValueKind.Time ? new DateTimeOffset(_number, TimeSpan.Zero) : default;

    /// <summary>How many texts there are: a list's, 1 for one text, 0 for what is not text.</summary>
    public int TextCount => Kind switch { FieldValueKind.List => ((string[])_reference!).Length, FieldValueKind.Text => 1, _ => 0 };

    /// <summary>One of the texts.</summary>
    /// <param name="index">From 0 to <see cref="TextCount"/> less one.</param>
    public string Text(int index = 0) => Kind == FieldValueKind.List ? ((string[])_reference!)[index] : (string)_reference!;

    /// <summary>A text, or missing when it is null.</summary>
    public static FieldValue From(string? text) => text is null ? default : new(FieldValueKind.Text, text, 0);

    /// <summary>A whole number.</summary>
    public static FieldValue From(long number) => new(FieldValueKind.Number, null, number);

    /// <summary>A truth value.</summary>
    public static FieldValue From(bool truth) => new(FieldValueKind.Truth, null, truth ? 1 : 0);

    /// <summary>A time.</summary>
    public static FieldValue From(DateTimeOffset time) => new(FieldValueKind.Time, null, time.UtcTicks);

    /// <summary>A list of texts; missing when it is null or empty, as a document leaves it out.</summary>
    public static FieldValue From(string[]? texts) => texts is null or [] ? default : new(FieldValueKind.List, texts, 0);

    /// <inheritdoc/>
    public bool Equals(FieldValue other) => Kind == other.Kind && _number == other._number && Kind switch
    {
        FieldValueKind.Text => (string)_reference! == (string)other._reference!,
        FieldValueKind.List => ((string[])_reference!).AsSpan().SequenceEqual((string[])other._reference!),
        _ => true,
    };

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is FieldValue other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Kind, _number, Kind == FieldValueKind.Text ? _reference : null);

    /// <summary>The value as the document shows it; a list joined by <c>, </c>; empty when missing.</summary>
    public override string ToString() => Kind switch
    {
        FieldValueKind.Text => (string)_reference!,
        FieldValueKind.Number => _number.ToString(CultureInfo.InvariantCulture),
        FieldValueKind.Truth => _number != 0 ? "true" : "false",
        FieldValueKind.Time => Time.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture),
        FieldValueKind.List => string.Join(", ", (string[])_reference!),
        _ => "",
    };

    /// <summary>Whether both hold the same.</summary>
    public static bool operator ==(FieldValue left, FieldValue right) => left.Equals(right);

    /// <summary>Whether they differ.</summary>
    public static bool operator !=(FieldValue left, FieldValue right) => !left.Equals(right);
}

/// <summary>What a <see cref="FieldValue"/> holds.</summary>
public enum FieldValueKind : byte
{
    /// <summary>The field is not there.</summary>
    Missing,

    /// <summary>A text (Elasticsearch's keyword).</summary>
    Text,

    /// <summary>A whole number.</summary>
    Number,

    /// <summary>True or false.</summary>
    Truth,

    /// <summary>A time, UTC.</summary>
    Time,

    /// <summary>Several texts.</summary>
    List,
}
