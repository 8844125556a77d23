using Streams.Events.Tables;

namespace Streams.Events.Decoding;

/// <summary>
/// Cuts the text of a record into fields, from left to right, since every value is somebody else's: what looks like a key inside a
/// value must not become one. It knows the forms that are not key=value (AVC, LOGIN, programs before 2007) and survives everything.
/// </summary>
internal sealed class RecordScanner
{
    private const byte EnrichedFollows = 0x1D;

    private Token[] _tokens = new Token[256];
    private byte[] _buffer = [];
    private RecordType _type;
    private bool _apart;
    private long[] _fields = [];
    private int _age;
    private int _recordStart;

    // For each key the second field of it in one record: what a program says where the kernel has said the same of the program.
    private readonly long[] _again = new long[RecordKey.Count];

    public int Count { get; private set; }

    public ReadOnlySpan<Token> Tokens => _tokens.AsSpan(0, Count);

    public ref readonly Token this[int index] => ref _tokens[index];

    /// <summary>Starts anew over another event's records.</summary>
    public void Start(byte[] buffer)
    {
        _buffer = buffer;
        Count = 0;
        if (_tokens.Length > 8192) _tokens = new Token[256];
    }

    /// <summary>The second field of a key within one record; -1 where no record has one.</summary>
    /// <param name="key">The key.</param>
    /// <param name="age">The age of places that count.</param>
    public int Again(ushort key, int age)
    {
        long place = _again[key];
        return (int)(place >> 32) == age ? (int)place : -1;
    }

    /// <summary>Appends the fields of one record.</summary>
    /// <param name="type">Its type.</param>
    /// <param name="start">Where its text begins.</param>
    /// <param name="end">Where its text ends.</param>
    /// <param name="apart">Whether its fields are not the event's own.</param>
    /// <param name="fields">For each key the age (high half) and the place (low half) of its first field.</param>
    /// <param name="age">The age of places that count.</param>
    public void Scan(RecordType type, int start, int end, bool apart, long[] fields, int age)
    {
        _type = type;
        _apart = apart;
        _fields = fields;
        _age = age;
        _recordStart = Count;
        int separator = _buffer.AsSpan(start, end - start).LastIndexOf(EnrichedFollows);
        int bodyEnd = separator < 0 ? end : start + separator;
        Fields(start, bodyEnd, TokenPart.Kernel);
        if (separator >= 0) Fields(bodyEnd + 1, end, TokenPart.Enriched);
    }

    private void Fields(int start, int end, TokenPart part)
    {
        byte[] buffer = _buffer;
        int position = start;
        int last = part == TokenPart.Kernel ? RecordKey.First(_type) - 1 : 0;
        bool parenthesis = false;
        while (position < end)
        {
            if (buffer[position] <= ' ')
            {
                position++;
                continue;
            }

            int keyStart = position;
            int equals;
            ushort key;
            ReadOnlySpan<byte> guess = RecordKey.Guess((ushort)(last + 1));
            if (buffer.AsSpan(position, end - position).StartsWith(guess))
            {
                key = (ushort)(last + 1);
                equals = position + guess.Length - 1;
            }
            else
            {
                equals = position;
                while (equals < end && buffer[equals] > ' ' && buffer[equals] != '=') equals++;
                if (equals == end || buffer[equals] != '=')
                {
                    position = Word(position, equals, end, part);
                    continue;
                }

                keyStart = equals;
                while (keyStart > position && IsKeyByte(buffer[keyStart - 1])) keyStart--;
                if (keyStart == equals)
                {
                    position = EndOfWord(equals, end);
                    continue;
                }

                parenthesis |= keyStart > position && buffer[keyStart - 1] == '(';
                key = RecordKey.Find(buffer.AsSpan(keyStart, equals - keyStart));
            }

            if (_type == RecordType.Login && part == TokenPart.Kernel) key = OldOrNew(key, keyStart, start);
            last = key;
            position = Value(keyStart, equals, end, key, part, ref parenthesis);
        }
    }

