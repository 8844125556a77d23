using Streams.Events.Tables;

namespace Streams.Events.Decoding;

/// <summary>What stays under <c>auditd.data</c>, <c>auditd.paths</c> and <c>auditd.records</c>.</summary>
internal sealed partial class Decoder
{
    // A program that may send records could invent keys without end, and each would be a field of the index for ever.
    private const int MostUnknownKeys = 64;

    private static readonly bool[] IsElsewhere = MakeTable(
        RecordKey.Pid, RecordKey.Ppid, RecordKey.Comm, RecordKey.Exe, RecordKey.Cwd, RecordKey.Proctitle, RecordKey.Key);

    // Only of the actor: the same fields of another record are data.
    private static readonly bool[] IsActorsElsewhere = MakeTable(
        RecordKey.Auid, RecordKey.Uid, RecordKey.Gid, RecordKey.Euid, RecordKey.Suid, RecordKey.Fsuid, RecordKey.Egid, RecordKey.Sgid,
        RecordKey.Fsgid, RecordKey.Ouid, RecordKey.Ogid, RecordKey.OldAuid, RecordKey.OldAuidOld, RecordKey.NewAuidOld, RecordKey.Oauid,
        RecordKey.Ses, RecordKey.Subj, RecordKey.Success, RecordKey.Res);

    private static readonly string[] ContextParts = ["_user", "_role", "_domain", "_level", "_category"];
    private static readonly byte[][] SubjectProperties = Array.ConvertAll(ContextParts, static part => JsonText.Name("subj" + part));
    private static readonly byte[][] ObjectProperties = Array.ConvertAll(ContextParts, static part => JsonText.Name("obj" + part));

    /// <summary>Where a field of the event's data stands, by its key; -1 where it is none or elsewhere in the document.</summary>
    private int DataIndex(ushort key)
    {
        if (key >= RecordKey.FirstEnriched || key == RecordKey.Socket) return -1;
        if (Said(key) is >= 0 and var said) return said;
        if (IsElsewhere[key]) return -1;
        if (!IsActorsElsewhere[key])
        {
            int index = Actor(key);
            if (index >= 0 && !(key == RecordKey.Items && HidesItems())) return index;
        }

        if (key is RecordKey.Subj or RecordKey.Success or RecordKey.Res) return -1;
        return Other(key);
    }

    // Auditbeat drops the number of PATH records once they are there.
    private bool HidesItems() => _recordCount > 1 && _records[_actorRecord].Type == RecordType.Syscall
        && !(_recordCount == 2 && _records[1].Type == RecordType.Eoe);

    // The result of a record that is not the actor's.
    private int OtherResult()
    {
        if (DataIndex(RecordKey.Result) >= 0) return -1;
        int index = Other(RecordKey.Success);
        return index >= 0 ? index : Other(RecordKey.Res);
    }

    private int Argc()
    {
        for (int i = 0; i < _recordCount; i++)
        {
            if (_records[i].Type != RecordType.Execve) continue;
            Read(ref _records[i]);
            int index = FindIn(_records[i], RecordKey.Argc);
            if (index >= 0) return index;
        }

        return -1;
    }

    private Piece ReadData(ushort key, ReadOnlySpan<byte> name)
    {
        if (key is not RecordKey.Unknown and < RecordKey.FirstEnriched)
        {
            if (!MayHave(key)) return default;
            int index = DataIndex(key);
            if (index >= 0) return Shown(index);
            return key switch
            {
                RecordKey.Argc => Raw(Argc()),
                RecordKey.Result => ResultText(OtherResult()),
                _ => default,
            };
        }

        if (name.StartsWith("subj_"u8))
        {
            int part = ContextPart(name, "subj"u8);
            if (part >= 0 && Other(RecordKey.Subj) is >= 0 and var context) return Context(context, part);
        }

        if (!_othersRead) ReadOthers();
        int unknown = 0;
        for (int i = 0; i < _othersEnd && unknown < MostUnknownKeys; i++)
        {
            if (!IsUnknownData(i) || !IsFirst(i, 0)) continue;
            if (KeyText(_scanner[i]).SequenceEqual(name)) return Raw(i);
            unknown++;
        }

        return default;
    }

    private Piece ResultText(int index) => index < 0 ? default : Piece.From(AuditEvent.IsSuccess(Bytes(index)) ? "success" : "fail");

