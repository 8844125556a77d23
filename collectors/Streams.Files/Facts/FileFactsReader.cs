using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Streams.Files.Facts;

/// <summary>
/// Finds out what is at a path, without following links and without opening what is no regular file. Not safe for several threads: each
/// has one of its own, for its buffer and its hashes.
/// </summary>
public sealed class FileFactsReader : IDisposable
{
    private const int Chunk = 256 * 1024;

    private readonly (string Name, FileHash Hash)[] _hashes;
    private readonly long _maxFileSize;
    private readonly Func<uint, string?> _user;
    private readonly Func<uint, string?> _group;
    private readonly byte[] _buffer = GC.AllocateUninitializedArray<byte>(Chunk);

    /// <summary>Makes a reader.</summary>
    /// <param name="hashTypes">The hashes to compute.</param>
    /// <param name="maxFileSize">Bytes; of a larger file no hash is computed.</param>
    /// <param name="user">The name of a user; null when nobody knows.</param>
    /// <param name="group">The name of a group; null when nobody knows.</param>
    /// <exception cref="ArgumentException">There is no hash of such a name.</exception>
    public FileFactsReader(IReadOnlyList<string> hashTypes, long maxFileSize, Func<uint, string?>? user = null, Func<uint, string?>? group = null)
    {
        _hashes = [.. hashTypes.Select(name => (name, FileHash.Of(name)))];
        _maxFileSize = maxFileSize;
        _user = user ?? (_ => null);
        _group = group ?? (_ => null);
    }

    /// <summary>Bytes of files read so far.</summary>
    public long BytesRead { get; private set; }

    /// <summary>Looks at a path.</summary>
    /// <param name="path">The path, absolute.</param>
    /// <param name="wait">Called with the number of bytes before each that are read; may wait, to read no faster. Null for nothing.</param>
    /// <returns>Null when nothing is there.</returns>
    public FileFacts? Read(string path, Action<int>? wait = null)
    {
        if (Libc.StatX(Libc.CurrentFolder, path, Libc.NoFollow, Libc.BasicFacts, out Libc.FileStatus status) != 0)
        {
            int error = Marshal.GetLastPInvokeError();
            return error is Libc.NotThere or Libc.NotAFolder ? null : new FileFacts { Path = path, Error = Marshal.GetPInvokeErrorMessage(error) };
        }

        FileType type = TypeOf(status.Mode);
        FileFacts facts = new()
        {
            Path = path,
            Type = type,
            TargetPath = type == FileType.Symlink ? Target(path) : null,
            Inode = status.Inode,
            Uid = status.Uid,
            Gid = status.Gid,
            Owner = _user(status.Uid),
            Group = _group(status.Gid),
            Mode = status.Mode & 0xFFF,
            Size = type == FileType.File ? status.Size : 0,
            Modified = status.Modified.Time,
            Changed = status.Changed.Time,
            Selinux = Attribute(path, "security.selinux") is { Length: > 0 } label ? Encoding.UTF8.GetString(label).TrimEnd('\0') : null,
            PosixAcl = type == FileType.Symlink ? [] : AccessList.Read(Attribute(path, AccessList.Attribute), _user, _group),
        };
        return type == FileType.File && _hashes.Length > 0 ? WithContent(facts, wait) : facts;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach ((_, FileHash hash) in _hashes) hash.Dispose();
    }

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

    private FileFacts WithContent(FileFacts facts, Action<int>? wait)
    {
        if (facts.Size > _maxFileSize) return facts;
        int descriptor = Open(facts.Path);
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

            return facts with { MimeType = mime, Hashes = [.. _hashes.Select(h => KeyValuePair.Create(h.Name, h.Hash.Finish()))] };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Forget();
            return facts with { Error = $"its content cannot be read: {e.Message}" };
        }
    }

    private void Forget()
    {
        foreach ((_, FileHash hash) in _hashes) _ = hash.Finish();
    }

    // O_NOATIME is the owner's and root's alone: open(2).
    private static int Open(string path)
    {
        int flags = Libc.NoLinks | Libc.NonBlocking | Libc.CloseOnExec;
        int descriptor = Libc.Open(path, flags | Libc.NoAccessTime);
        return descriptor < 0 && Marshal.GetLastPInvokeError() == Libc.NotPermitted ? Libc.Open(path, flags) : descriptor;
    }

    private static string? Target(string path)
    {
        Span<byte> target = stackalloc byte[4096]; // PATH_MAX
        int length = (int)Libc.ReadLink(path, target, target.Length);
        return length < 0 ? null : Encoding.UTF8.GetString(target[..length]);
    }

    private ReadOnlySpan<byte> Attribute(string path, string name)
    {
        // XATTR_SIZE_MAX is 64 KiB; the buffer for content is free here.
        int length = (int)Libc.GetAttribute(path, name, _buffer, 64 * 1024);
        return length <= 0 ? default : _buffer.AsSpan(0, length);
    }
}
