using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Streams.Events;
using Streams.Files.Facts.Elf;

namespace Streams.Files.Facts;

/// <summary>
/// Finds out what is at a path, without following links, also on the way there, and without opening what is no regular file: a device could
/// act on it, a named pipe could block. Not safe for several threads: each has one of its own, for its buffer and its hashes.
/// </summary>
public sealed unsafe class FileFactsReader : IDisposable
{
    private const int Chunk = 256 * 1024;

    // linux/limits.h: XATTR_SIZE_MAX and XATTR_LIST_MAX. The buffer for content is free while attributes are read.
    private const int MaxAttribute = 64 * 1024;

    private readonly (string Name, FileHash Hash)[] _hashes;
    private readonly long _maxFileSize;
    private readonly bool _readsHeaders;
    private readonly Func<uint, string?> _user;
    private readonly Func<uint, string?> _group;
    private readonly byte[] _buffer = GC.AllocateUninitializedArray<byte>(Chunk);

    /// <summary>Makes a reader.</summary>
    /// <param name="hashTypes">The hashes to compute.</param>
    /// <param name="maxFileSize">Bytes; of a larger file no hash is computed.</param>
    /// <param name="user">The name of a user; null when nobody knows.</param>
    /// <param name="group">The name of a group; null when nobody knows.</param>
    /// <param name="readsHeaders">Whether the headers of executables are wanted.</param>
    /// <exception cref="ArgumentException">There is no hash of such a name.</exception>
    public FileFactsReader(
        IReadOnlyList<string> hashTypes, long maxFileSize, Func<uint, string?>? user = null, Func<uint, string?>? group = null,
        bool readsHeaders = false)
    {
        _hashes = [.. hashTypes.Select(name => (name, FileHash.Of(name)))];
        _maxFileSize = maxFileSize;
        _readsHeaders = readsHeaders;
        _user = user ?? (_ => null);
        _group = group ?? (_ => null);
    }

    /// <summary>Bytes of files read so far.</summary>
    public long BytesRead { get; private set; }

    /// <summary>Whether something is at a path; what cannot be looked at counts as there.</summary>
    public static bool Exists(string path)
    {
        int place = Libc.OpenWithoutLinks(path, Libc.PathOnly);
        if (place < 0) return Marshal.GetLastPInvokeError() is not (Libc.Enoent or Libc.Enotdir);
        _ = Libc.Close(place);
        return true;
    }

