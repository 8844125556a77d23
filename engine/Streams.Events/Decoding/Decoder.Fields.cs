using Streams.Events.Tables;

namespace Streams.Events.Decoding;

internal sealed partial class Decoder
{
    /// <summary>A field of one value; missing for those of several and for families.</summary>
    private Piece Read(FieldId id) => id switch
    {
        FieldId.HostName => Piece.From(_event!.Host),
        FieldId.EcsVersion => Piece.From("8.0.0"),
        FieldId.ServiceType or FieldId.EventModule => Piece.From("auditd"),
        FieldId.EventKind => Piece.From("event"),
        FieldId.EventAction => Meaning() is { Action.Length: > 0 } rule ? Piece.From(rule.Action) : default,
        FieldId.EventOutcome => Piece.From(_event!.Result switch { AuditResult.Success => "success", AuditResult.Fail => "failure", _ => "unknown" }),
        FieldId.MessageType => Piece.From(MessageTypes.Name(_event!.Type)),
        FieldId.Sequence => Piece.From((long)_event!.Serial),
        FieldId.Result => Piece.From(_event!.Result switch { AuditResult.Success => "success", AuditResult.Fail => "fail", _ => "unknown" }),
        FieldId.Session => Set(Actor(RecordKey.Ses)),
        FieldId.ActorPrimary => Named(ActorPrimary()),
        FieldId.ActorSecondary => Named(ActorSecondary()),
        FieldId.ObjectType => ObjectType(),
        FieldId.ObjectPrimary => ObjectPrimary(),
        FieldId.ObjectSecondary => ObjectSecondary(),
        FieldId.How => How(),
        FieldId.SocketFamily => Socket().Family < 0 ? default
            : SocketFamilies.Name(_socket.Family) is { } family && _socket.Family != SocketFamilies.Unspec ? Piece.From(family) : _scratch.Decimal(_socket.Family),
        FieldId.SocketAddress => Socket().Address,
        FieldId.SocketPort => Text(Socket().Port),
        FieldId.SocketPath => Socket().Path,
        FieldId.SocketFlow => Text(Socket().Flow),
        FieldId.SocketScope => Text(Socket().Scope),
        FieldId.SocketCid => Text(Socket().Cid),
        FieldId.SocketInterface => Text(Socket().Interface),
        FieldId.SocketProtocol => Text(Socket().Protocol),
        FieldId.SocketProcess => Text(Socket().Process),
        FieldId.SocketGroups => Text(Socket().Groups),
        FieldId.SocketRaw => Socket().Raw,
        FieldId.UserId => Who(EcsTarget.User).IsSet ? Who(EcsTarget.User).Id : Set(Actor(RecordKey.Uid)),
        FieldId.UserName => Who(EcsTarget.User).IsSet ? Who(EcsTarget.User).Name : NameOf(Actor(RecordKey.Uid)),
        FieldId.UserGroupId => Set(Actor(RecordKey.Gid)),
        FieldId.UserGroupName => NameOf(Actor(RecordKey.Gid)),
        FieldId.AuditId => Set(Actor(RecordKey.Auid)),
        FieldId.AuditName => NameOf(Actor(RecordKey.Auid)),
        FieldId.EffectiveId => HidesEffective() ? default : EffectiveId(),
        FieldId.EffectiveName => HidesEffective() ? default : EffectiveName(),
        FieldId.EffectiveGroupId => HidesEffective() ? default : Set(Actor(RecordKey.Egid)),
        FieldId.EffectiveGroupName => HidesEffective() ? default : NameOf(Actor(RecordKey.Egid)),
        FieldId.FilesystemId => Set(Actor(RecordKey.Fsuid)),
        FieldId.FilesystemName => NameOf(Actor(RecordKey.Fsuid)),
        FieldId.FilesystemGroupId => Set(Actor(RecordKey.Fsgid)),
        FieldId.FilesystemGroupName => NameOf(Actor(RecordKey.Fsgid)),
        FieldId.SavedId => Set(Actor(RecordKey.Suid)),
        FieldId.SavedName => NameOf(Actor(RecordKey.Suid)),
        FieldId.SavedGroupId => Set(Actor(RecordKey.Sgid)),
        FieldId.SavedGroupName => NameOf(Actor(RecordKey.Sgid)),
        FieldId.TargetId => Who(EcsTarget.UserTarget).Id,
        FieldId.TargetName => Who(EcsTarget.UserTarget).Name,
        FieldId.ChangesId => Who(EcsTarget.UserChanges).Id,
        FieldId.ChangesName => Who(EcsTarget.UserChanges).Name,
        FieldId.GroupId => Who(EcsTarget.Group).Id,
        FieldId.GroupName => Who(EcsTarget.Group).Name,
        FieldId.SelinuxUser => Context(Actor(RecordKey.Subj), 0),
        FieldId.SelinuxRole => Context(Actor(RecordKey.Subj), 1),
        FieldId.SelinuxDomain => Context(Actor(RecordKey.Subj), 2),
        FieldId.SelinuxLevel => Context(Actor(RecordKey.Subj), 3),
        FieldId.SelinuxCategory => Context(Actor(RecordKey.Subj), 4),
        FieldId.ProcessPid => Number(Any(RecordKey.Pid)),
        FieldId.ProcessParentPid => Number(Any(RecordKey.Ppid)),
        FieldId.ProcessName => Raw(Any(RecordKey.Comm)),
        FieldId.ProcessExecutable => Raw(Any(RecordKey.Exe)),
        FieldId.ProcessTitle => Raw(Any(RecordKey.Proctitle)),
        FieldId.ProcessWorkingDirectory => Raw(Any(RecordKey.Cwd)),
        FieldId.FilePath => Raw(FileField(RecordKey.Name)),
        FieldId.FileType => FileMode() is { } mode && FileModes.Kind(mode) is { } kind ? Piece.From(EcsFileType(kind)) : default,
        FieldId.FileDevice => Raw(FileField(RecordKey.Rdev)),
        FieldId.FileInode => Raw(FileField(RecordKey.Inode)),
        FieldId.FileMode => FileMode() is { } mode ? FilePermissions(mode) : default,
        FieldId.FileUid => Raw(FileField(RecordKey.Ouid)),
        FieldId.FileGid => Raw(FileField(RecordKey.Ogid)),
        FieldId.FileOwner => FileOwner(RecordKey.Ouid, RecordKey.NameOfOuid),
        FieldId.FileGroup => FileOwner(RecordKey.Ogid, RecordKey.NameOfOgid),
        FieldId.FileSelinuxUser => Context(FileField(RecordKey.Obj), 0),
        FieldId.FileSelinuxRole => Context(FileField(RecordKey.Obj), 1),
        FieldId.FileSelinuxDomain => Context(FileField(RecordKey.Obj), 2),
        FieldId.FileSelinuxLevel => Context(FileField(RecordKey.Obj), 3),
        FieldId.FileSelinuxCategory => Context(FileField(RecordKey.Obj), 4),
        FieldId.SourceIp => Direction() == Flow.In ? IpAddress() : LoginAddress(),
        FieldId.SourcePort => Direction() == Flow.In ? Port() : default,
        FieldId.SourcePath => Direction() == Flow.In ? Socket().Path : default,
        FieldId.SourceDomain => LoginDomain(),
        FieldId.DestinationIp => Direction() == Flow.Out ? IpAddress() : default,
        FieldId.DestinationPort => Direction() == Flow.Out ? Port() : default,
        FieldId.DestinationPath => Direction() == Flow.Out ? Socket().Path : default,
        FieldId.NetworkDirection => Direction() switch
        {
            Flow.In => Piece.From("ingress"),
            Flow.Out => Piece.From("egress"),
            _ => LoginAddress().IsMissing ? default : Piece.From("ingress"),
        },
        _ => default,
    };

