namespace Streams.Events.Tables;

/// <summary>Which fields of a record hold strings that somebody outside the kernel chose (<c>record-fields.table</c>).</summary>
/// <remarks>
/// Such a value is written in quotes, or as upper-case hexadecimal without quotes if it has a quote, a space, a control
/// character or a byte above 126. In these fields an unquoted value of an even number of digits is to be decoded, in all
/// others it is a number or a word. <c>saddr</c> is always hexadecimal and is no string.
/// </remarks>
public static partial class RecordFields
{
    /// <summary>Whether a field holds an untrusted string, in records of any type.</summary>
    public static bool IsEncoded(ReadOnlySpan<byte> field) => IsListed(field);

    /// <summary>As <see cref="IsEncoded(ReadOnlySpan{byte})"/>, and the arguments <c>a0</c>, <c>a1[2]</c> of an EXECVE record.</summary>
    public static bool IsEncoded(RecordType type, ReadOnlySpan<byte> field) =>
        IsListed(field) || (type == RecordType.Execve && IsArgument(field));

    private static bool IsArgument(ReadOnlySpan<byte> field)
    {
        if (field.Length < 2 || field[0] != (byte)'a') return false;
        var piece = field.IndexOf((byte)'[');
        var number = piece < 0 ? field[1..] : field[1..piece];
        if (!IsNumber(number)) return false;
        return piece < 0 || (field[^1] == (byte)']' && IsNumber(field[(piece + 1)..^1]));
    }

    private static bool IsNumber(ReadOnlySpan<byte> text) => !text.IsEmpty && !text.ContainsAnyExceptInRange((byte)'0', (byte)'9');
}
