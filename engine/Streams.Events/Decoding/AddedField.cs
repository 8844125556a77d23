namespace Streams.Events.Decoding;

/// <summary>The fields of a STREAMS_PROCESS record: what the collector on the host knew of the process when the event closed.</summary>
internal enum AddedField : byte
{
    Entity,
    Start,
    ParentPid,
    Executable,
    Name,
    WorkingDirectory,

    /// <summary>The arguments of its program, where the title in the records is not made of them.</summary>
    Args,
    Container,
    ParentEntity,
    ParentStart,
    ParentExecutable,
    ParentName,
    ParentArgs,
    ParentArgsCount,
    Ancestors,
    GroupLeader,
    GroupLeaderEntity,
    SessionLeader,
    SessionLeaderEntity,

    /// <summary>Names of users by id: <c>1000:"alice",33:"www-data"</c>.</summary>
    Users,

    /// <summary>Names of groups by id.</summary>
    Groups,

    /// <summary>Names of those who own the files and processes of the event, by id.</summary>
    Owners,
    OwnerGroups,

    /// <summary>Present when the call was made on the process of Streams itself.</summary>
    TargetsStreams,
}

internal static class AddedFields
{
    // In the order of the enum.
    private static readonly byte[][] Keys =
    [
        .. ((string[])
        [
            "entity", "start", "ppid", "exe", "comm", "cwd", "args", "container", "parent", "parent_start", "parent_exe", "parent_comm",
            "parent_args", "parent_argc", "ancestors", "group", "group_entity", "session", "session_entity", "users", "groups",
            "owners", "owner_groups", "targets_streams",
        ]).Select(System.Text.Encoding.ASCII.GetBytes),
    ];

    public static int Count => Keys.Length;

    /// <summary>Whether somebody else chose the value, so that it is encoded as the kernel encodes such.</summary>
    public static bool IsForeign(AddedField field) =>
        field is AddedField.Executable or AddedField.Name or AddedField.WorkingDirectory
            or AddedField.ParentExecutable or AddedField.ParentName;

    public static bool TryFind(ReadOnlySpan<byte> key, out AddedField field)
    {
        for (int i = 0; i < Keys.Length; i++)
        {
            if (!key.SequenceEqual(Keys[i])) continue;
            field = (AddedField)i;
            return true;
        }

        field = default;
        return false;
    }
}
