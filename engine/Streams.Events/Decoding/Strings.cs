using System.Globalization;

namespace Streams.Events.Decoding;

/// <summary>Pieces as strings.</summary>
internal static class Strings
{
    public static string? Of(in Piece piece)
    {
        switch (piece.Form)
        {
            case PieceForm.Text:
                return piece.Text;
            case PieceForm.Number:
                return piece.Number.ToString(CultureInfo.InvariantCulture);
            case PieceForm.Literal:
                return TextCache.Get(piece.Bytes);
            case PieceForm.Hex:
            case PieceForm.Words:
                return DecodedOf(piece);
            default:
                return null;
        }
    }

    /// <summary>Writes the decoded bytes of <see cref="PieceForm.Hex"/> or <see cref="PieceForm.Words"/>; the target is at least as long
    /// as the piece.</summary>
    public static int Decode(in Piece piece, Span<byte> target)
    {
        ReadOnlySpan<byte> bytes = piece.Bytes;
        if (piece.Form == PieceForm.Hex)
        {
            Span<byte> decoded = target[..(bytes.Length / 2)];
            Hex.Decode(bytes, decoded);
            decoded = decoded[..(decoded.LastIndexOfAnyExcept((byte)0) + 1)];
            decoded.Replace((byte)0, (byte)' ');
            return decoded.Length;
        }

        int length = 0;
        for (int i = 0; i < bytes.Length; i++)
        {
            if (bytes[i] != ' ') target[length++] = bytes[i];
            else if (length > 0 && target[length - 1] != ',') target[length++] = (byte)',';
        }

        return length;
    }

    public static FieldValue ToValue(in Piece piece) => piece.Form switch
    {
        PieceForm.Missing => FieldValue.Missing,
        PieceForm.Number => FieldValue.From(piece.Number),
        _ => FieldValue.From(Of(piece)),
    };

    public static void Write(JsonText json, in Piece piece)
    {
        switch (piece.Form)
        {
            case PieceForm.Number:
                json.Number(piece.Number);
                break;
            case PieceForm.Text:
                json.String(piece.Text!);
                break;
            case PieceForm.Literal:
                json.String(piece.Bytes);
                break;
            default:
                WriteDecoded(json, piece);
                break;
        }
    }

    private static void WriteDecoded(JsonText json, in Piece piece)
    {
        Span<byte> room = piece.Length <= 512 ? stackalloc byte[512] : new byte[piece.Length];
        json.String(room[..Decode(piece, room)]);
    }

    private static string DecodedOf(in Piece piece)
    {
        Span<byte> room = piece.Length <= 512 ? stackalloc byte[512] : new byte[piece.Length];
        return TextCache.Get(room[..Decode(piece, room)]);
    }
}