    private bool IsUnknownData(int index)
    {
        ref readonly Token token = ref _scanner[index];
        return token.Key == RecordKey.Unknown && token.Form != PieceForm.Missing && token.Part != TokenPart.Enriched && !token.IsApart
            && !(index < _actorEnd && IsId(KeyText(token)))
            && !(ContextPart(KeyText(token), "subj"u8) >= 0 && Other(RecordKey.Subj) >= 0);
    }

    // Which part of a context a name such as subj_role means; -1 for none.
    private static int ContextPart(ReadOnlySpan<byte> name, ReadOnlySpan<byte> context)
    {
        if (!name.StartsWith(context)) return -1;
        for (int part = 0; part < ContextParts.Length; part++)
        {
            if (System.Text.Ascii.Equals(name[context.Length..], ContextParts[part])) return part;
        }

        return -1;
    }

    private static bool IsId(ReadOnlySpan<byte> key) => key.EndsWith("uid"u8) || key.EndsWith("gid"u8);

    // Whether no unknown field since a place has the same key.
    private bool IsFirst(int index, int since)
    {
        ReadOnlySpan<byte> name = KeyText(_scanner[index]);
        bool apart = _scanner[index].IsApart;
        for (int i = since; i < index; i++)
        {
            if (_scanner[i].IsApart == apart && _scanner[i].Key == RecordKey.Unknown && _scanner[i].Form != PieceForm.Missing
                && _scanner[i].Part != TokenPart.Enriched
                && KeyText(_scanner[i]).SequenceEqual(name))
            {
                return false;
            }
        }

        return true;
    }

    private void WriteData(JsonText json)
    {
        if (!_othersRead) ReadOthers();
        int unknown = 0;
        int result = OtherResult();
        for (int i = 0; i < _othersEnd; i++)
        {
            ref readonly Token token = ref _scanner[i];
            if (token.Form == PieceForm.Missing || token.Part == TokenPart.Enriched || token.IsApart) continue;
            ushort key = token.Key;
            if (key == RecordKey.Unknown)
            {
                if (unknown >= MostUnknownKeys || !IsUnknownData(i) || !IsFirst(i, 0)) continue;
                unknown++;
                json.UnknownProperty(KeyText(token));
                Strings.Write(json, Raw(i));
            }
            else if (i == result)
            {
                json.Property(RecordKey.Property(RecordKey.Result));
                Strings.Write(json, ResultText(i));
            }
            else if (key == RecordKey.Subj && i >= _actorEnd && i == Other(key))
            {
                WriteContext(json, i, SubjectProperties);
            }
            else if (DataIndex(key) == i)
            {
                json.Property(RecordKey.Property(key));
                Strings.Write(json, Shown(i));
            }
        }

        if (DataIndex(RecordKey.Argc) < 0 && Argc() is >= 0 and var argc)
        {
            json.Property(RecordKey.Property(RecordKey.Argc));
            Strings.Write(json, Raw(argc));
        }
    }

    private void WriteContext(JsonText json, int index, byte[][] names)
    {
        for (int part = 0; part < names.Length; part++)
        {
            Piece piece = Context(index, part);
            if (piece.IsMissing) continue;
            json.Property(names[part]);
            Strings.Write(json, piece);
        }
    }

    private void WriteOtherUsers(JsonText json)
    {
        if (!_actorRead) ReadActor();
        for (int i = 0; i < _actorEnd; i++)
        {
            if (!IsOtherUser(i)) continue;
            json.Open(JsonText.Name(TextCache.Get(KeyText(_scanner[i]))));
            json.Property(IdProperty);
            Strings.Write(json, Raw(i));
            json.Close();
        }
    }

    private static readonly byte[] IdProperty = JsonText.Name("id");

    // An id of the actor that has no place of its own, such as old-auid.
    private bool IsOtherUser(int index)
    {
        ref readonly Token token = ref _scanner[index];
        if (token.Form == PieceForm.Missing || token.Part == TokenPart.Enriched || token.IsApart
            || token.Key is >= RecordKey.Auid and <= RecordKey.Fsgid) return false;
        ReadOnlySpan<byte> name = KeyText(token);
        if (!IsId(name) || IsUnset(Bytes(index))) return false;
        return token.Key == RecordKey.Unknown ? IsFirst(index, 0) : Actor(token.Key) == index;
    }

    private Piece ReadOtherUser(ReadOnlySpan<byte> name)
    {
        if (!name.EndsWith(".id"u8)) return default;
        if (!_actorRead) ReadActor();
        for (int i = 0; i < _actorEnd; i++)
        {
            if (IsOtherUser(i) && KeyText(_scanner[i]).SequenceEqual(name[..^3])) return Raw(i);
        }

        return default;
    }

