using System.Buffers.Text;
using Streams.Events.Tables;

namespace Streams.Events.Decoding;

/// <summary>The arguments of an execution: the EXECVE records.</summary>
/// <remarks>
/// Long arguments come in pieces (<c>a1_len=</c>, <c>a1[0]=</c>, <c>a1[1]=</c>), and many arguments in several records, the pieces of one
/// perhaps in two. Kernels before 4.8 leave out an empty argument (audit_log_single_execve_arg, kernel/auditsc.c), and records may be
/// lost: each argument stays in its place, one that is not there is empty. Kernels before 3.13 log the list of a script and that of its
/// interpreter, the newer one first (audit_bprm), and both from the memory of the interpreter: the second is the first one, cut short.
/// </remarks>
internal sealed partial class Decoder
{
    // A number in a log may be any: so many places are kept for arguments that are not there.
    private const int MaxEmptyPlaces = 4096;

    private const int MaxMissingArguments = 64;

    // Kernels before 4.8 give the length in digits where they write an argument in hexadecimal. They cut one that is longer than this
    // (MAX_EXECVE_AUDIT_LEN), so that a shorter length counts bytes, as newer kernels do.
    private const int LongestPiece = 7500;

    private readonly List<Piece> _missingArguments = [];
    private int _emptyPlaces;
    private bool _argumentsRead;

    private struct Pieces
    {
        /// <summary>Which argument; -1 for none.</summary>
        public int Number;

        /// <summary>Where it begins in the scratch.</summary>
        public int Start;

        /// <summary>Its length as the record says it; 0 where none does.</summary>
        public long Length;

        /// <summary>What came of it, as bytes and as it was written.</summary>
        public long Bytes;
        public long Digits;
        public int Next;
        public bool HasGap;

        public readonly bool IsWhole => !HasGap && (Length == 0 || Bytes >= Length || (Digits == Length && Length > LongestPiece));
    }

    private void AddMissingArguments()
    {
        if (!_argumentsRead) AddArguments();
        _items.Clear();
        _items.AddRange(_missingArguments);
    }

    private void AddArguments()
    {
        _argumentsRead = true;
        _missingArguments.Clear();
        _emptyPlaces = 0;
        int next = -1;
        long all = -1;
        var pieces = new Pieces { Number = -1 };
        long length = 0;
        int lengthOf = -1;
        for (int record = 0; record < _recordCount; record++)
        {
            if (_records[record].Type != RecordType.Execve) continue;
            Read(ref _records[record]);
            for (int i = _records[record].First; i < _records[record].Last; i++)
            {
                ref readonly Token token = ref _scanner[i];
                if (token.Part == TokenPart.Enriched) continue;
                if (token.Key == RecordKey.Argc)
                {
                    if (all >= 0)
                    {
                        EndList(ref pieces, next, all);
                        return;
                    }

                    if (!Integers.TryParse(Bytes(i), out all) || all < 0) all = 0;
                    if (next < 0) next = 0;
                    continue;
                }

                ReadOnlySpan<byte> key = KeyText(token);
                if (!IsArgument(key, out int number, out ReadOnlySpan<byte> rest)) continue;
                if (rest.SequenceEqual("_len"u8))
                {
                    lengthOf = Integers.TryParse(Bytes(i), out length) ? number : -1;
                    continue;
                }

                if ((!rest.IsEmpty && rest[0] != '[') || (token.Form == PieceForm.Missing && token.Length > 0)) continue;
                if (number != pieces.Number || rest.IsEmpty)
                {
                    EndPieces(ref pieces);
                    if (next >= 0) AddPlaces(next, number);
                    if (next >= 0 || all >= 0) next = number + 1;
                }

                Piece value = Piece.From(token.Form == PieceForm.Missing ? PieceForm.Literal : token.Form, _text, token.Start,
                    token.Length);
                if (rest.IsEmpty)
                {
                    _items.Add(value);
                    continue;
                }

                if (pieces.Number < 0)
                {
                    pieces = new Pieces { Number = number, Start = _scratch.Length, Length = lengthOf == number ? length : 0 };
                }

                Add(ref pieces, value, rest);
            }
        }

        EndList(ref pieces, next, all);
    }

    private void Add(ref Pieces pieces, in Piece value, ReadOnlySpan<byte> rest)
    {
        pieces.HasGap |= !Utf8Parser.TryParse(rest[1..], out int piece, out _) || piece != pieces.Next;
        pieces.Next = piece + 1;
        pieces.Digits += value.Length;
        int start = _scratch.Length;
        if (value.Form == PieceForm.Hex) Hex.Decode(value.Bytes, _scratch.Append(value.Length / 2));
        else value.Bytes.CopyTo(_scratch.Append(value.Length));
        pieces.Bytes += _scratch.Length - start;
    }

    private void EndPieces(ref Pieces pieces)
    {
        if (pieces.Number < 0) return;
        _items.Add(_scratch.Since(pieces.Start));
        if (!pieces.IsWhole) AddMissing(pieces.Number);
        pieces.Number = -1;
    }

    // What lacks at the end has no place of its own: how many there were may be any number.
    private void EndList(ref Pieces pieces, int next, long all)
    {
        EndPieces(ref pieces);
        for (long number = Math.Max(next, 0); number < all && _missingArguments.Count < MaxMissingArguments; number++) AddMissing(number);
    }

    private void AddPlaces(int next, int number)
    {
        for (; next < number; next++)
        {
            AddMissing(next);
            if (_emptyPlaces++ < MaxEmptyPlaces) _items.Add(Piece.From(""));
            else if (_missingArguments.Count == MaxMissingArguments) return;
        }
    }

    private void AddMissing(long number)
    {
        if (_missingArguments.Count < MaxMissingArguments) _missingArguments.Add(Piece.From(number));
    }

    // a12, a12[3] or a12_len: what follows the number.
    private static bool IsArgument(ReadOnlySpan<byte> key, out int number, out ReadOnlySpan<byte> rest)
    {
        number = 0;
        rest = default;
        if (key.Length < 2 || key[0] != 'a') return false;
        int i = 1;
        for (; i < key.Length && key[i] is >= (byte)'0' and <= (byte)'9'; i++)
        {
            if (number > 100_000_000) return false;
            number = number * 10 + key[i] - '0';
        }

        rest = key[i..];
        return i > 1;
    }
}
