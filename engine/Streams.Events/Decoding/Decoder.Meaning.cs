using System.Collections.Immutable;
using Streams.Events.Tables;

namespace Streams.Events.Decoding;

/// <summary>What the event means: who did what to what, and how.</summary>
internal sealed partial class Decoder
{
    private Normalization? _rule;
    private Normalization? _callRule;
    private bool _meaningRead;
    private bool _entitiesRead;
    private bool? _hidesEffective;
    private readonly Entity[] _entities = new Entity[(int)EcsTarget.Group + 1];

    private enum Flow
    {
        None,
        In,
        Out,
    }

    private readonly record struct Entity(bool IsSet, Piece Id, Piece Name);

    private Normalization? Meaning()
    {
        if (!_meaningRead)
        {
            _meaningRead = true;
            RecordType type = _event!.Type;
            bool hasCall = _actorRecord >= 0 && Actor(RecordKey.Syscall) >= 0;
            _callRule = hasCall ? Normalizations.ForSyscall(_event.SyscallId) : null;
            _rule = type == RecordType.Syscall
                ? _callRule
                : Normalizations.ForRecordType(type, this, static (decoder, field) => decoder.Find(field) >= 0);
        }

        return _rule;
    }

    /// <summary>
    /// A field by name among the event's own. Who is meant is what the program says, as for go-libaudit; who logged in and the session are
    /// the kernel's to say.
    /// </summary>
    private int Find(FieldName field)
    {
        ushort key = RecordKey.Find(field.Utf8);
        return key is not (RecordKey.Unknown or RecordKey.Auid or RecordKey.Ses) && Said(key) is >= 0 and var said
            ? said : Find(field.Utf8);
    }

    private int Find(ReadOnlySpan<byte> name)
    {
        ushort key = RecordKey.Find(name);
        if (key != RecordKey.Unknown) return Any(key);
        if (!_othersRead) ReadOthers();
        ReadOnlySpan<Token> tokens = _scanner.Tokens[.._othersEnd];
        for (int i = 0; i < tokens.Length; i++)
        {
            if (tokens[i].Key == RecordKey.Unknown && tokens[i].Form != PieceForm.Missing && tokens[i].Part != TokenPart.Enriched
                && !tokens[i].IsApart
                && _text.AsSpan(tokens[i].KeyStart, tokens[i].KeyLength).SequenceEqual(name))
            {
                return i;
            }
        }

        return -1;
    }

    private int First(ImmutableArray<FieldName> names)
    {
        foreach (FieldName name in names)
        {
            int index = Find(name);
            if (index >= 0) return index;
        }

        return -1;
    }

    private int ActorPrimary() => Meaning() is { } rule && First(rule.SubjectPrimary) is >= 0 and var index ? index : Actor(RecordKey.Auid);

    private int ActorSecondary() => Meaning() is { } rule && First(rule.SubjectSecondary) is >= 0 and var index ? index
        : Said(RecordKey.Uid) is >= 0 and var said ? said : Actor(RecordKey.Uid);

    private Piece ObjectType()
    {
        if (Meaning() is not { ObjectKind.Length: > 0 } rule) return default;
        return IsFile(rule) && FileMode() is { } mode && FileModes.Kind(mode) is { } kind ? Piece.From(kind) : Piece.From(rule.ObjectKind);
    }

    private Piece ObjectPrimary()
    {
        if (Meaning() is not { } rule) return default;
        int index = First(rule.ObjectPrimary);
        if (index >= 0) return Shown(index);
        if (IsFile(rule)) return Raw(FileField(RecordKey.Name));
        if (rule.ObjectKind != "socket") return default;
        Piece address = Socket().Address;
        return address.IsMissing ? _socket.Path : address;
    }

    private Piece ObjectSecondary()
    {
        if (Meaning() is not { } rule) return default;
        int index = First(rule.ObjectSecondary);
        if (index >= 0) return Shown(index);
        return rule.ObjectKind == "socket" ? Text(Socket().Port) : default;
    }

    private Piece How()
    {
        if (Meaning() is { } rule && First(rule.How) is >= 0 and var index) return Shown(index);
        int program = Any(RecordKey.Exe);
        if (program < 0) return Raw(Any(RecordKey.Comm));

        // A script is better known by its own name than by its interpreter's.
        if (IsInterpreter(Bytes(program)) && Any(RecordKey.Comm) is >= 0 and var script) return Raw(script);
        return Raw(program);
    }

    private static bool IsInterpreter(ReadOnlySpan<byte> program) =>
        program.StartsWith("/usr/bin/python"u8) || program.StartsWith("/usr/bin/sh"u8) || program.StartsWith("/usr/bin/bash"u8)
        || program.StartsWith("/usr/bin/perl"u8);

    private static bool IsFile(Normalization rule) => rule.ObjectKind is "file" or "filesystem";

    // The name where the records carry it, else the value itself.
    private Piece Named(int index)
    {
        Piece name = NameOf(index);
        return name.IsMissing ? Shown(index) : name;
    }