    // The fields of one record as an object, each key once.
    private void WriteRecord(JsonText json, ref Part record)
    {
        Read(ref record);
        json.StartElement();
        int unknown = 0;
        for (int i = record.First; i < record.Last; i++)
        {
            ref readonly Token token = ref _scanner[i];
            if (!IsShownIn(record, i, ref unknown)) continue;
            if (token.Key == RecordKey.Obj && record.Type == RecordType.Path)
            {
                WriteContext(json, i, ObjectProperties);
                continue;
            }

            if (token.Key != RecordKey.Unknown) json.Property(RecordKey.Property(token.Key));
            else json.UnknownProperty(KeyText(token));
            Strings.Write(json, Shown(i));
        }

        json.EndElement();
    }

    private bool IsShownIn(in Part record, int index, ref int unknown)
    {
        ref readonly Token token = ref _scanner[index];
        if (token.Form == PieceForm.Missing || token.Part == TokenPart.Enriched) return false;
        if (token.Key != RecordKey.Unknown) return FindIn(record, token.Key) == index;
        if (record.Type == RecordType.Path && ContextPart(KeyText(token), "obj"u8) >= 0 && FindIn(record, RecordKey.Obj) >= 0) return false;
        return unknown < MostUnknownKeys && IsFirst(index, record.First) && unknown++ >= 0;
    }

    private Piece ReadIn(ref Part record, ushort key, ReadOnlySpan<byte> name)
    {
        Read(ref record);
        if (record.Type == RecordType.Path)
        {
            if (key == RecordKey.Obj) return default;
            int part = ContextPart(name, "obj"u8);
            if (part >= 0 && FindIn(record, RecordKey.Obj) is >= 0 and var context) return Context(context, part);
        }

        if (key is not RecordKey.Unknown and < RecordKey.FirstEnriched) return Shown(FindIn(record, key));

        int unknown = 0;
        for (int i = record.First; i < record.Last; i++)
        {
            if (_scanner[i].Key == RecordKey.Unknown && IsShownIn(record, i, ref unknown)
                && KeyText(_scanner[i]).SequenceEqual(name)) return Raw(i);
        }

        return default;
    }

    // Whether there are several records of a type that goes among the data, where only the first one's fields find room.
    private bool IsRepeated(int index, out bool first)
    {
        RecordType type = _records[index].Type;
        first = true;
        if (IsGathered(type) || type is RecordType.Syscall or RecordType.Eoe or RecordType.Proctitle or RecordType.Cwd) return false;
        int count = 0;
        for (int i = 0; i < _recordCount && count < 2; i++)
        {
            if (_records[i].Type != type) continue;
            if (i < index) first = false;
            count++;
        }

        return count > 1;
    }

    private void WriteRepeated(JsonText json, byte[] name)
    {
        json.Open(name);
        if (_recordCount > 1)
        {
            for (int i = 0; i < _recordCount; i++)
            {
                if (!IsRepeated(i, out bool first) || !first) continue;
                json.Property(JsonText.Name(MessageTypes.Name(_records[i].Type)));
                WriteRecords(json, _records[i].Type);
            }
        }

        json.Close();
    }

    private void WriteRecords(JsonText json, RecordType type)
    {
        json.StartArray();
        for (int i = 0; i < _recordCount; i++)
        {
            if (_records[i].Type == type) WriteRecord(json, ref _records[i]);
        }

        json.EndArray();
    }

    private void ReadRepeated(string suffix)
    {
        int dot = suffix.IndexOf('.', StringComparison.Ordinal);
        if (dot < 0) return;
        for (int i = 0; i < _recordCount; i++)
        {
            if (!IsRepeated(i, out bool first) || !first) continue;
            if (!suffix.AsSpan(0, dot).SequenceEqual(MessageTypes.Name(_records[i].Type))) continue;
            GatherFrom(_records[i].Type, System.Text.Encoding.UTF8.GetBytes(suffix[(dot + 1)..]));
            return;
        }
    }

    private void GatherFrom(RecordType type, ReadOnlySpan<byte> name)
    {
        ushort key = RecordKey.Find(name);
        for (int i = 0; i < _recordCount; i++)
        {
            if (_records[i].Type != type) continue;
            Piece piece = ReadIn(ref _records[i], key, name);
            if (!piece.IsMissing) _items.Add(piece);
        }
    }

    private static bool[] MakeTable(params ReadOnlySpan<ushort> keys)
    {
        bool[] table = new bool[RecordKey.Count];
        foreach (ushort key in keys) table[key] = true;
        return table;
    }
}