    private Piece Text(long number) => number < 0 ? default : _scratch.Decimal(number);

    /// <summary>A number of a record; missing where it is none or would not fit the field's type.</summary>
    private Piece Number(int index) => index >= 0 && Integers.TryParse(Bytes(index), out long number) ? Piece.From(number) : default;

    /// <summary>An id or a session; missing where it is not set.</summary>
    private Piece Set(int index) => index < 0 || IsUnset(Bytes(index)) ? default : Raw(index);

    // user:role:type:level:categories; the level itself may hold no colon, the categories may.
    private Piece Context(int index, int part)
    {
        if (index < 0) return default;
        ReadOnlySpan<byte> context = Bytes(index);
        int start = 0;
        for (int i = 0; i < part; i++)
        {
            int colon = context[start..].IndexOf((byte)':');
            if (colon < 0) return default;
            start += colon + 1;
        }

        int length = part == 4 ? -1 : context[start..].IndexOf((byte)':');
        if (length < 0) length = context.Length - start;
        return length == 0 ? default : Piece.From(PieceForm.Literal, _text, _scanner[index].Start + start, length);
    }

    private static string EcsFileType(string kind) => kind switch
    {
        "directory" => "dir",
        "character-device" => "char_device",
        "block-device" => "block_device",
        "named-pipe" => "fifo",
        _ => kind,
    };
}
