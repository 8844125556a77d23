using System.Buffers.Text;

namespace Streams.Audit.Processes;

/// <summary>The text of a STREAMS_PROCESS record, which the decoder of Streams.Events reads.</summary>
internal static class ProcessRecord
{
    /// <summary>Nobody's id: the login id of a process that no login started.</summary>
    public const uint Unset = uint.MaxValue;

    /// <summary>Writes all that is known of a process.</summary>
    /// <param name="text">Where to.</param>
    /// <param name="process">The process.</param>
    /// <param name="ids">Its ids as a SYSCALL record has them; their names are added.</param>
    /// <param name="names">The names; null for none.</param>
    /// <param name="bootTime">When the boot clock was 0, milliseconds since 1970 UTC.</param>
    /// <param name="entity">The entity of a process that leads a group or a session; empty when it is not known.</param>
    public static void Write(
        RecordText text, KnownProcess process, ReadOnlySpan<byte> ids, IAccountNames? names, long bootTime, Func<int, byte[]> entity)
    {
        text.Clear();
        text.Field("entity"u8, process.Entity);
        if (process.Start >= 0) text.Time("start"u8, bootTime + process.Start * 10);
        text.Field("ppid"u8, process.ParentPid);
        text.Field("cwd"u8, process.WorkingDirectory);
        if (process.HasOtherTitle) text.Field("args"u8, process.Arguments);
        text.Field("container"u8, process.Container);
        if (process.Parent is { } parent)
        {
            text.Field("parent"u8, parent.Entity);
            if (parent.Start >= 0) text.Time("parent_start"u8, bootTime + parent.Start * 10);
            text.Field("parent_exe"u8, parent.Executable);
            text.Field("parent_comm"u8, parent.Name);
            text.Field("parent_args"u8, parent.Arguments);
            if (parent.ArgumentCount > 0) text.Field("parent_argc"u8, parent.ArgumentCount);
        }

        text.Field("ancestors"u8, process.Ancestors);
        Leader(text, "group"u8, "group_entity"u8, process.Group, entity);
        Leader(text, "session"u8, "session_entity"u8, process.Session, entity);
        if (names is null) return;
        Names(text, "users"u8, ids, "uid="u8, names, static (names, id) => names.User(id));
        Names(text, "groups"u8, ids, "gid="u8, names, static (names, id) => names.Group(id));
    }

    /// <summary>Adds the names of those to whom the files of an event belong.</summary>
    /// <param name="text">Where to.</param>
    /// <param name="users">Numbers of users.</param>
    /// <param name="groups">Numbers of groups.</param>
    /// <param name="names">The names.</param>
    public static void WriteOwners(RecordText text, ReadOnlySpan<uint> users, ReadOnlySpan<uint> groups, IAccountNames names)
    {
        Names(text, "owners"u8, users, names, static (names, id) => names.User(id));
        Names(text, "owner_groups"u8, groups, names, static (names, id) => names.Group(id));
    }

    /// <summary>Puts the numbers behind a key into a set; root and nobody need no name. What finds no room is left out.</summary>
    public static void Collect(ReadOnlySpan<byte> text, ReadOnlySpan<byte> key, Span<uint> ids, ref int count)
    {
        for (int found; count < ids.Length && (found = text.IndexOf(key)) >= 0;)
        {
            text = text[(found + key.Length)..];
            if (Utf8Parser.TryParse(text, out uint id, out _) && id is not (0 or Unset) && !ids[..count].Contains(id)) ids[count++] = id;
        }
    }

    /// <summary>Puts the ids of who wrote a record into a set: those that the kernel wrote, not those of the program's own text.</summary>
    public static void CollectOwn(ReadOnlySpan<byte> text, Span<uint> users, ref int count)
    {
        int message = text.IndexOf(" msg="u8);
        if (message >= 0) text = text[..message];
        Collect(text, " uid="u8, users, ref count);
        Collect(text, "auid="u8, users, ref count);
    }

    private delegate ReadOnlySpan<byte> Lookup(IAccountNames names, uint id);

    private static void Leader(RecordText text, ReadOnlySpan<byte> key, ReadOnlySpan<byte> entityKey, int pid, Func<int, byte[]> entity)
    {
        if (pid <= 0) return;
        text.Field(key, pid);
        text.Field(entityKey, entity(pid));
    }

    private static void Names(
        RecordText text, ReadOnlySpan<byte> key, ReadOnlySpan<byte> ids, ReadOnlySpan<byte> suffix, IAccountNames names, Lookup lookup)
    {
        Span<uint> found = stackalloc uint[8];
        int count = 0;
        Collect(ids, suffix, found, ref count);
        Names(text, key, found[..count], names, lookup);
    }

    private static void Names(RecordText text, ReadOnlySpan<byte> key, ReadOnlySpan<uint> ids, IAccountNames names, Lookup lookup)
    {
        bool any = false;
        foreach (uint id in ids)
        {
            ReadOnlySpan<byte> name = lookup(names, id);
            if (name.IsEmpty) continue;
            if (!any) text.Key(key);
            else text.Raw(","u8);
            any = true;
            text.Number(id);
            text.Raw(":"u8);
            text.Raw(name);
        }
    }
}
