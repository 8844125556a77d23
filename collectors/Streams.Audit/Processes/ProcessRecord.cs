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
        Names(text, "users"u8, "uid="u8, ids, names, static (names, id) => names.User(id));
        Names(text, "groups"u8, "gid="u8, ids, names, static (names, id) => names.Group(id));
    }

    private delegate ReadOnlySpan<byte> Lookup(IAccountNames names, uint id);

    private static void Leader(RecordText text, ReadOnlySpan<byte> key, ReadOnlySpan<byte> entityKey, int pid, Func<int, byte[]> entity)
    {
        if (pid <= 0) return;
        text.Field(key, pid);
        text.Field(entityKey, entity(pid));
    }

    // Each id once; root and nobody's need no name.
    private static void Names(
        RecordText text, ReadOnlySpan<byte> key, ReadOnlySpan<byte> suffix, ReadOnlySpan<byte> ids, IAccountNames names, Lookup lookup)
    {
        Span<uint> written = stackalloc uint[8];
        int count = 0;
        while (count < written.Length)
        {
            int found = ids.IndexOf(suffix);
            if (found < 0) return;
            ids = ids[(found + suffix.Length)..];
            if (!Utf8Parser.TryParse(ids, out uint id, out _) || id is 0 or Unset || written[..count].Contains(id)) continue;
            ReadOnlySpan<byte> name = lookup(names, id);
            if (name.IsEmpty) continue;
            if (count == 0) text.Key(key);
            else text.Raw(","u8);
            written[count++] = id;
            text.Number(id);
            text.Raw(":"u8);
            text.Raw(name);
        }
    }
}
