using System.Buffers.Text;
using Streams.Events.Tables;

namespace Streams.Audit.Processes;

/// <summary>How processes become known, and what is learnt of them from their calls.</summary>
public sealed partial class ProcessTable
{
    private const int MaxAncestors = 16;
    private const int MaxArgumentBytes = 512;

    // Longer chains of parents than this are a circle.
    private const int MaxDepth = 64;

    private const ulong CloneThread = 0x10000;

    // arch=c000003e syscall=42 and a space: of a call from which nothing was learnt.
    private readonly byte[] _idleCall = new byte[48];
    private int _idleCallLength;

    /// <summary>The process of a call that is no execve.</summary>
    private KnownProcess Acted(in Caller caller, long time)
    {
        if (_processes.TryGetValue(caller.Pid, out KnownProcess? process))
        {
            if (!HasEnded(process, time) && process.ParentPid == caller.ParentPid
                && (caller.Executable.IsEmpty || caller.Executable.SequenceEqual(process.Executable))) return process;
            bool exists = Status(caller.Pid, time, out ProcessStatus status);
            bool isSame = exists && process.Start >= 0 ? status.Start == process.Start
                : !HasEnded(process, time) && (process.ParentPid == caller.ParentPid
                    || (caller.Executable.SequenceEqual(process.Executable) && IsOrWasParent(process, caller.ParentPid)));
            if (isSame)
            {
                Changed(process, caller, time);
                return process;
            }

            Remove(process);
        }

        return Met(caller, time);
    }

    // It went over to another parent, because its own had ended, or ran a program of which there is no record.
    private void Changed(KnownProcess process, in Caller caller, long time)
    {
        process.Ended = 0;
        process.Record = null;
        Moved(process, caller.ParentPid, time);
        if (caller.Executable.IsEmpty || caller.Executable.SequenceEqual(process.Executable)) return;
        process.Executable = caller.Executable.ToArray();
        process.Name = caller.Name.ToArray();
        process.IsTitleCompared = process.HasOtherTitle = false;
        process.Version++;
        Describe(process, _system.ReadDetails(process.Pid));
    }

    // An orphan goes to one of its ancestors: init, or one that has asked for it (PR_SET_CHILD_SUBREAPER).
    private static bool IsOrWasParent(KnownProcess process, int pid)
    {
        if (process.ParentPid == pid) return true;
        KnownProcess? ancestor = process.Parent;
        for (int depth = 0; ancestor is not null && depth < MaxDepth; ancestor = ancestor.Parent, depth++)
        {
            if (ancestor.ParentPid == pid) return true;
        }

        return false;
    }

    // Its ancestors stay those of who started it.
    private void Moved(KnownProcess process, int parent, long time)
    {
        if (process.ParentPid == parent) return;
        process.ParentPid = parent;
        process.Parent = Known(parent, time);
    }

    /// <summary>A process whose call is the first that is heard of it.</summary>
    private KnownProcess Met(in Caller caller, long time)
    {
        KnownProcess process = Begin(caller, time, out bool exists);
        process.Executable = caller.Executable.ToArray();
        if (process.Name.Length == 0) process.Name = caller.Name.ToArray();
        if (process.Parent is { } parent && process.Executable.AsSpan().SequenceEqual(parent.Executable)) Copy(parent, process);
        else if (exists) Describe(process, _system.ReadDetails(process.Pid));

        // It may have been there for long, and been moved since it was started.
        if (exists && process.Container.Length == 0) process.Container = ContainerId.Find(_system.ReadControlGroups(process.Pid));
        return process;
    }

    /// <summary>The process of an execve that succeeded.</summary>
    private KnownProcess Executed(in Caller caller, ReadOnlySpan<byte> execution, long time)
    {
        if (_processes.TryGetValue(caller.Pid, out KnownProcess? process))
        {
            bool exists = Status(caller.Pid, time, out ProcessStatus status);
            bool isSame = exists && process.Start >= 0
                ? status.Start == process.Start
                : !HasEnded(process, time) && IsOrWasParent(process, caller.ParentPid) && time - process.LastSeen < Silent;
            if (!isSame)
            {
                Remove(process);
                process = null;
            }
            else
            {
                if (exists) Place(process, status);
                Moved(process, caller.ParentPid, time);
            }
        }

        process ??= Begin(caller, time, out _);
        process.Executable = caller.Executable.ToArray();
        process.Name = caller.Name.ToArray();
        ReadArguments(process, execution);
        process.IsTitleCompared = process.HasOtherTitle = false;
        if (process.Parent is { Container.Length: 0 } parent && ContainerId.IsRuntime(parent.Name) && process.Container.Length == 0)
            process.Container = ContainerId.Find(_system.ReadControlGroups(process.Pid));
        process.Version++;
        process.Record = null;
        return process;
    }

