namespace Streams.Events.Decoding;

/// <summary>How the bytes or the number of a <see cref="Piece"/> are to be read.</summary>
internal enum PieceForm : byte
{
    Missing,

    /// <summary>UTF-8 as it stands, perhaps invalid.</summary>
    Literal,

    /// <summary>Upper-case hexadecimal; a NUL inside separates (proctitle) and is shown as a space, those at the end are dropped.</summary>
    Hex,

    /// <summary>Words between spaces, shown joined by commas (the permissions of an AVC).</summary>
    Words,

    /// <summary>A text from a table.</summary>
    Text,

    Number,
}

/// <summary>A value not yet decoded: where it stands, and how it is to be read. So that what nobody shows is never made a string.</summary>
internal readonly struct Piece
{
    private Piece(PieceForm form, byte[]? buffer, string? text, int start, int length, long number)
    {
        Form = form;
        Buffer = buffer;
        Text = text;
        Start = start;
        Length = length;
        Number = number;
    }

    public PieceForm Form { get; }

    public byte[]? Buffer { get; }

    public string? Text { get; }

    public int Start { get; }

    public int Length { get; }

    public long Number { get; }

    public bool IsMissing => Form == PieceForm.Missing;

    public ReadOnlySpan<byte> Bytes => Buffer.AsSpan(Start, Length);

    public static Piece From(string? text) => text is null ? default : new(PieceForm.Text, null, text, 0, 0, 0);

    public static Piece From(long number) => new(PieceForm.Number, null, null, 0, 0, number);

    public static Piece From(PieceForm form, byte[] buffer, int start, int length) => new(form, buffer, null, start, length, 0);
}
