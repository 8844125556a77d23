using System.Buffers.Text;
using Streams.Events;
using Streams.Events.Tables;

namespace Streams.Audit.Processes;

/// <summary>
/// Who has changed files lately, by the PATH records of calls: for a collector of files whom the kernel does not tell it, as inotify does
/// not. One thread at a time.
/// </summary>
internal sealed class FileCalls
{
    // Beyond either a change has nobody: a file is looked at some milliseconds after the call.
    private const int Limit = 1024;
    private const long Kept = 10_000;

    private readonly Queue<Call> _calls = new();

    /// <summary>Keeps who made a call, when it is one that changes files and succeeded.</summary>
    /// <param name="process">Who made it.</param>
    /// <param name="records">Its records.</param>
    /// <param name="call">Which of them is SYSCALL.</param>
    /// <param name="time">Its stamp.</param>
    public void Add(KnownProcess process, AuditEventBuilder records, int call, long time)
    {
        if (!Changes(records[call].Text)) return;
        for (int i = 0; i < records.Count; i++)
        {
            if (records[i].Type != RecordType.Path) continue;
            ReadOnlySpan<byte> text = records[i].Text;
            ReadOnlySpan<byte> name = Caller.Field(ref text, " name="u8);
            if (name.IsEmpty || !Utf8Parser.TryParse(Caller.Field(ref text, " inode="u8), out ulong inode, out _)) continue;
            ReadOnlySpan<byte> kind = Caller.Field(ref text, " nametype="u8);
            if (kind.SequenceEqual("PARENT"u8)) continue;
            if (_calls.Count >= Limit) _calls.Dequeue();
            _calls.Enqueue(new Call(time, inode, name.ToArray(), process, process.Executable, process.Ids));
        }
    }

    /// <summary>The last one who changed a file; null when nobody is known.</summary>
    /// <param name="inode">The file's inode: of the name that a record has only the end is sure, since it may lead through links.</param>
    /// <param name="name">The file's name, without its folder.</param>
    /// <param name="time">When it was changed.</param>
    public Call? Find(ulong inode, ReadOnlySpan<byte> name, long time)
    {
        while (_calls.TryPeek(out Call? oldest) && oldest.Time < time - Kept) _calls.Dequeue();
        Call? found = null;
        foreach (Call call in _calls)
        {
            if (call.Inode == inode && IsOf(call.Name, name)) found = call;
        }

        return found;
    }

    /// <summary>What is kept of a call, for each of its files. Texts are as the records have them.</summary>
    /// <param name="Time">Its stamp.</param>
    /// <param name="Inode">The file's.</param>
    /// <param name="Name">The path, as the program gave it.</param>
    /// <param name="Process">Who made it.</param>
    /// <param name="Executable">His program then.</param>
    /// <param name="Ids">His ids then.</param>
    public sealed record Call(long Time, ulong Inode, byte[] Name, KnownProcess Process, byte[] Executable, byte[] Ids);

    private static bool IsOf(byte[] path, ReadOnlySpan<byte> name)
    {
        ReadOnlySpan<byte> decoded = RecordText.Decode(path);
        return decoded[(decoded.LastIndexOf((byte)'/') + 1)..].SequenceEqual(name);
    }

    private static bool Changes(ReadOnlySpan<byte> text)
    {
        CallFields call = CallFields.Read(text);
        return call.Succeeded && call.Call switch
        {
            SyscallId.Open => OpensToWrite(text, " a1="u8),
            SyscallId.Openat => OpensToWrite(text, " a2="u8),

            // openat2 has its flags in memory, as OPENAT2 records show them.
            SyscallId.Openat2 or SyscallId.OpenByHandleAt or SyscallId.Creat or SyscallId.Truncate or SyscallId.Ftruncate
                or SyscallId.Chmod or SyscallId.Fchmod or SyscallId.Fchmodat or SyscallId.Fchmodat2
                or SyscallId.Chown or SyscallId.Fchown or SyscallId.Fchownat or SyscallId.Lchown
                or SyscallId.Setxattr or SyscallId.Fsetxattr or SyscallId.Lsetxattr or SyscallId.Setxattrat
                or SyscallId.Removexattr or SyscallId.Fremovexattr or SyscallId.Lremovexattr or SyscallId.Removexattrat
                or SyscallId.Rename or SyscallId.Renameat or SyscallId.Renameat2 or SyscallId.Unlink or SyscallId.Unlinkat
                or SyscallId.Rmdir or SyscallId.Link or SyscallId.Linkat or SyscallId.Symlink or SyscallId.Symlinkat
                or SyscallId.Mkdir or SyscallId.Mkdirat or SyscallId.Mknod or SyscallId.Mknodat
                or SyscallId.Utime or SyscallId.Utimes or SyscallId.Futimesat or SyscallId.Utimensat => true,
            _ => false,
        };
    }

    // O_WRONLY, O_RDWR, O_CREAT and O_TRUNC of open(2), on all architectures the same.
    private static bool OpensToWrite(ReadOnlySpan<byte> text, ReadOnlySpan<byte> argument)
    {
        const ulong writes = 0x1 | 0x2 | 0x40 | 0x200;
        int found = text.IndexOf(argument);
        return found >= 0 && Utf8Parser.TryParse(text[(found + argument.Length)..], out ulong flags, out _, 'x') && (flags & writes) != 0;
    }
}
