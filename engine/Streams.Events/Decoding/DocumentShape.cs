namespace Streams.Events.Decoding;

/// <summary>What a step through a document does.</summary>
internal enum ShapeStep : byte
{
    Open,
    Close,
    Field,
}

/// <summary>What an event must have for any field of an object to be there.</summary>
internal enum ShapeNeed : byte
{
    Nothing,
    Socket,
    File,
    SubjectContext,
    ObjectContext,
    Addition,
}

/// <summary>One step through the document.</summary>
/// <param name="Step">What it does.</param>
/// <param name="Name">The name as JSON, with quotes and colon; empty for <see cref="ShapeStep.Close"/>.</param>
/// <param name="Id">The field.</param>
/// <param name="IsList">Whether it has several values.</param>
/// <param name="Need">Of <see cref="ShapeStep.Open"/>: without it the whole object is left out.</param>
/// <param name="Close">Of <see cref="ShapeStep.Open"/> with a need: where the object ends.</param>
internal readonly record struct Shape(
    ShapeStep Step, byte[] Name, FieldId Id, bool IsList, ShapeNeed Need = ShapeNeed.Nothing, int Close = 0);

/// <summary>
/// The document that Auditbeat writes: the dotted names, in the order in which they are written. The one list that both the writer and
/// the reader of single fields go by.
/// </summary>
internal static class DocumentShape
{
    // Names that stand together under one object have to be neighbours.
    private static readonly NamedField[] Fields =
    [
        new("@timestamp", FieldId.Timestamp),
        new("host.name", FieldId.HostName),
        new("ecs.version", FieldId.EcsVersion),
        new("service.type", FieldId.ServiceType),
        new("event.kind", FieldId.EventKind),
        new("event.module", FieldId.EventModule),
        new("event.action", FieldId.EventAction),
        new("event.category", FieldId.EventCategory),
        new("event.type", FieldId.EventType),
        new("event.outcome", FieldId.EventOutcome),
        new("event.original", FieldId.EventOriginal),
        new("auditd.message_type", FieldId.MessageType),
        new("auditd.sequence", FieldId.Sequence),
        new("auditd.result", FieldId.Result),
        new("auditd.session", FieldId.Session),
        new("auditd.summary.actor.primary", FieldId.ActorPrimary),
        new("auditd.summary.actor.secondary", FieldId.ActorSecondary),
        new("auditd.summary.object.type", FieldId.ObjectType),
        new("auditd.summary.object.primary", FieldId.ObjectPrimary),
        new("auditd.summary.object.secondary", FieldId.ObjectSecondary),
        new("auditd.summary.how", FieldId.How),
        new("auditd.data.*", FieldId.Data),
        new("auditd.data.socket.family", FieldId.SocketFamily),
        new("auditd.data.socket.addr", FieldId.SocketAddress),
        new("auditd.data.socket.port", FieldId.SocketPort),
        new("auditd.data.socket.path", FieldId.SocketPath),
        new("auditd.data.socket.flow", FieldId.SocketFlow),
        new("auditd.data.socket.scope", FieldId.SocketScope),
        new("auditd.data.socket.cid", FieldId.SocketCid),
        new("auditd.data.socket.interface", FieldId.SocketInterface),
        new("auditd.data.socket.protocol", FieldId.SocketProtocol),
        new("auditd.data.socket.pid", FieldId.SocketProcess),
        new("auditd.data.socket.groups", FieldId.SocketGroups),
        new("auditd.data.socket.saddr", FieldId.SocketRaw),
        new("auditd.data.socket.name", FieldId.SocketName),
        new("auditd.paths.*", FieldId.Paths),
        new("auditd.decoded.*", FieldId.Decoded),
        new("auditd.records.*", FieldId.Records),
        new("user.id", FieldId.UserId),
        new("user.name", FieldId.UserName),
        new("user.group.id", FieldId.UserGroupId),
        new("user.group.name", FieldId.UserGroupName),
        new("user.audit.id", FieldId.AuditId),
        new("user.audit.name", FieldId.AuditName),
        new("user.effective.id", FieldId.EffectiveId),
        new("user.effective.name", FieldId.EffectiveName),
        new("user.effective.group.id", FieldId.EffectiveGroupId),
        new("user.effective.group.name", FieldId.EffectiveGroupName),
        new("user.filesystem.id", FieldId.FilesystemId),
        new("user.filesystem.name", FieldId.FilesystemName),
        new("user.filesystem.group.id", FieldId.FilesystemGroupId),
        new("user.filesystem.group.name", FieldId.FilesystemGroupName),
        new("user.saved.id", FieldId.SavedId),
        new("user.saved.name", FieldId.SavedName),
        new("user.saved.group.id", FieldId.SavedGroupId),
        new("user.saved.group.name", FieldId.SavedGroupName),
        new("user.target.id", FieldId.TargetId),
        new("user.target.name", FieldId.TargetName),
        new("user.changes.id", FieldId.ChangesId),
        new("user.changes.name", FieldId.ChangesName),
        new("user.selinux.user", FieldId.SelinuxUser),
        new("user.selinux.role", FieldId.SelinuxRole),
        new("user.selinux.domain", FieldId.SelinuxDomain),
        new("user.selinux.level", FieldId.SelinuxLevel),
        new("user.selinux.category", FieldId.SelinuxCategory),
        new("user.*", FieldId.UserOther),
        new("group.id", FieldId.GroupId),
        new("group.name", FieldId.GroupName),
        new("process.pid", FieldId.ProcessPid),
        new("process.parent.pid", FieldId.ProcessParentPid),
        new("process.parent.entity_id", FieldId.ParentEntityId),
        new("process.parent.name", FieldId.ParentName),
        new("process.parent.executable", FieldId.ParentExecutable),
        new("process.parent.start", FieldId.ParentStart),
        new("process.parent.args", FieldId.ParentArgs),
        new("process.parent.args_count", FieldId.ParentArgsCount),
        new("process.name", FieldId.ProcessName),
        new("process.executable", FieldId.ProcessExecutable),
        new("process.title", FieldId.ProcessTitle),
        new("process.working_directory", FieldId.ProcessWorkingDirectory),
        new("process.args", FieldId.ProcessArgs),
        new("process.entity_id", FieldId.ProcessEntityId),
        new("process.start", FieldId.ProcessStart),
        new("process.group_leader.pid", FieldId.GroupLeaderPid),
        new("process.group_leader.entity_id", FieldId.GroupLeaderEntityId),
        new("process.session_leader.pid", FieldId.SessionLeaderPid),
        new("process.session_leader.entity_id", FieldId.SessionLeaderEntityId),
        new("container.id", FieldId.ContainerId),
        new("file.path", FieldId.FilePath),
        new("file.type", FieldId.FileType),
        new("file.device", FieldId.FileDevice),
        new("file.inode", FieldId.FileInode),
        new("file.mode", FieldId.FileMode),
        new("file.uid", FieldId.FileUid),
        new("file.gid", FieldId.FileGid),
        new("file.owner", FieldId.FileOwner),
        new("file.group", FieldId.FileGroup),
        new("file.selinux.user", FieldId.FileSelinuxUser),
        new("file.selinux.role", FieldId.FileSelinuxRole),
        new("file.selinux.domain", FieldId.FileSelinuxDomain),
        new("file.selinux.level", FieldId.FileSelinuxLevel),
        new("file.selinux.category", FieldId.FileSelinuxCategory),
        new("source.ip", FieldId.SourceIp),
        new("source.port", FieldId.SourcePort),
        new("source.path", FieldId.SourcePath),
        new("source.domain", FieldId.SourceDomain),
        new("destination.ip", FieldId.DestinationIp),
        new("destination.port", FieldId.DestinationPort),
        new("destination.path", FieldId.DestinationPath),
        new("network.direction", FieldId.NetworkDirection),
        new("tags", FieldId.Tags),
        new("related.user", FieldId.RelatedUser),
        new("streams.missing", FieldId.Missing),
        new("streams.missing_arguments", FieldId.MissingArguments),
        new("streams.unplaced_paths", FieldId.UnplacedPaths),
        new("streams.late", FieldId.Late),
        new("streams.fault", FieldId.Fault),
        new("streams.process.ancestors", FieldId.ProcessAncestors),
        new("streams.process.targets_streams", FieldId.TargetsStreams),
    ];