    /// <summary>
    /// The name of the user or group whose id a field holds: what the records or the collector on the host say. Nobody is looked up, as
    /// the machine may be another.
    /// </summary>
    private Piece NameOf(int index)
    {
        if (index < 0) return default;
        ushort nameKey = _scanner[index].Key switch
        {
            >= RecordKey.Auid and <= RecordKey.Fsgid and var key => (ushort)(key - RecordKey.Auid + RecordKey.NameOfAuid),
            RecordKey.Oauid => RecordKey.NameOfOauid,
            RecordKey.Ouid => RecordKey.NameOfOuid,
            RecordKey.Ogid => RecordKey.NameOfOgid,
            RecordKey.Id => RecordKey.NameOfId,
            _ => RecordKey.Unknown,
        };
        if (nameKey == RecordKey.Unknown) return default;
        ReadOnlySpan<byte> id = Bytes(index);
        if (id.Length == 1 && id[0] == '0') return Piece.From("root");
        int name = index == Said(_scanner[index].Key) ? _scanner.Again(nameKey, _age)
            : index < _actorEnd ? Actor(nameKey) : Other(nameKey);
        return name >= 0 && IsName(Bytes(name)) ? Raw(name) : AddedName(_scanner[index].Key, id);
    }

    // auditd writes unset, or unknown(1000), where there is none.
    private static bool IsName(ReadOnlySpan<byte> name) => !name.IsEmpty && !name.SequenceEqual("unset"u8)
        && !name.StartsWith("unknown("u8);

    private ref readonly Entity Who(EcsTarget target)
    {
        if (!_entitiesRead)
        {
            _entitiesRead = true;
            Array.Clear(_entities);
            if (Meaning() is { } rule)
            {
                foreach (EcsMapping mapping in rule.EcsMappings) _entities[(int)mapping.Target] = Make(mapping);
            }
        }

        return ref _entities[(int)target];
    }

    private Entity Make(EcsMapping mapping)
    {
        int index = mapping.Source switch
        {
            EcsSource.SubjectPrimary => ActorPrimary(),
            EcsSource.SubjectSecondary => ActorSecondary(),
            EcsSource.ObjectPrimary => Meaning() is { } rule ? First(rule.ObjectPrimary) : -1,
            EcsSource.ObjectSecondary => Meaning() is { } rule ? First(rule.ObjectSecondary) : -1,
            _ => Find(mapping.Field),
        };
        if (index < 0 || IsUnset(Bytes(index))) return new Entity(true, default, default);
        ReadOnlySpan<byte> value = Bytes(index);
        if (_scanner[index].Form == PieceForm.Literal && !value.ContainsAnyExceptInRange((byte)'0', (byte)'9'))
        {
            return new Entity(true, Raw(index), NameOf(index));
        }

        return new Entity(true, value.SequenceEqual("root"u8) ? Piece.From("0") : default, Raw(index));
    }

    /// <summary>
    /// Who did it. Where nobody is logged in, as for the su of a service, the user of the process that reports it is known all the same;
    /// root's are the daemons that report what others try (sshd, login), and say nothing of who that is.
    /// </summary>
    private Entity User()
    {
        Entity user = Who(EcsTarget.User);
        if (user.IsSet && !(user.Id.IsMissing && user.Name.IsMissing)) return user;
        int index = Actor(RecordKey.Uid);
        bool isDaemon = user.IsSet && index >= 0 && Bytes(index) is [(byte)'0'];
        return isDaemon ? user : new Entity(user.IsSet, Set(index), NameOf(index));
    }

    private Piece EffectiveId() => Who(EcsTarget.UserEffective).IsSet ? Who(EcsTarget.UserEffective).Id : Set(Actor(RecordKey.Euid));

    private Piece EffectiveName() => Who(EcsTarget.UserEffective).IsSet ? Who(EcsTarget.UserEffective).Name : NameOf(Actor(RecordKey.Euid));

    // Auditbeat leaves all of user.effective out where it is the user.
    private bool HidesEffective() => _hidesEffective ??= IsUserOfAuditbeat() && (Same(User().Id, EffectiveId())
        || Same(User().Name, EffectiveName()));

    // It has no user where none is logged in, so that user.effective stays.
    private bool IsUserOfAuditbeat() => Who(EcsTarget.User) is not { IsSet: true, Id.IsMissing: true, Name.IsMissing: true };

    private static bool Same(in Piece left, in Piece right)
    {
        if (left.IsMissing || right.IsMissing) return false;
        if (left.Form == right.Form) return left.Form == PieceForm.Text ? left.Text == right.Text : left.Bytes.SequenceEqual(right.Bytes);
        return Strings.Of(left) == Strings.Of(right);
    }

    private Flow Direction() => _event!.SyscallId switch
    {
        SyscallId.Accept or SyscallId.Accept4 or SyscallId.Recvfrom or SyscallId.Recvmsg or SyscallId.Recvmmsg
            when Socket().Family >= 0 => Flow.In,
        SyscallId.Connect or SyscallId.Sendto or SyscallId.Sendmsg or SyscallId.Sendmmsg
            when Socket().Family >= 0 => Flow.Out,
        _ => Flow.None,
    };

    private Piece IpAddress() => Socket().Family is SocketFamilies.Ipv4 or SocketFamilies.Ipv6 ? _socket.Address : default;

    private Piece Port() => Socket().Port < 0 ? default : Piece.From(_socket.Port);

    // What a program says about who logs in: an address, or a name in its place.
    private Piece LoginAddress()
    {
        if (_actorRecord < 0 || _event!.SyscallId != SyscallId.None) return default;
        int index = Actor(RecordKey.Addr);
        return index >= 0 && Addresses.TryParse(Bytes(index), out _) ? Raw(index) : default;
    }

    private Piece LoginDomain()
    {
        if (_actorRecord < 0 || LoginAddress().IsMissing) return default;
        int index = Actor(RecordKey.Hostname);
        return index >= 0 && !Addresses.TryParse(Bytes(index), out _) ? Raw(index) : default;
    }
}
