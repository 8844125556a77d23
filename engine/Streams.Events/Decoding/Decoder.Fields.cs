using Streams.Events.Tables;

namespace Streams.Events.Decoding;

internal sealed partial class Decoder
{
    private static readonly Func<Decoder, Piece>[] Readers = MakeReaders();

    /// <summary>A field of one value; missing for those of several and for families.</summary>
    private Piece Read(FieldId id) => Readers[(int)id](this);

    // A function a field: a switch of that many arms would clear the locals of all of them for each field.
    private static Func<Decoder, Piece>[] MakeReaders()
    {
        var readers = new Func<Decoder, Piece>[(int)FieldId.Records + 1];
        Array.Fill(readers, static _ => default);
        void Set(FieldId id, Func<Decoder, Piece> read) => readers[(int)id] = read;

        Set(FieldId.HostName, static d => Piece.From(d._event!.Host));
        Set(FieldId.EcsVersion, static d => Piece.From("8.0.0"));
        Set(FieldId.ServiceType, static d => Piece.From("auditd"));
        Set(FieldId.EventModule, static d => Piece.From("auditd"));
        Set(FieldId.EventKind, static d => Piece.From("event"));
        Set(FieldId.EventAction, static d => d.Meaning() is { Action.Length: > 0 } rule ? Piece.From(rule.Action) : default);
        Set(FieldId.EventOutcome, static d => Piece.From(
            d._event!.Succeeded ? "success" : d._event.Result == AuditResult.Fail ? "failure" : "unknown"));
        Set(FieldId.MessageType, static d => Piece.From(MessageTypes.Name(d._event!.Type)));
        Set(FieldId.Sequence, static d => Piece.From((long)d._event!.Serial));
        Set(FieldId.Result, static d => Piece.From(
            d._event!.Result switch { AuditResult.Success => "success", AuditResult.Fail => "fail", _ => "unknown" }));
        Set(FieldId.Session, static d => d.Set(d.Actor(RecordKey.Ses)));
        Set(FieldId.ActorPrimary, static d => d.Named(d.ActorPrimary()));
        Set(FieldId.ActorSecondary, static d => d.Named(d.ActorSecondary()));
        Set(FieldId.ObjectType, static d => d.ObjectType());
        Set(FieldId.ObjectPrimary, static d => d.ObjectPrimary());
        Set(FieldId.ObjectSecondary, static d => d.ObjectSecondary());
        Set(FieldId.How, static d => d.How());
        Set(FieldId.SocketFamily, static d => d.Socket().Family < 0 ? default
            : SocketFamilies.Name(d._socket.Family) is { } family && d._socket.Family != SocketFamilies.Unspec ? Piece.From(family)
                : d._scratch.Decimal(d._socket.Family));
        Set(FieldId.SocketAddress, static d => d.Socket().Address);
        Set(FieldId.SocketPort, static d => d.Text(d.Socket().Port));
        Set(FieldId.SocketPath, static d => d.Socket().Path);
        Set(FieldId.SocketFlow, static d => d.Text(d.Socket().Flow));
        Set(FieldId.SocketScope, static d => d.Text(d.Socket().Scope));
        Set(FieldId.SocketCid, static d => d.Text(d.Socket().Cid));
        Set(FieldId.SocketInterface, static d => d.Text(d.Socket().Interface));
        Set(FieldId.SocketProtocol, static d => d.Text(d.Socket().Protocol));
        Set(FieldId.SocketProcess, static d => d.Text(d.Socket().Process));
        Set(FieldId.SocketGroups, static d => d.Text(d.Socket().Groups));
        Set(FieldId.SocketRaw, static d => d.Socket().Raw);
        Set(FieldId.SocketName, static d => d.MayHave(RecordKey.Socket) ? d.Raw(d.Any(RecordKey.Socket)) : default);
        Set(FieldId.UserId, static d => d.User().Id);
        Set(FieldId.UserName, static d => d.User().Name);
        Set(FieldId.UserGroupId, static d => d.Set(d.Actor(RecordKey.Gid)));
        Set(FieldId.UserGroupName, static d => d.NameOf(d.Actor(RecordKey.Gid)));
        Set(FieldId.AuditId, static d => d.Set(d.Actor(RecordKey.Auid)));
        Set(FieldId.AuditName, static d => d.NameOf(d.Actor(RecordKey.Auid)));
        Set(FieldId.EffectiveId, static d => d.HidesEffective() ? default : d.EffectiveId());
        Set(FieldId.EffectiveName, static d => d.HidesEffective() ? default : d.EffectiveName());
        Set(FieldId.EffectiveGroupId, static d => d.HidesEffective() ? default : d.Set(d.Actor(RecordKey.Egid)));
        Set(FieldId.EffectiveGroupName, static d => d.HidesEffective() ? default : d.NameOf(d.Actor(RecordKey.Egid)));
        Set(FieldId.FilesystemId, static d => d.Set(d.Actor(RecordKey.Fsuid)));
        Set(FieldId.FilesystemName, static d => d.NameOf(d.Actor(RecordKey.Fsuid)));
        Set(FieldId.FilesystemGroupId, static d => d.Set(d.Actor(RecordKey.Fsgid)));
        Set(FieldId.FilesystemGroupName, static d => d.NameOf(d.Actor(RecordKey.Fsgid)));
        Set(FieldId.SavedId, static d => d.Set(d.Actor(RecordKey.Suid)));
        Set(FieldId.SavedName, static d => d.NameOf(d.Actor(RecordKey.Suid)));
        Set(FieldId.SavedGroupId, static d => d.Set(d.Actor(RecordKey.Sgid)));
        Set(FieldId.SavedGroupName, static d => d.NameOf(d.Actor(RecordKey.Sgid)));
        Set(FieldId.TargetId, static d => d.Who(EcsTarget.UserTarget).Id);
        Set(FieldId.TargetName, static d => d.Who(EcsTarget.UserTarget).Name);
        Set(FieldId.ChangesId, static d => d.Who(EcsTarget.UserChanges).Id);
        Set(FieldId.ChangesName, static d => d.Who(EcsTarget.UserChanges).Name);
        Set(FieldId.GroupId, static d => d.Who(EcsTarget.Group).Id);
        Set(FieldId.GroupName, static d => d.Who(EcsTarget.Group).Name);
        Set(FieldId.SelinuxUser, static d => d.Context(d.Actor(RecordKey.Subj), 0));
        Set(FieldId.SelinuxRole, static d => d.Context(d.Actor(RecordKey.Subj), 1));
        Set(FieldId.SelinuxDomain, static d => d.Context(d.Actor(RecordKey.Subj), 2));
        Set(FieldId.SelinuxLevel, static d => d.Context(d.Actor(RecordKey.Subj), 3));
        Set(FieldId.SelinuxCategory, static d => d.Context(d.Actor(RecordKey.Subj), 4));
        Set(FieldId.ProcessPid, static d => d.Number(d.Any(RecordKey.Pid)));
        Set(FieldId.ProcessParentPid, static d => d.Any(RecordKey.Ppid) is >= 0 and var ppid ? d.Number(ppid)
            : d.AddedNumber(AddedField.ParentPid));
        Set(FieldId.ProcessName, static d => d.Any(RecordKey.Comm) is >= 0 and var comm ? d.Raw(comm) : d.Added(AddedField.Name));
        Set(FieldId.ProcessExecutable, static d => d.Any(RecordKey.Exe) is >= 0 and var exe ? d.Raw(exe) : d.Added(AddedField.Executable));
        Set(FieldId.ProcessTitle, static d => d.Raw(d.Any(RecordKey.Proctitle)));
        Set(FieldId.ProcessWorkingDirectory, static d => d.Any(RecordKey.Cwd) is >= 0 and var cwd ? d.Raw(cwd)
            : d.Added(AddedField.WorkingDirectory));
        Set(FieldId.ProcessEntityId, static d => d.Added(AddedField.Entity));
        Set(FieldId.ProcessStart, static d => d.Added(AddedField.Start));
        Set(FieldId.ParentEntityId, static d => d.Added(AddedField.ParentEntity));
        Set(FieldId.ParentName, static d => d.Added(AddedField.ParentName));
        Set(FieldId.ParentExecutable, static d => d.Added(AddedField.ParentExecutable));
        Set(FieldId.ParentStart, static d => d.Added(AddedField.ParentStart));
        Set(FieldId.ParentArgsCount, static d => d.AddedNumber(AddedField.ParentArgsCount));
        Set(FieldId.GroupLeaderPid, static d => d.AddedNumber(AddedField.GroupLeader));
        Set(FieldId.GroupLeaderEntityId, static d => d.Added(AddedField.GroupLeaderEntity));
        Set(FieldId.SessionLeaderPid, static d => d.AddedNumber(AddedField.SessionLeader));
        Set(FieldId.SessionLeaderEntityId, static d => d.Added(AddedField.SessionLeaderEntity));
        Set(FieldId.TargetsStreams, static d => d.Added(AddedField.TargetsStreams).IsMissing ? default : Piece.From("true"));
        Set(FieldId.ContainerId, static d => d.Added(AddedField.Container));
        Set(FieldId.FilePath, static d => d.Raw(d.FileField(RecordKey.Name)));
        Set(FieldId.FileType, static d => d.FileMode() is { } mode && FileModes.Kind(mode) is { } kind ? Piece.From(EcsFileType(kind))
            : default);
        Set(FieldId.FileDevice, static d => d.Raw(d.FileField(RecordKey.Rdev)));
        Set(FieldId.FileInode, static d => d.Raw(d.FileField(RecordKey.Inode)));
        Set(FieldId.FileMode, static d => d.FileMode() is { } mode ? FilePermissions(mode) : default);
        Set(FieldId.FileUid, static d => d.Raw(d.FileField(RecordKey.Ouid)));
        Set(FieldId.FileGid, static d => d.Raw(d.FileField(RecordKey.Ogid)));
        Set(FieldId.FileOwner, static d => d.FileOwner(RecordKey.Ouid, RecordKey.NameOfOuid));
        Set(FieldId.FileGroup, static d => d.FileOwner(RecordKey.Ogid, RecordKey.NameOfOgid));
        Set(FieldId.FileSelinuxUser, static d => d.Context(d.FileField(RecordKey.Obj), 0));
        Set(FieldId.FileSelinuxRole, static d => d.Context(d.FileField(RecordKey.Obj), 1));
        Set(FieldId.FileSelinuxDomain, static d => d.Context(d.FileField(RecordKey.Obj), 2));
        Set(FieldId.FileSelinuxLevel, static d => d.Context(d.FileField(RecordKey.Obj), 3));
        Set(FieldId.FileSelinuxCategory, static d => d.Context(d.FileField(RecordKey.Obj), 4));
        Set(FieldId.SourceIp, static d => d.Direction() == Flow.In ? d.IpAddress() : d.LoginAddress());
        Set(FieldId.SourcePort, static d => d.Direction() == Flow.In ? d.Port() : default);
        Set(FieldId.SourcePath, static d => d.Direction() == Flow.In ? d.Socket().Path : default);
        Set(FieldId.SourceDomain, static d => d.LoginDomain());
        Set(FieldId.DestinationIp, static d => d.Direction() == Flow.Out ? d.IpAddress() : default);
        Set(FieldId.DestinationPort, static d => d.Direction() == Flow.Out ? d.Port() : default);
        Set(FieldId.DestinationPath, static d => d.Direction() == Flow.Out ? d.Socket().Path : default);
        Set(FieldId.NetworkDirection, static d => d.Direction() switch
        {
            Flow.In => Piece.From("ingress"),
            Flow.Out => Piece.From("egress"),
            _ => d.LoginAddress().IsMissing ? default : Piece.From("ingress"),
        });
        Set(FieldId.Missing, static d => Piece.From(d._event!.Missing));
        Set(FieldId.Late, static d => d._event!.IsLate ? Piece.From("true") : default);
        Set(FieldId.Fault, static d => Piece.From(EventFaults.Name(d._event!.KnownFault)));
        return readers;
    }

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