    private int Value(int keyStart, int equals, int end, ushort key, TokenPart part, ref bool parenthesis)
    {
        byte[] buffer = _buffer;
        int start = equals + 1;
        if (part == TokenPart.Program ? key >= RecordKey.FirstEnriched : part == TokenPart.Enriched
            && key < RecordKey.FirstEnriched) key = RecordKey.Unknown;
        if (start >= end) return end;
        byte first = buffer[start];
        PieceForm form = PieceForm.Literal;
        int valueEnd;
        int next;
        if (first is (byte)'"' or (byte)'\'')
        {
            start++;
            bool message = key == RecordKey.Msg && part == TokenPart.Kernel;
            ReadOnlySpan<byte> rest = buffer.AsSpan(start, end - start);

            // What a program sent may hold apostrophes; the kernel closes it with the last one.
            int close = message ? rest.LastIndexOf(first) : rest.IndexOf(first);
            valueEnd = close < 0 ? end : start + close;
            next = close < 0 ? end : valueEnd + 1;
            if (message)
            {
                Fields(start, valueEnd, TokenPart.Program);
                return next;
            }

            if (valueEnd == start && !IsArgument(keyStart, key)) form = PieceForm.Missing;

            // A task without a title, as a kernel thread: audit_log_proctitle (kernel/auditsc.c) logs the text "(null)" as any other.
            if (key == RecordKey.Proctitle && buffer.AsSpan(start, valueEnd - start).SequenceEqual("(null)"u8)) form = PieceForm.Missing;
            if (part == TokenPart.Program && valueEnd - start == 1 && buffer[start] == '?') form = PieceForm.Missing;
        }
        else if (first == '{' && part == TokenPart.Enriched)
        {
            int close = buffer.AsSpan(start, end - start).IndexOf((byte)'}');
            valueEnd = close < 0 ? end : start + close + 1;
            next = valueEnd;
        }
        else
        {
            valueEnd = start;
            int near = Math.Min(end, start + 16);
            while (valueEnd < near && buffer[valueEnd] != ' ') valueEnd++;
            if (valueEnd == near && near < end) valueEnd = EndOfWord(near, end);

            // Nearly all of the kernel's values are numbers and words, with nothing about them.
            if (valueEnd > start && RecordKey.IsPlain(key) && first is not ((byte)'(' or (byte)'?') && buffer[valueEnd - 1] >= '0'
                && _type != RecordType.Execve)
            {
                Add(key, keyStart, equals - keyStart, start, valueEnd - start, PieceForm.Literal, part);
                return valueEnd;
            }

            // Some copies have lost the separator: key=(null)ARCH=x86_64.
            if (first == '(' && valueEnd - start > 6 && buffer[start + 6] is >= (byte)'A' and <= (byte)'Z'
                && buffer.AsSpan(start, 6).SequenceEqual("(null)"u8)) valueEnd = start + 6;
            if (IsPhrase(key)) valueEnd = EndOfPhrase(valueEnd, end);
            else if (RecordKey.IsLabel(key)) valueEnd = EndOfLabel(valueEnd, end);
            next = valueEnd;
            if (valueEnd - start > 1 && buffer[valueEnd - 1] is (byte)',' or (byte)'"') valueEnd--;
            if (parenthesis && valueEnd > start && buffer[valueEnd - 1] == ')')
            {
                valueEnd--;
                parenthesis = false;
            }

            ReadOnlySpan<byte> value = buffer.AsSpan(start, valueEnd - start);
            if (value.IsEmpty || (value[0] == '?' && value.Length == 1)
                || (value[0] == '(' && value.SequenceEqual("(null)"u8))) form = PieceForm.Missing;
            else if (IsEncoded(keyStart, equals, key) && Hex.IsEncoded(value)) form = PieceForm.Hex;
        }

        if (part == TokenPart.Kernel && IsUpper(keyStart, equals, key)) part = TokenPart.Enriched;
        Add(key, keyStart, equals - keyStart, start, valueEnd - start, form, part);
        return next;
    }

    // Words that are no fields, but for those of an AVC: "avc:  denied  { read write } for  pid=…".
    private int Word(int start, int wordEnd, int end, TokenPart part)
    {
        ReadOnlySpan<byte> word = _buffer.AsSpan(start, wordEnd - start);
        if (!word.SequenceEqual("avc:"u8)) return wordEnd;
        int result = Skip(wordEnd, end);
        int resultEnd = EndOfWord(result, end);
        int brace = Skip(resultEnd, end);
        if (brace >= end || _buffer[brace] != '{') return wordEnd;
        int close = _buffer.AsSpan(brace, end - brace).IndexOf((byte)'}');
        if (close < 0) return wordEnd;
        Add(RecordKey.Seresult, result, 0, result, resultEnd - result, PieceForm.Literal, part);
        int first = Skip(brace + 1, brace + close);
        int last = brace + close;
        while (last > first && _buffer[last - 1] == ' ') last--;
        Add(RecordKey.Seperms, first, 0, first, last - first, last == first ? PieceForm.Missing : PieceForm.Words, part);
        return brace + close + 1;
    }

