namespace Streams.Events.Tables;

/// <summary>What daemons write for control characters of a line that they pass on (<c>control-escapes.table</c>).</summary>
public static partial class ControlEscapes
{
    /// <summary>Every text that stands for the byte 0x1D.</summary>
    public static IReadOnlyList<string> SeparatorForms => [.. Separators.Select(System.Text.Encoding.ASCII.GetString)];

    /// <summary>The length of the text at the end that stands for the byte 0x1D; 0 for none.</summary>
    public static int SeparatorAtEnd(ReadOnlySpan<byte> text) => AtEnd(text, Separators);

    /// <summary>The length of the text at the end that stands for a line feed, a tab, a carriage return or a NUL; 0 for none.</summary>
    public static int OtherAtEnd(ReadOnlySpan<byte> text)
    {
        // Asked of every record of a log: nearly all end with no such text.
        bool mayBe = (text.Length >= 2 && text[^2] is (byte)'\\' or (byte)'^')
            || (text.Length >= 4 && text[^4] is (byte)'#' or (byte)'\\')
            || (text.Length >= 6 && text[^6] == '\\');
        return mayBe ? AtEnd(text, Others) : 0;
    }

    /// <summary>The length of the text at the beginning that stands for one of them; 0 for none.</summary>
    public static int OtherAtStart(ReadOnlySpan<byte> text)
    {
        foreach (byte[] form in Others)
        {
            if (text.StartsWith(form)) return form.Length;
        }

        return 0;
    }

    private static int AtEnd(ReadOnlySpan<byte> text, byte[][] forms)
    {
        foreach (byte[] form in forms)
        {
            if (text.EndsWith(form)) return form.Length;
        }

        return 0;
    }
}
