using System.Buffers.Text;
using Streams.Events;
using Streams.Events.Tables;

namespace Streams.Audit;

/// <summary>
/// Whether the EXECVE records of an event hold all arguments. The first says how many there are (<c>argc=</c>); a long one comes in
/// pieces (<c>a1_len=16000 a1[0]=… a1[1]=…</c>), a long list in several records, which follow each other only when one is full.
/// </summary>
/// <remarks>
/// Kernels before 4.8 leave out empty arguments. A gap within one record is therefore an empty argument; what lacks between two records or
/// behind the last one counts as lost. They give the length of an argument in hexadecimal in digits, newer ones in bytes. Kernels before
/// 3.13 log the list of a script a second time, cut short, as a list of its own.
/// </remarks>
internal static class ExecveArguments
{
    /// <summary>Counts what is lacking.</summary>
    /// <param name="records">The records of the event.</param>
    /// <param name="lacking">How many arguments are not there, or not whole.</param>
    /// <param name="all">How many there were; -1 when the record that says so is lacking.</param>
    public static void Count(AuditEventBuilder records, out long lacking, out long all)
    {
        all = -1;
        var seen = default(Seen);
        for (int i = 0; i < records.Count; i++)
        {
            AuditRecord record = records[i];
            if (record.Type != RecordType.Execve) continue;
            ReadOnlySpan<byte> text = record.Text;
            seen.BeginRecord();
            while (!text.IsEmpty)
            {
                int space = text.IndexOf((byte)' ');
                ReadOnlySpan<byte> token = space < 0 ? text : text[..space];
                text = space < 0 ? default : text[(space + 1)..];
                if (token.StartsWith("argc="u8))
                {
                    if (all >= 0)
                    {
                        lacking = Lacking(ref seen, all);
                        return;
                    }

                    if (Utf8Parser.TryParse(token[5..], out uint argc, out _))
                    {
                        all = argc;
                        seen.BeginList();
                    }
                }
                else if (token.Length > 2 && token[0] == 'a' && Utf8Parser.TryParse(token[1..], out uint argument, out int digits))
                {
                    seen.Take(argument, token[(1 + digits)..]);
                }
            }
        }

        lacking = Lacking(ref seen, all);
    }

    private static long Lacking(ref Seen seen, long all)
    {
        seen.EndPieces();
        return Math.Max(all - seen.Whole, 0);
    }

    private struct Seen
    {
        // Kernels before 4.8 cut an argument that is longer than this (MAX_EXECVE_AUDIT_LEN): a shorter length counts bytes.
        private const int LongestPiece = 7500;

        // The argument before, in this record; -2 when the record has just begun.
        private long _last;

        // The one that is in pieces; -1 for none. How long it is as the record says it, and what came of it.
        private long _argument;
        private long _length;
        private long _bytes;
        private long _digits;
        private long _nextPiece;
        private bool _hasGap;

        public long Whole { get; private set; }

        public void BeginRecord() => _last = -2;

        public void BeginList()
        {
            _last = -1;
            _argument = -1;
        }

        // What follows aN: =value, _len=n, or [piece]=value.
        public void Take(uint argument, ReadOnlySpan<byte> rest)
        {
            if (_last >= -1 && argument > _last + 1) Whole += argument - _last - 1;
            _last = argument;
            if (rest.IsEmpty) return;
            if (rest[0] == '=')
            {
                EndPieces();
                Whole++;
            }
            else if (rest.StartsWith("_len="u8))
            {
                EndPieces();
                Begin(argument, Utf8Parser.TryParse(rest[5..], out uint length, out _) ? length : 0);
            }
            else if (rest[0] == '[' && Utf8Parser.TryParse(rest[1..], out uint piece, out int digits)
                && rest[(1 + digits)..].StartsWith("]="u8))
            {
                if (_argument != argument) Begin(argument, 0);
                ReadOnlySpan<byte> value = rest[(3 + digits)..];
                bool isQuoted = value.StartsWith("\""u8);
                value = value.Trim((byte)'"');
                _hasGap |= piece != _nextPiece;
                _nextPiece = piece + 1;
                _digits += value.Length;
                _bytes += isQuoted ? value.Length : value.Length / 2;
            }
        }

        /// <summary>Nothing more comes of the argument that is in pieces.</summary>
        public void EndPieces()
        {
            if (_argument >= 0 && !_hasGap && _length > 0 && (_bytes >= _length || (_digits == _length && _length > LongestPiece))) Whole++;
            _argument = -1;
        }

        private void Begin(long argument, long length)
        {
            _argument = argument;
            _length = length;
            _bytes = _digits = _nextPiece = 0;
            _hasGap = false;
        }
    }
}
