using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace Streams.Audit.Processes;

/// <summary>Who has a number, for collectors that learn no more than that.</summary>
public sealed partial class ProcessTable
{
    /// <summary>
    /// The process that had a number at a time: also one that has ended since, as long as the table keeps it; null when neither the table
    /// nor the system knows it.
    /// </summary>
    /// <param name="pid">The number.</param>
    /// <param name="when">When it did something.</param>
    public ProcessFacts? Find(int pid, DateTimeOffset when)
    {
        long time = when.ToUnixTimeMilliseconds();
        lock (_gate) return Known(pid, time) is { } process ? Facts(process) : null;
    }

    /// <summary>
    /// Who changed a file last, by the records of calls of the last 10 s, 1,024 of them at most; null when nobody is known. Only calls that
    /// an audit rule matches are.
    /// </summary>
    /// <param name="inode">The file's inode.</param>
    /// <param name="name">Its name, without its folder.</param>
    /// <param name="when">When it was changed.</param>
    public ProcessFacts? FindChanger(ulong inode, string name, DateTimeOffset when)
    {
        lock (_gate)
        {
            return _fileCalls.Find(inode, Encoding.UTF8.GetBytes(name), when.ToUnixTimeMilliseconds()) is { } call
                ? Facts(call.Process, call.Executable, call.Ids)
                : null;
        }
    }

    private static ProcessFacts Facts(KnownProcess process) => Facts(process, process.Executable, process.Ids);

    private static ProcessFacts Facts(KnownProcess process, ReadOnlySpan<byte> executable, ReadOnlySpan<byte> ids) => new()
    {
        Pid = process.Pid,
        ParentPid = process.ParentPid,
        EntityId = Encoding.ASCII.GetString(process.Entity),
        Executable = Text(executable),
        Name = Text(process.Name),
        ParentExecutable = process.Parent is { } parent ? Text(parent.Executable) : null,
        Ancestors = Texts(process.Ancestors),
        User = Id(ids, "euid="u8),
        AuditUser = Id(ids, "auid="u8),
        Session = Id(ids, "ses="u8),
        ContainerId = process.Container.Length == 0 ? null : Encoding.ASCII.GetString(process.Container),
    };

    private static uint? Id(ReadOnlySpan<byte> ids, ReadOnlySpan<byte> key)
    {
        int found = ids.IndexOf(key);
        return found >= 0 && Utf8Parser.TryParse(ids[(found + key.Length)..], out uint id, out _) && id != ProcessRecord.Unset ? id : null;
    }

    private static string? Text(ReadOnlySpan<byte> value) => value.IsEmpty ? null : Encoding.UTF8.GetString(RecordText.Decode(value));

    private static string[] Texts(ReadOnlySpan<byte> list)
    {
        var texts = new List<string>();
        while (!list.IsEmpty)
        {
            int end = RecordText.EndOfItem(list);
            texts.Add(Text(list[..end])!);
            list = end == list.Length ? default : list[(end + 1)..];
        }

        return [.. texts];
    }

    // As a SYSCALL record has them.
    private static byte[] IdsOf(ProcessDetails details)
    {
        uint[] users = details.Users;
        uint[] groups = details.Groups;
        return Encoding.ASCII.GetBytes(string.Create(
            CultureInfo.InvariantCulture,
            $"auid={details.AuditUser} uid={users[0]} gid={groups[0]} euid={users[1]} suid={users[2]} fsuid={users[3]} "
            + $"egid={groups[1]} sgid={groups[2]} fsgid={groups[3]} ses={details.AuditSession}"));
    }
}