    /// <summary>Learns from calls that make or end processes.</summary>
    private void FollowCall(KnownProcess process, ReadOnlySpan<byte> text, long time)
    {
        // Most calls are the same as the one before, and to look their numbers up costs as much as all the rest.
        if (_idleCallLength > 0 && text.StartsWith(_idleCall.AsSpan(0, _idleCallLength))) return;
        switch (CallFields.Read(text).Call)
        {
            case SyscallId.Clone or SyscallId.Fork or SyscallId.Vfork:
                int child = Caller.Number(text, " exit="u8);
                if (child > 0 && !IsThread(text)) Forked(process, child, time);
                break;

            // exit ends a thread only, perhaps the last one.
            case SyscallId.ExitGroup:
                process.Ended = time;
                break;
            default:
                int end = text.IndexOf(" success="u8) + 1;
                if (end > _idleCall.Length) break;
                text[..end].CopyTo(_idleCall);
                _idleCallLength = end;
                break;
        }
    }

    // clone with CLONE_THREAD in its first argument; fork has none, whatever stands there.
    private static bool IsThread(ReadOnlySpan<byte> text)
    {
        if (CallFields.Read(text).Call != SyscallId.Clone) return false;
        int found = text.IndexOf(" a0="u8);
        return found >= 0 && Utf8Parser.TryParse(text[(found + 4)..], out ulong flags, out _, 'x') && (flags & CloneThread) != 0;
    }

    private void Forked(KnownProcess parent, int pid, long time)
    {
        // The record of a vfork is written when the child has run its program; what was known before the fork is another process.
        if (_processes.TryGetValue(pid, out KnownProcess? known))
        {
            if (known.FirstSeen >= time) return;
            Remove(known);
        }

        var child = new KnownProcess(pid)
        {
            ParentPid = parent.Pid,
            FirstSeen = time,
            LastSeen = time,
            Executable = parent.Executable,
            Name = parent.Name,
        };
        if (Status(pid, time, out ProcessStatus status)) Place(child, status);
        StartedBy(child, parent, time);
        Copy(parent, child);
        Add(child);
    }

    private KnownProcess Begin(in Caller caller, long time, out bool exists)
    {
        var process = new KnownProcess(caller.Pid) { ParentPid = caller.ParentPid, FirstSeen = time, LastSeen = time };
        exists = Status(caller.Pid, time, out ProcessStatus status);
        if (exists)
        {
            Place(process, status);
            process.Name = RecordText.Encode(status.Name);
        }

        StartedBy(process, Known(caller.ParentPid, time), time);
        Add(process);
        return process;
    }

    private void StartedBy(KnownProcess process, KnownProcess? parent, long time)
    {
        process.Parent = parent;
        process.IsOwn = process.Pid == _options.OwnPid || process.ParentPid == _options.OwnPid || parent is { IsOwn: true };
        process.Entity = EntityId.Of(_system.BootId, process.Pid, process.Start >= 0 ? process.Start : ~time);
        if (parent is null)
        {
            process.Container = ContainerId.Find(_system.ReadControlGroups(process.Pid));
            return;
        }

        process.Container = parent.Container;
        process.Ancestors = Ancestors(parent);
    }

    /// <summary>A process by its number, as the parent of one that has just acted; null when the system does not know it either.</summary>
    private KnownProcess? Known(int pid, long time, int depth = 0)
    {
        if (pid <= 0 || depth > MaxDepth) return null;
        if (_processes.TryGetValue(pid, out KnownProcess? process))
        {
            if (!HasEnded(process, time) && time - process.LastSeen < Settled) return process;
            bool exists = Status(pid, time, out ProcessStatus now);
            bool isSame = exists && process.Start >= 0 ? now.Start == process.Start : !HasEnded(process, time);
            if (isSame)
            {
                Touch(process, time);
                return process;
            }

            Remove(process);
        }

        return Status(pid, time, out ProcessStatus status) ? FromSystem(pid, status, _system.ReadDetails(pid), time, depth) : null;
    }

    private KnownProcess FromSystem(int pid, in ProcessStatus status, ProcessDetails? details, long time, int depth)
    {
        var process = new KnownProcess(pid)
        {
            ParentPid = status.ParentPid,
            FirstSeen = time,
            LastSeen = time,
            Name = RecordText.Encode(status.Name),
        };
        Place(process, status);
        if (details is not null)
        {
            process.Executable = RecordText.Encode(details.Executable);
            process.Ids = IdsOf(details);
        }

        Describe(process, details);
        StartedBy(process, Known(status.ParentPid, time, depth + 1), time);

        // It was there before: what it was started by may have moved it since.
        if (process.Container.Length == 0) process.Container = ContainerId.Find(_system.ReadControlGroups(pid));
        Add(process);
        return process;
    }