    // Most events have no socket or no file, and would be asked for each of its fields.
    private static readonly (string Object, ShapeNeed Need)[] Needs =
    [
        ("auditd.data.socket", ShapeNeed.Socket),
        ("user.selinux", ShapeNeed.SubjectContext),
        ("file", ShapeNeed.File),
        ("file.selinux", ShapeNeed.ObjectContext),
        ("process.group_leader", ShapeNeed.Addition),
        ("process.session_leader", ShapeNeed.Addition),
        ("container", ShapeNeed.Addition),
        ("streams.process", ShapeNeed.Addition),
    ];

    private static readonly Dictionary<string, NamedField> ByName = Fields
        .Where(field => !field.Name.EndsWith('*'))
        .ToDictionary(field => field.Name, StringComparer.Ordinal);

    private static readonly NamedField[] Families =
        [.. Fields.Where(field => field.Name.EndsWith('*')).Select(field => field with { Name = field.Name[..^1] })];

    /// <summary>The way through the document.</summary>
    public static readonly Shape[] Steps = MakeSteps();

    /// <summary>The names of single fields, without the families.</summary>
    public static IEnumerable<string> Names => ByName.Keys;

    /// <summary>Which field a dotted name is, and what follows the family's name where it belongs to one.</summary>
    public static (FieldId Id, string? Suffix) Find(string name)
    {
        if (ByName.TryGetValue(name, out NamedField? field)) return (field.Id, null);
        foreach ((string prefix, FieldId family) in Families)
        {
            if (name.Length > prefix.Length && name.StartsWith(prefix, StringComparison.Ordinal)) return (family, name[prefix.Length..]);
        }

        return (FieldId.None, null);
    }

