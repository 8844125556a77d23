namespace Streams.Events.Decoding;

/// <summary>
/// What a collector added: the STREAMS_PROCESS record. It is no record of the kernel's and stands apart from the others: it is neither
/// data nor original, and only fills in what the records do not say.
/// </summary>
internal sealed partial class Decoder
{
    private readonly (int Start, int Length)[] _added = new (int, int)[AddedFields.Count];
    private int _additionStart;
    private int _additionEnd;
    private bool _additionRead;

    // The first one counts, as of every field; the place of the actor is one among the records that remain.
    private void SetApart(int index, int start, int end)
    {
        int actor = _event!.ActorIndex;
        if (actor == index) _actorRecord = -1;
        else if (actor > index) _actorRecord--;
        if (_additionEnd > 0) return;
        (_additionStart, _additionEnd, _additionRead) = (start, end, false);
    }

    /// <summary>A field of one value.</summary>
    private Piece Added(AddedField field)
    {
        if (!AddedPlace(field, out int start, out int length)) return default;
        return AddedFields.IsForeign(field) ? Value(start, length) : Piece.From(PieceForm.Literal, _text, start, length);
    }

    private Piece AddedNumber(AddedField field) =>
        AddedPlace(field, out int start, out int length) && Integers.TryParse(_text.AsSpan(start, length), out long number)
            ? Piece.From(number)
            : default;

    /// <summary>Puts the values of a list, parted by commas, into <see cref="_items"/>.</summary>
    private void AddAdded(AddedField field)
    {
        if (!AddedPlace(field, out int start, out int length)) return;
        for (int end = start + length; start < end;)
        {
            int next = EndOfAdded(start, end, (byte)',');
            if (Value(start, next - start) is { IsMissing: false } value) _items.Add(value);
            start = next + 1;
        }
    }

    /// <summary>The name of an id by the collector's host.</summary>
    /// <param name="key">The key of the field that holds the id: whether it is of a user or a group.</param>
    /// <param name="id">The id.</param>
    private Piece AddedName(ushort key, ReadOnlySpan<byte> id)
    {
        if (id.IsEmpty || _additionEnd == 0) return default;
        bool isGroup = key is RecordKey.Gid or RecordKey.Egid or RecordKey.Sgid or RecordKey.Fsgid or RecordKey.Ogid;
        Piece name = AddedName(isGroup ? AddedField.Groups : AddedField.Users, id);
        return name.IsMissing ? AddedName(isGroup ? AddedField.OwnerGroups : AddedField.Owners, id) : name;
    }

    private Piece AddedName(AddedField field, ReadOnlySpan<byte> id)
    {
        if (!AddedPlace(field, out int start, out int length)) return default;
        for (int end = start + length; start < end;)
        {
            int next = EndOfAdded(start, end, (byte)',');
            ReadOnlySpan<byte> pair = _text.AsSpan(start, next - start);
            if (pair.Length > id.Length && pair[id.Length] == ':' && pair.StartsWith(id))
                return Value(start + id.Length + 1, pair.Length - id.Length - 1);
            start = next + 1;
        }

        return default;
    }

    private bool AddedPlace(AddedField field, out int start, out int length)
    {
        start = length = 0;
        if (_additionEnd == 0) return false;
        if (!_additionRead) ReadAddition();
        (start, length) = _added[(int)field];
        return length > 0;
    }

    // key=value, parted by one space; a value holds none outside of quotes, and what is quoted holds no quotes.
    private void ReadAddition()
    {
        _additionRead = true;
        Array.Clear(_added);
        for (int start = _additionStart; start < _additionEnd;)
        {
            int end = EndOfAdded(start, _additionEnd, (byte)' ');
            int equals = _text.AsSpan(start, end - start).IndexOf((byte)'=');
            if (equals > 0 && AddedFields.TryFind(_text.AsSpan(start, equals), out AddedField field) && _added[(int)field].Length == 0)
                _added[(int)field] = (start + equals + 1, end - start - equals - 1);
            start = end + 1;
        }
    }

    private int EndOfAdded(int start, int end, byte separator)
    {
        bool quoted = false;
        for (int i = start; i < end; i++)
        {
            if (_text[i] == '"') quoted = !quoted;
            else if (_text[i] == separator && !quoted) return i;
        }

        return end;
    }

    // As the kernel writes what others chose: in quotes, or in upper-case hexadecimal.
    private Piece Value(int start, int length)
    {
        ReadOnlySpan<byte> value = _text.AsSpan(start, length);
        if (value.Length >= 2 && value[0] == '"' && value[^1] == '"') return Piece.From(PieceForm.Literal, _text, start + 1, length - 2);
        return value.IsEmpty ? default : Piece.From(Hex.IsEncoded(value) ? PieceForm.Hex : PieceForm.Literal, _text, start, length);
    }
}