    /// <summary>Looks at a path.</summary>
    /// <param name="path">The path, absolute. A folder on the way that is a symbolic link makes it an error.</param>
    /// <param name="wait">Called with the number of bytes after each that are read; may wait, to read no faster. Null for nothing.</param>
    /// <param name="known">
    /// What is returned when by inode, size, owner, mode and times it is the same still; null to read in any case.
    /// </param>
    /// <returns>Null when nothing is there.</returns>
    public FileFacts? Read(string path, Action<int>? wait = null, FileFacts? known = null)
    {
        // What is looked at and what is read then are the same file, whatever is put in its place meanwhile.
        int place = Libc.OpenWithoutLinks(path, Libc.PathOnly);
        if (place < 0)
        {
            return Marshal.GetLastPInvokeError() switch
            {
                Libc.Enoent or Libc.Enotdir => null,
                Libc.Eloop => new FileFacts { Path = path, Error = "a folder on the way is a symbolic link, which is not followed" },
                int error => new FileFacts { Path = path, Error = Marshal.GetPInvokeErrorMessage(error) },
            };
        }

        try
        {
            return Read(path, place, wait, known);
        }
        finally
        {
            _ = Libc.Close(place);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach ((_, FileHash hash) in _hashes) hash.Dispose();
    }

    private FileFacts Read(string path, int place, Action<int>? wait, FileFacts? known)
    {
        byte empty = 0;
        if (Libc.Status(place, &empty, Libc.EmptyPath, Libc.BasicStatus, out Libc.FileStatus status) != 0)
            return new FileFacts { Path = path, Error = Libc.LastError() };
        FileType type = TypeOf(status.Mode);
        var facts = new FileFacts
        {
            Path = path,
            Type = type,
            TargetPath = type == FileType.Symlink ? Libc.ReadLink(place) : null,
            Inode = status.Inode,
            Device = ((ulong)status.DeviceMajor << 32) | status.DeviceMinor,
            Uid = status.Uid,
            Gid = status.Gid,
            Owner = _user(status.Uid),
            Group = _group(status.Gid),
            Mode = status.Mode & 0xFFF,
            Size = type == FileType.File ? status.Size : 0,
            Modified = status.Modified.Time,
            Changed = status.Changed.Time,
        };
        if (known is not null && IsSame(known, facts)) return known;
        if (type == FileType.Symlink) return facts;
        facts = WithAttributes(facts, place);
        bool isRead = type == FileType.File && facts.Size <= _maxFileSize && (_hashes.Length > 0 || _readsHeaders);
        return isRead ? WithContent(facts, place, wait) : facts;
    }

    // Who changes anything of a file cannot keep the time of its last change (ctime; inode(7)).
    private static bool IsSame(FileFacts known, FileFacts now) =>
        known.Type == now.Type && known.Inode == now.Inode && known.Size == now.Size && known.Mode == now.Mode && known.Uid == now.Uid
            && known.Gid == now.Gid && known.Modified == now.Modified && known.Changed == now.Changed;

    private static FileType TypeOf(ushort mode) => (mode & 0xF000) switch
    {
        0x4000 => FileType.Directory,
        0xA000 => FileType.Symlink,
        0x2000 => FileType.CharDevice,
        0x6000 => FileType.BlockDevice,
        0x1000 => FileType.Fifo,
        0xC000 => FileType.Socket,
        _ => FileType.File,
    };

    private FileFacts WithContent(FileFacts facts, int place, Action<int>? wait)
    {
        int descriptor = OpenFile(place);
        if (descriptor < 0)
        {
            int error = Marshal.GetLastPInvokeError();
            return facts with { Error = $"its content cannot be read: {Marshal.GetPInvokeErrorMessage(error)}" };
        }

        using var file = new SafeFileHandle(descriptor, ownsHandle: true);
        try
        {
            string? mime = null;
            for (long at = 0; ;)
            {
                // A file may grow while it is read: one byte beyond the limit is enough to know.
                int wanted = (int)Math.Min(_buffer.Length, _maxFileSize + 1 - at);
                int read = wanted <= 0 ? 0 : RandomAccess.Read(file, _buffer.AsSpan(0, wanted), at);
                wait?.Invoke(read);
                mime ??= MimeTypes.Of(_buffer.AsSpan(0, Math.Min(read, MimeTypes.Beginning)));
                at += read;
                BytesRead += read;
                if (at > _maxFileSize)
                {
                    Forget();
                    return facts with { MimeType = mime };
                }

                foreach ((_, FileHash hash) in _hashes) hash.Append(_buffer.AsSpan(0, read));
                if (read == 0 || (at >= facts.Size && read < wanted)) break;
            }

            if (_readsHeaders)
            {
                facts = facts with
                {
                    Elf = ElfReader.Read((offset, bytes) => RandomAccess.Read(file, bytes, offset), RandomAccess.GetLength(file)),
                };
            }

            return facts with { MimeType = mime, Hashes = [.. _hashes.Select(h => KeyValuePair.Create(h.Name, h.Hash.Finish()))] };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Forget();
            return facts with { Error = $"its content cannot be read: {FailureText.Of(e)}" };
        }
    }

    private void Forget()
    {
        foreach ((_, FileHash hash) in _hashes) _ = hash.Finish();
    }

    // O_NOATIME is the owner's and root's alone: open(2).
    private static int OpenFile(int place)
    {
        const int flags = Libc.ReadOnly | Libc.NonBlocking;
        int descriptor = Libc.OpenAgain(place, flags | Libc.NoAccessTime);
        return descriptor < 0 && Marshal.GetLastPInvokeError() == Libc.Eperm ? Libc.OpenAgain(place, flags) : descriptor;
    }

    // Most files have none, and one call tells.
    private FileFacts WithAttributes(FileFacts facts, int place)
    {
        Span<byte> path = stackalloc byte[32];
        nint length;
        fixed (byte* at = Libc.OfDescriptor(place, path))
        fixed (byte* list = _buffer)
            length = Libc.ListAttributes(at, list, MaxAttribute);
        if (length <= 0) return facts;
        var others = new List<KeyValuePair<string, string>>();
        ReadOnlySpan<byte> names = _buffer.AsSpan(0, (int)length).ToArray();
        while (names.IndexOf((byte)0) is var end and >= 0)
        {
            ReadOnlySpan<byte> name = names[..(end + 1)];
            names = names[(end + 1)..];
            ReadOnlySpan<byte> value = Attribute(path, name);
            switch (Encoding.UTF8.GetString(name[..^1]))
            {
                case "security.selinux":
                    facts = facts with { Selinux = Encoding.UTF8.GetString(value).TrimEnd('\0') };
                    break;
                case AccessList.Attribute:
                    facts = facts with { PosixAcl = AccessList.Read(value) };
                    break;
                case var other:
                    others.Add(KeyValuePair.Create(other, Convert.ToHexStringLower(SHA256.HashData(value))));
                    break;
            }
        }

        return others.Count == 0 ? facts : facts with { Attributes = [.. others.OrderBy(other => other.Key, StringComparer.Ordinal)] };
    }

    private ReadOnlySpan<byte> Attribute(ReadOnlySpan<byte> path, ReadOnlySpan<byte> name)
    {
        nint length;
        fixed (byte* at = path)
        fixed (byte* asked = name)
        fixed (byte* value = _buffer)
            length = Libc.GetAttribute(at, asked, value, MaxAttribute);
        return length <= 0 ? default : _buffer.AsSpan(0, (int)length);
    }
}
