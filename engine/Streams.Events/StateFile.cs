namespace Streams.Events;

/// <summary>
/// A small file in the state folder. It is replaced as a whole and is its owner's alone. It is not flushed to the disk: what a crash of the
/// machine takes of it is the last seconds. One thread at a time.
/// </summary>
/// <param name="folder">The state folder; made when it is not there, for its owner alone.</param>
/// <param name="name">The name of the file.</param>
public sealed class StateFile(string folder, string name)
{
    private const int MaxBytes = 4096;
    private const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Its path.</summary>
    public string Path { get; } = System.IO.Path.Combine(folder, name);

    /// <summary>The first 4 KiB of it; null where it is not there or cannot be read.</summary>
    public byte[]? Read()
    {
        try
        {
            using FileStream file = File.OpenRead(Path);
            byte[] bytes = new byte[MaxBytes];
            return bytes[..file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false)];
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Replaces it.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">This user may not write it.</exception>
    public void Write(ReadOnlySpan<byte> content)
    {
        string next = Path + ".new";
        Directory.CreateDirectory(folder, Owner | UnixFileMode.UserExecute);
        File.Delete(next);
        using (var file = new FileStream(next, new FileStreamOptions
        {
            // O_EXCL: no link that another user has put there is followed.
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = Owner,
        }))
        {
            file.Write(content);
        }

        File.Move(next, Path, overwrite: true);
    }

    /// <summary>Removes it, where it is there.</summary>
    /// <exception cref="IOException">It cannot be removed.</exception>
    /// <exception cref="UnauthorizedAccessException">This user may not remove it.</exception>
    public void Delete() => File.Delete(Path);
}
