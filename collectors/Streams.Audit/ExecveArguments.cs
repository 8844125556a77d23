using System.Buffers.Text;
using Streams.Events;
using Streams.Events.Tables;

namespace Streams.Audit;

/// <summary>
/// Whether the EXECVE records of an event hold all arguments. The first says how many there are (<c>argc=</c>); a long one comes in
/// pieces (<c>a1_len=16000 a1[0]=… a1[1]=…</c>), a long list in several records, which follow each other only when one is full.
/// </summary>
/// <remarks>
/// Old kernels leave out empty arguments. A gap within one record is therefore an empty argument; what lacks between two records or
/// behind the last one counts as lost.
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
                    if (all < 0 && Utf8Parser.TryParse(token[5..], out uint argc, out _))
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

        lacking = Math.Max(all - seen.Whole, 0);
    }

    private struct Seen
    {
        // The argument before, in this record; -2 when the record has just begun.
        private long _last;
        private long _length;
        private long _pieces;
        private long _nextPiece;

        public long Whole { get; private set; }

        public void BeginRecord() => _last = -2;

        public void BeginList() => _last = -1;

        // What follows aN: =value, _len=n, or [piece]=value.
        public void Take(uint argument, ReadOnlySpan<byte> rest)
        {
            if (_last >= -1 && argument > _last + 1) Whole += argument - _last - 1;
            _last = argument;
            if (rest[0] == '=')
            {
                Whole++;
            }
            else if (rest.StartsWith("_len="u8))
            {
                _length = Utf8Parser.TryParse(rest[5..], out uint length, out _) ? length : 0;
                _pieces = _nextPiece = 0;
            }
            else if (rest[0] == '[' && Utf8Parser.TryParse(rest[1..], out uint piece, out int digits))
            {
                if (!rest[(1 + digits)..].StartsWith("]="u8)) return;
                if (piece == 0) _pieces = _nextPiece = 0;
                if (piece != _nextPiece) return;
                ReadOnlySpan<byte> value = rest[(3 + digits)..].Trim((byte)'"');
                _nextPiece++;
                _pieces += value.Length;
                if (_pieces < _length || _length == 0) return;
                Whole++;
                _length = 0;
            }
        }
    }
}
