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
    private static readonly (string Name, FieldId Id)[] Fields =
    [
        ("@timestamp", FieldId.Timestamp),
        ("host.name", FieldId.HostName),
        ("ecs.version", FieldId.EcsVersion),
        ("service.type", FieldId.ServiceType),
        ("event.kind", FieldId.EventKind),
        ("event.module", FieldId.EventModule),
        ("event.action", FieldId.EventAction),
        ("event.category", FieldId.EventCategory),
        ("event.type", FieldId.EventType),
        ("event.outcome", FieldId.EventOutcome),
        ("event.original", FieldId.EventOriginal),
        ("auditd.message_type", FieldId.MessageType),
        ("auditd.sequence", FieldId.Sequence),
        ("auditd.result", FieldId.Result),
        ("auditd.session", FieldId.Session),
        ("auditd.summary.actor.primary", FieldId.ActorPrimary),
        ("auditd.summary.actor.secondary", FieldId.ActorSecondary),
        ("auditd.summary.object.type", FieldId.ObjectType),
        ("auditd.summary.object.primary", FieldId.ObjectPrimary),
        ("auditd.summary.object.secondary", FieldId.ObjectSecondary),
        ("auditd.summary.how", FieldId.How),
        ("auditd.data.*", FieldId.Data),
        ("auditd.data.socket.family", FieldId.SocketFamily),
        ("auditd.data.socket.addr", FieldId.SocketAddress),
        ("auditd.data.socket.port", FieldId.SocketPort),
        ("auditd.data.socket.path", FieldId.SocketPath),
        ("auditd.data.socket.flow", FieldId.SocketFlow),
        ("auditd.data.socket.scope", FieldId.SocketScope),
        ("auditd.data.socket.cid", FieldId.SocketCid),
        ("auditd.data.socket.interface", FieldId.SocketInterface),
        ("auditd.data.socket.protocol", FieldId.SocketProtocol),
        ("auditd.data.socket.pid", FieldId.SocketProcess),
        ("auditd.data.socket.groups", FieldId.SocketGroups),
        ("auditd.data.socket.saddr", FieldId.SocketRaw),
        ("auditd.data.socket.name", FieldId.SocketName),
        ("auditd.paths.*", FieldId.Paths),
        ("auditd.decoded.*", FieldId.Decoded),
        ("auditd.records.*", FieldId.Records),
        ("user.id", FieldId.UserId),
        ("user.name", FieldId.UserName),
        ("user.group.id", FieldId.UserGroupId),
        ("user.group.name", FieldId.UserGroupName),
        ("user.audit.id", FieldId.AuditId),
        ("user.audit.name", FieldId.AuditName),
        ("user.effective.id", FieldId.EffectiveId),
        ("user.effective.name", FieldId.EffectiveName),
        ("user.effective.group.id", FieldId.EffectiveGroupId),
        ("user.effective.group.name", FieldId.EffectiveGroupName),
        ("user.filesystem.id", FieldId.FilesystemId),
        ("user.filesystem.name", FieldId.FilesystemName),
        ("user.filesystem.group.id", FieldId.FilesystemGroupId),
        ("user.filesystem.group.name", FieldId.FilesystemGroupName),
        ("user.saved.id", FieldId.SavedId),
        ("user.saved.name", FieldId.SavedName),
        ("user.saved.group.id", FieldId.SavedGroupId),
        ("user.saved.group.name", FieldId.SavedGroupName),
        ("user.target.id", FieldId.TargetId),
        ("user.target.name", FieldId.TargetName),
        ("user.changes.id", FieldId.ChangesId),
        ("user.changes.name", FieldId.ChangesName),
        ("user.selinux.user", FieldId.SelinuxUser),
        ("user.selinux.role", FieldId.SelinuxRole),
        ("user.selinux.domain", FieldId.SelinuxDomain),
        ("user.selinux.level", FieldId.SelinuxLevel),
        ("user.selinux.category", FieldId.SelinuxCategory),
        ("user.*", FieldId.UserOther),
        ("group.id", FieldId.GroupId),
        ("group.name", FieldId.GroupName),
        ("process.pid", FieldId.ProcessPid),
        ("process.parent.pid", FieldId.ProcessParentPid),
        ("process.parent.entity_id", FieldId.ParentEntityId),
        ("process.parent.name", FieldId.ParentName),
        ("process.parent.executable", FieldId.ParentExecutable),
        ("process.parent.start", FieldId.ParentStart),
        ("process.parent.args", FieldId.ParentArgs),
        ("process.parent.args_count", FieldId.ParentArgsCount),
        ("process.name", FieldId.ProcessName),
        ("process.executable", FieldId.ProcessExecutable),
        ("process.title", FieldId.ProcessTitle),
        ("process.working_directory", FieldId.ProcessWorkingDirectory),
        ("process.args", FieldId.ProcessArgs),
        ("process.entity_id", FieldId.ProcessEntityId),
        ("process.start", FieldId.ProcessStart),
        ("process.group_leader.pid", FieldId.GroupLeaderPid),
        ("process.group_leader.entity_id", FieldId.GroupLeaderEntityId),
        ("process.session_leader.pid", FieldId.SessionLeaderPid),
        ("process.session_leader.entity_id", FieldId.SessionLeaderEntityId),
        ("container.id", FieldId.ContainerId),
        ("file.path", FieldId.FilePath),
        ("file.type", FieldId.FileType),
        ("file.device", FieldId.FileDevice),
        ("file.inode", FieldId.FileInode),
        ("file.mode", FieldId.FileMode),
        ("file.uid", FieldId.FileUid),
        ("file.gid", FieldId.FileGid),
        ("file.owner", FieldId.FileOwner),
        ("file.group", FieldId.FileGroup),
        ("file.selinux.user", FieldId.FileSelinuxUser),
        ("file.selinux.role", FieldId.FileSelinuxRole),
        ("file.selinux.domain", FieldId.FileSelinuxDomain),
        ("file.selinux.level", FieldId.FileSelinuxLevel),
        ("file.selinux.category", FieldId.FileSelinuxCategory),
        ("source.ip", FieldId.SourceIp),
        ("source.port", FieldId.SourcePort),
        ("source.path", FieldId.SourcePath),
        ("source.domain", FieldId.SourceDomain),
        ("destination.ip", FieldId.DestinationIp),
        ("destination.port", FieldId.DestinationPort),
        ("destination.path", FieldId.DestinationPath),
        ("network.direction", FieldId.NetworkDirection),
        ("tags", FieldId.Tags),
        ("related.user", FieldId.RelatedUser),
        ("streams.missing", FieldId.Missing),
        ("streams.missing_arguments", FieldId.MissingArguments),
        ("streams.unplaced_paths", FieldId.UnplacedPaths),
        ("streams.late", FieldId.Late),
        ("streams.fault", FieldId.Fault),
        ("streams.process.ancestors", FieldId.ProcessAncestors),
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

    private static readonly Dictionary<string, object> ByName = Fields
        .Where(field => !field.Name.EndsWith('*'))
        .ToDictionary(field => field.Name, field => (object)field.Id, StringComparer.Ordinal);

    private static readonly (string Prefix, FieldId Id)[] Families =
        [.. Fields.Where(field => field.Name.EndsWith('*')).Select(field => (field.Name[..^1], field.Id))];

    /// <summary>The way through the document.</summary>
    public static readonly Shape[] Steps = MakeSteps();

    /// <summary>The names of single fields, without the families.</summary>
    public static IEnumerable<string> Names => ByName.Keys;

    /// <summary>Which field a dotted name is, and what follows the family's name where it belongs to one.</summary>
    public static (FieldId Id, string? Suffix) Find(string name)
    {
        if (ByName.TryGetValue(name, out object? id)) return ((FieldId)id, null);
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
}
