using Streams.Events.Tables;

namespace Streams.Events.Decoding;

/// <summary>The PATH and SOCKADDR records.</summary>
internal sealed partial class Decoder
{
    private bool _fileRead;
    private int _fileRecord;

    // Its texts last as long as the event is asked about: several fields, and often several queries, are about the one address.
    private readonly Scratch _socketTexts = new();
    private bool _socketRead;
    private SocketAddress _socket;

    private ref readonly SocketAddress Socket()
    {
        if (!_socketRead)
        {
            _socketRead = true;
            _socketTexts.Clear();
            _socket = SocketAddress.None;
            for (int i = 0; i < _recordCount; i++)
            {
                if (_records[i].Type != RecordType.Sockaddr) continue;
                Read(ref _records[i]);
                int index = FindIn(_records[i], RecordKey.Saddr);
                if (index < 0) continue;
                bool littleEndian = Arch() == 0 || (Arch() & LittleEndian) != 0;
                _socket = SocketAddress.Decode(Bytes(index), Raw(index), littleEndian, _socketTexts);
                break;
            }
        }

        return ref _socket;
    }

    private bool HasSocket() => Socket().Family >= 0 || !_socket.Raw.IsMissing;

    // __AUDIT_ARCH_LE of linux/audit.h.
    private const uint LittleEndian = 0x40000000;

    private int FindIn(in Part record, ushort key)
    {
        for (int i = record.First; i < record.Last; i++)
        {
            if (_scanner[i].Key == key && _scanner[i].Form != PieceForm.Missing) return i;
        }

        return -1;
    }

    private ReadOnlySpan<byte> BytesIn(in Part record, ushort key) => FindIn(record, key) is >= 0 and var index ? Bytes(index) : default;

    /// <summary>A field of the PATH record that is the event's object.</summary>
    private int FileField(ushort key) => HasFile() ? FindIn(_records[_fileRecord], key) : -1;

    private bool HasFile()
    {
        if (!_fileRead)
        {
            _fileRead = true;
            _fileRecord = Meaning() is { } rule && IsFile(rule) ? FindFile(rule.PathIndex) : -1;
        }

        return _fileRecord >= 0;
    }

    private int FindFile(int wanted)
    {
        ReadOnlySpan<int> order = PathOrder();
        if (wanted >= order.Length) wanted = 0;
        foreach (int record in order[wanted..])
        {
            Read(ref _records[record]);

            // Where the rule points to is a guess: what was looked up on the way there is not the object.
            int kind = FindIn(_records[record], RecordKey.Nametype);
            if (kind < 0) kind = FindIn(_records[record], RecordKey.Objtype);
            if (kind < 0 || !(Bytes(kind).SequenceEqual("PARENT"u8) || Bytes(kind).SequenceEqual("UNKNOWN"u8))) return record;
        }

        return order.IsEmpty ? -1 : order[wanted];
    }

    private uint? FileMode()
    {
        int index = FileField(RecordKey.Mode);
        if (index < 0) return null;
        ReadOnlySpan<byte> octal = Bytes(index);
        uint mode = 0;
        if (octal.Length is 0 or > 10) return null;
        foreach (byte digit in octal)
        {
            if (digit is < (byte)'0' or > (byte)'7') return null;
            mode = mode << 3 | (uint)(digit - '0');
        }

        return mode;
    }

    // Four digits, as Auditbeat prints them: 0644, 4755.
    private static Piece FilePermissions(uint mode)
    {
        string text = FileModes.PermissionText(mode);
        return Piece.From(text.Length > 4 ? text[^4..] : text);
    }

    private Piece FileOwner(ushort idKey, ushort nameKey)
    {
        int id = FileField(idKey);
        if (id < 0) return default;
        if (Bytes(id) is [(byte)'0']) return Piece.From("root");
        int name = FindIn(_records[_fileRecord], nameKey);
        return name >= 0 && IsName(Bytes(name)) ? Raw(name) : AddedName(idKey, Bytes(id));
    }
}
