using Streams.Events.Tables;

namespace Streams.Events.Decoding;

/// <summary>
/// Reads the fields of one event after the other; one a thread. What it has found out about an event it keeps until it is asked
/// about another one, so that a second field of the same event costs next to nothing. Nothing is read before it is needed: first the
/// record of who did it, then the others.
/// </summary>
internal sealed partial class Decoder
{
    [ThreadStatic]
    private static Decoder? _ofThread;

    private readonly RecordScanner _scanner = new();
    private readonly Scratch _scratch = new();

    // For each key the first field that has it, in the record of who did it, in the others, and in those that go elsewhere.
    private readonly long[] _actorFields = new long[RecordKey.Count];
    private readonly long[] _otherFields = new long[RecordKey.Count];
    private readonly long[] _apartFields = new long[RecordKey.Count];

    private AuditEvent? _event;
    private byte[] _text = [];
    private Part[] _records = new Part[16];
    private int _recordCount;
    private int _actorRecord;
    private int _age;
    private int _actorEnd;
    private bool _actorRead;
    private bool _othersRead;
    private int _othersEnd;
    private uint _arch;
    private bool _archKnown;

    private struct Part
    {
        public RecordType Type;
        public int Start;
        public int End;

        /// <summary>Where its fields begin; -1 before it is read.</summary>
        public int First;
        public int Last;
    }

    /// <summary>The thread's decoder, set to an event.</summary>
    public static Decoder Of(AuditEvent source)
    {
        Decoder decoder = _ofThread ??= new Decoder();
        if (!ReferenceEquals(decoder._event, source)) decoder.Start(source);
        decoder._scratch.Clear();
        return decoder;
    }

    /// <summary>Forgets the event: what was thrown in the middle of it may have left half of something.</summary>
    public static void Abandon()
    {
        if (_ofThread is { } decoder) decoder._event = null;
    }

    private void Start(AuditEvent source)
    {
        _event = source;
        _text = source.Buffer;
        _scanner.Start(_text);
        _recordCount = source.RecordCount;
        if (_records.Length < _recordCount || _records.Length > 4096) _records = new Part[Math.Max(16, _recordCount)];
        _actorRecord = source.ActorIndex;
        _additionEnd = 0;
        int start = 0;
        int count = 0;
        for (int i = 0; i < _recordCount; i++)
        {
            (RecordType type, int end) = source.Entry(i);
            if (type == RecordType.StreamsProcess) SetApart(i, start, end);
            else _records[count++] = new Part { Type = type, Start = start, End = end, First = -1 };
            start = end;
        }

        _recordCount = count;
        _age++;
        _actorRead = _othersRead = _archKnown = false;
        _actorEnd = _othersEnd = 0;
        _meaningRead = false;
        _socketRead = false;
        _fileRead = false;
        _paths = null;
        _pathOrderRead = false;
        _originRead = false;
        _argumentsRead = false;
        _entitiesRead = false;
        _hidesEffective = null;
    }

    private void ReadActor()
    {
        _actorRead = true;
        if (_actorRecord < 0) return;
        Read(ref _records[_actorRecord], _actorFields);
        _actorEnd = _scanner.Count;
    }

    private void ReadOthers()
    {
        if (!_actorRead) ReadActor();
        _othersRead = true;
        for (int i = 0; i < _recordCount; i++)
        {
            ref Part record = ref _records[i];
            if (i == _actorRecord || IsGathered(record.Type) || record.Type is RecordType.Syscall or RecordType.Eoe) continue;
            Read(ref record);
        }

        _othersEnd = _scanner.Count;
    }

    // Records whose fields do not go among the event's own.
    private static bool IsGathered(RecordType type) => type is RecordType.Path or RecordType.Sockaddr or RecordType.Execve;

    private void Read(ref Part record) => Read(ref record, _otherFields);

    private void Read(ref Part record, long[] fields)
    {
        // A field of the actor comes before the others' of the same key; those that are apart come after nobody.
        bool apart = IsGathered(record.Type);
        if (!_actorRead && !apart) ReadActor();
        if (record.First >= 0) return;
        record.First = _scanner.Count;
        _scanner.Scan(record.Type, record.Start, record.End, apart, apart ? _apartFields : fields, _age);
        record.Last = _scanner.Count;
    }