    // Before Linux 3.14: "old auid=4294967295 new auid=1000 old ses=4294967295 new ses=2".
    private ushort OldOrNew(ushort key, int position, int start)
    {
        if (key is not (RecordKey.Auid or RecordKey.Ses)) return key;
        ReadOnlySpan<byte> before = _buffer.AsSpan(start, position - start);
        if (before.EndsWith("old "u8)) return key == RecordKey.Auid ? RecordKey.OldAuidOld : RecordKey.OldSesOld;
        if (before.EndsWith("new "u8)) return key == RecordKey.Auid ? RecordKey.NewAuidOld : RecordKey.NewSesOld;
        return key;
    }

    private void Add(ushort key, int keyStart, int keyLength, int start, int length, PieceForm form, TokenPart part)
    {
        if (Count == _tokens.Length) Array.Resize(ref _tokens, Count * 2);
        ref Token token = ref _tokens[Count++];
        token.Key = key;
        token.KeyStart = keyStart;
        token.KeyLength = (ushort)Math.Min(keyLength, ushort.MaxValue);
        token.Start = start;
        token.Length = length;
        token.Form = form;
        token.Part = part;
        token.IsApart = _apart;
        if (key == RecordKey.Unknown || form == PieceForm.Missing) return;

        // The first field of a key is the one that counts.
        ref long place = ref _fields[key];
        if ((int)(place >> 32) != _age) place = (long)_age << 32 | (uint)(Count - 1);
        else if (part != TokenPart.Kernel && (int)place >= _recordStart) AddAgain(key);
    }

    private void AddAgain(ushort key)
    {
        ref long place = ref _again[key];
        if ((int)(place >> 32) != _age) place = (long)_age << 32 | (uint)(Count - 1);
    }

    private int EndOfWord(int start, int end)
    {
        int length = _buffer.AsSpan(start, end - start).IndexOf((byte)' ');
        return length < 0 ? end : start + length;
    }

    // A value of several words, unquoted (op=adding group to /etc/group id=…): it ends before the next key, or before a word of no letters.
    private int EndOfPhrase(int valueEnd, int end)
    {
        while (true)
        {
            int word = Skip(valueEnd, end);
            if (word >= end || !(char.IsAsciiLetterOrDigit((char)_buffer[word]) || _buffer[word] == '/')) return valueEnd;
            int wordEnd = EndOfWord(word, end);
            if (_buffer.AsSpan(word, wordEnd - word).IndexOf((byte)'=') >= 0) return valueEnd;
            valueEnd = wordEnd;
        }
    }

    // A label of AppArmor has its mode behind a space: subj=/usr/sbin/ntpd (enforce) (aa_label_asxprint, security/apparmor/label.c).
    private int EndOfLabel(int valueEnd, int end)
    {
        if (end - valueEnd < 4 || _buffer[valueEnd] != ' ' || _buffer[valueEnd + 1] != '(') return valueEnd;
        int close = valueEnd + 2;
        while (close < end && _buffer[close] is >= (byte)'a' and <= (byte)'z') close++;
        bool isMode = close > valueEnd + 2 && close < end && _buffer[close] == ')' && (close + 1 == end || _buffer[close + 1] <= ' ');
        return isMode ? close + 1 : valueEnd;
    }

    private int Skip(int position, int end)
    {
        while (position < end && _buffer[position] == ' ') position++;
        return position;
    }

    private bool IsArgument(int keyStart, ushort key) =>
        _type == RecordType.Execve && _buffer[keyStart] == 'a' && key != RecordKey.Argc;

    private bool IsEncoded(int keyStart, int equals, ushort key)
    {
        // a1_len=1600 is a number.
        if (_type == RecordType.Execve) return IsArgument(keyStart, key) && _buffer[equals - 1] != 'n';
        return key != RecordKey.Unknown ? EncodedFields.Contains(key) : RecordFields.IsEncoded(_buffer.AsSpan(keyStart, equals - keyStart));
    }

    // A forwarder may turn the separator into a space: keys in capitals are the logging daemon's wherever they stand.
    private bool IsUpper(int keyStart, int equals, ushort key)
    {
        if (key != RecordKey.Unknown) return key >= RecordKey.FirstEnriched;
        for (int i = keyStart; i < equals; i++)
        {
            if (_buffer[i] is not (>= (byte)'A' and <= (byte)'Z' or (byte)'_' or (byte)'-')) return false;
        }

        return true;
    }

    private static bool IsPhrase(ushort key) => key is RecordKey.Op or RecordKey.Reason or RecordKey.Cause or RecordKey.Info;

    private static bool IsKeyByte(byte b) => char.IsAsciiLetterOrDigit((char)b) || b is (byte)'_' or (byte)'-' or (byte)'[' or (byte)']';
}