    // Threads that still wrote while it ended have earlier stamps.
    private static bool HasEnded(KnownProcess process, long time) => process.Ended != 0 && process.Ended < time;

    // Whoever has the number now is not who made the record when it was started after it; the clocks differ by a tick.
    private bool Status(int pid, long time, out ProcessStatus status) =>
        _system.TryReadStatus(pid, out status) && _system.BootTime + status.Start * 10 <= time + Settled;

    private static void Place(KnownProcess process, in ProcessStatus status)
    {
        process.Start = status.Start;
        process.Group = status.Group;
        process.Session = status.Session;
    }

    // The title of an event is that of the process's first record (audit_log_proctitle of kernel/auditsc.c): where that came before its
    // execve, as with a redirect in a shell, it stays that of the program before. At most 128 bytes, arguments ended by zeros.
    private static void CompareTitle(KnownProcess process, ReadOnlySpan<byte> record)
    {
        process.IsTitleCompared = true;
        if (process.Arguments.Length == 0 || !record.StartsWith("proctitle="u8)) return;
        byte[] title = RecordText.Decode(record["proctitle=".Length..]);
        int start = 0;
        for (ReadOnlySpan<byte> rest = process.Arguments; !rest.IsEmpty && start < title.Length;)
        {
            int end = RecordText.EndOfItem(rest);
            byte[] argument = RecordText.Decode(rest[..end]);
            rest = end == rest.Length ? default : rest[(end + 1)..];
            ReadOnlySpan<byte> shown = title.AsSpan(start);
            bool isSame = shown.Length <= argument.Length
                ? argument.AsSpan().StartsWith(shown)
                : shown.StartsWith(argument) && shown[argument.Length] == 0;
            if (!isSame)
            {
                process.HasOtherTitle = true;
                process.Record = null;
                return;
            }

            start += argument.Length + 1;
        }
    }

    private static void Copy(KnownProcess parent, KnownProcess child)
    {
        child.Arguments = parent.Arguments;
        child.ArgumentCount = parent.ArgumentCount;

        // Not shared: a new one of the same length is written over the old.
        child.WorkingDirectory = [.. parent.WorkingDirectory];
    }

    private void Describe(KnownProcess process, ProcessDetails? details)
    {
        process.Arguments = [];
        process.ArgumentCount = 0;
        if (details is null) return;
        process.WorkingDirectory = RecordText.Encode(details.WorkingDirectory);
        _text.Clear();
        bool full = false;
        for (ReadOnlySpan<byte> rest = details.Arguments; !rest.IsEmpty;)
        {
            int end = rest.IndexOf((byte)0);
            ReadOnlySpan<byte> argument = end < 0 ? rest : rest[..end];
            rest = end < 0 ? default : rest[(end + 1)..];
            int length = _text.Length;
            if (!full)
            {
                if (length > 0) _text.Raw(","u8);
                _text.Foreign(argument);
                full = _text.Length > MaxArgumentBytes;
                if (full) _text.CutTo(length);
            }

            process.ArgumentCount++;
        }

        process.Arguments = _text.Written.ToArray();
    }

    // argc=3 a0="ls" a1=… a2=…; a long argument comes in pieces (a1_len=…), and with it ends what is kept.
    private void ReadArguments(KnownProcess process, ReadOnlySpan<byte> text)
    {
        process.ArgumentCount = Caller.Number(text, "argc="u8);
        _text.Clear();
        for (int i = 0; ; i++)
        {
            int space = text.IndexOf((byte)' ');
            if (space < 0) break;
            text = text[(space + 1)..];
            if (text.Length < 2 || text[0] != 'a' || !Utf8Parser.TryParse(text[1..], out int number, out int used) || number != i) break;
            text = text[(1 + used)..];
            if (!text.StartsWith("="u8)) break;
            int end = text.IndexOf((byte)' ');
            ReadOnlySpan<byte> value = end < 0 ? text[1..] : text[1..end];
            if (_text.Length + value.Length + 1 > MaxArgumentBytes) break;
            if (i > 0) _text.Raw(","u8);
            _text.Raw(value);
        }

        process.Arguments = _text.Written.ToArray();
    }

    private static byte[] Ancestors(KnownProcess parent)
    {
        if (parent.Executable.Length == 0) return parent.Ancestors;
        ReadOnlySpan<byte> above = parent.Ancestors;
        if (above.IsEmpty) return parent.Executable;
        int end = RecordText.EndOfItem(above);
        for (int count = 2; count < MaxAncestors && end < above.Length; count++) end += 1 + RecordText.EndOfItem(above[(end + 1)..]);
        return [.. parent.Executable, (byte)',', .. above[..end]];
    }
}