    private int Actor(ushort key)
    {
        if (!_actorRead) ReadActor();
        long place = _actorFields[key];
        return (int)(place >> 32) == _age ? (int)place : -1;
    }

    private int Other(ushort key)
    {
        if (!_othersRead) ReadOthers();
        long place = _otherFields[key];
        return (int)(place >> 32) == _age ? (int)place : -1;
    }

    /// <summary>
    /// Whether a field of that key can be there at all. Its name would have to stand in the records, and to look for it costs a tenth of
    /// cutting them up; most events are asked for fields that they do not have.
    /// </summary>
    private bool MayHave(ushort key) => _othersRead || RecordKey.IsDerived(key) || _text.AsSpan().IndexOf(RecordKey.Guess(key)) >= 0;

    /// <summary>The field of that key: the actor's, else the first of the other records.</summary>
    private int Any(ushort key)
    {
        int index = Actor(key);
        return index >= 0 ? index : Other(key);
    }

    /// <summary>
    /// What a program says under a key that the kernel has used of the program itself (<c>uid=0 … msg='uid=1000 …'</c>); -1 for nothing.
    /// </summary>
    private int Said(ushort key)
    {
        if (!_actorRead) ReadActor();
        int again = _scanner.Again(key, _age);
        return again >= 0 && _scanner[again].Part == TokenPart.Program && Actor(key) is >= 0 and var head
            && _scanner[head].Part == TokenPart.Kernel ? again : -1;
    }

    private Piece Raw(int index)
    {
        if (index < 0) return default;
        ref readonly Token token = ref _scanner[index];
        return token.Form == PieceForm.Missing ? default : Piece.From(token.Form, _text, token.Start, token.Length);
    }

    private ReadOnlySpan<byte> Bytes(int index)
    {
        ref readonly Token token = ref _scanner[index];
        return _text.AsSpan(token.Start, token.Length);
    }

    private ReadOnlySpan<byte> KeyText(in Token token) =>
        token.Key != RecordKey.Unknown ? RecordKey.Text(token.Key) : _text.AsSpan(token.KeyStart, token.KeyLength);

    /// <summary>A field's value as it is shown: names for architectures, calls and errors; ids that are not set as such.</summary>
    private Piece Shown(int index)
    {
        if (index < 0) return default;
        ref readonly Token token = ref _scanner[index];
        switch (token.Key)
        {
            case RecordKey.Arch:
                return Hex.TryParse(Bytes(index), out ulong arch) && arch <= uint.MaxValue && Architectures.Name((uint)arch) is { } name
                    ? Piece.From(name)
                    : Raw(index);
            case RecordKey.Syscall:
                return Integers.TryParse(Bytes(index), out long number) && number is >= 0 and <= int.MaxValue
                    && Syscalls.Name(Syscalls.Id(Arch(), (int)number)) is { Length: > 0 } call
                    ? Piece.From(call)
                    : Raw(index);
            case RecordKey.Exit:
                return ExitCode.TryParse(Bytes(index), out long exit) && exit < 0 && Errno.Name((int)-exit) is { } errno
                    ? Piece.From(errno) : Raw(index);
            case RecordKey.Auid or RecordKey.OldAuid or RecordKey.Ses:
                return IsUnset(Bytes(index)) ? Piece.From("unset") : Raw(index);
            case RecordKey.Sig when _event!.Type == RecordType.Seccomp:
                return Integers.TryParse(Bytes(index), out long signal) && signal is > 0 and < 65
                    && Signals.Name((int)signal) is { } signalName
                    ? Piece.From(signalName)
                    : Raw(index);
            default:
                return Raw(index);
        }
    }

    private uint Arch()
    {
        if (!_archKnown)
        {
            _archKnown = true;
            if (!_actorRead && _actorRecord >= 0 && CallFacts.Read(_event!.Record(_actorRecord).Text) is { HasNumber: true } call)
            {
                _arch = call.Arch;
                return _arch;
            }

            int index = Actor(RecordKey.Arch);
            _arch = index >= 0 && Hex.TryParse(Bytes(index), out ulong arch) ? (uint)arch : 0;
        }

        return _arch;
    }

    private static bool IsUnset(ReadOnlySpan<byte> id) => id.SequenceEqual("4294967295"u8) || id.SequenceEqual("-1"u8)
        || id.SequenceEqual("unset"u8);
}