    /// <summary>Whether a field has several values.</summary>
    public static bool IsList(FieldId id) =>
        id is FieldId.EventCategory or FieldId.EventType or FieldId.ProcessArgs or FieldId.Tags or FieldId.RelatedUser
            or FieldId.ParentArgs or FieldId.ProcessAncestors or FieldId.MissingArguments or FieldId.UnplacedPaths;

    private static Shape[] MakeSteps()
    {
        var steps = new List<Shape>();
        string[] open = [];
        foreach ((string name, FieldId id) in Fields)
        {
            string[] path = name.Split('.');
            string[] parents = path[^1] == "*" && id != FieldId.Data && id != FieldId.UserOther ? path[..^2] : path[..^1];
            int common = 0;
            while (common < open.Length && common < parents.Length && open[common] == parents[common]) common++;
            for (int i = open.Length; i > common; i--) steps.Add(new Shape(ShapeStep.Close, [], FieldId.None, false));
            for (int i = common; i < parents.Length; i++) steps.Add(new Shape(ShapeStep.Open, JsonText.Name(parents[i]), FieldId.None,
                false));
            open = parents;
            steps.Add(new Shape(ShapeStep.Field, JsonText.Name(path[^1] == "*" ? path[^2] : path[^1]), id, IsList(id)));
        }

        foreach (string _ in open) steps.Add(new Shape(ShapeStep.Close, [], FieldId.None, false));
        AddNeeds(steps);
        return [.. steps];
    }

    private static void AddNeeds(List<Shape> steps)
    {
        var open = new Stack<(string Path, int Place)>();
        for (int i = 0; i < steps.Count; i++)
        {
            if (steps[i].Step == ShapeStep.Open)
            {
                string name = System.Text.Encoding.UTF8.GetString(steps[i].Name).Trim('"', ':');
                open.Push((open.Count == 0 ? name : $"{open.Peek().Path}.{name}", i));
            }
            else if (steps[i].Step == ShapeStep.Close)
            {
                (string path, int place) = open.Pop();
                ShapeNeed need = Array.Find(Needs, n => n.Object == path).Need;
                if (need != ShapeNeed.Nothing) steps[place] = steps[place] with { Need = need, Close = i };
            }
        }
    }

    private sealed record NamedField(string Name, FieldId Id);
}
