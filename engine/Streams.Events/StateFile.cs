using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Streams.Events;

/// <summary>
/// A small file in the state folder. It is replaced as a whole and is its owner's alone. It is not flushed to the disk: what a crash of the
/// machine takes of it is the last seconds. One thread at a time.
/// </summary>
/// <param name="folder">The state folder; made when it is not there, for its owner alone.</param>
/// <param name="name">The name of the file.</param>
public sealed partial class StateFile(string folder, string name)
{
    private const int MaxBytes = 64 * 1024;
    private const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode OthersWrite = UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;
    private const int NoEntry = 2, AccessDenied = 13, NotAFolder = 20, TooManyLinks = 40;
    private const int ReadOnly = 0, NonBlocking = 0x800, CloseOnExec = 0x80000;

    // asm-generic/fcntl.h; aarch64 has a number of its own (arch/arm64/include/uapi/asm/fcntl.h).
    private static readonly int NoFollow = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 0x8000 : 0x20000;

    /// <summary>Its path.</summary>
    public string Path { get; } = System.IO.Path.Combine(folder, name);

    /// <summary>
    /// Reads it. What others can have put there is not read: a file that is another user's or that others may write, a link, a FIFO, a
    /// file that is larger than 64 KiB.
    /// </summary>
    /// <param name="fault">The path and why it cannot be read or is not trusted; null when it was read, or is not there.</param>
    /// <returns>Its content; null where it was not read.</returns>
    public byte[]? Read(out string? fault)
    {
        // The opening of a FIFO would wait for a writer.
        using SafeFileHandle file = Open(Path, ReadOnly | NonBlocking | NoFollow | CloseOnExec);
        int error = file.IsInvalid ? Marshal.GetLastPInvokeError() : 0;
        fault = null;
        if (error is NoEntry or NotAFolder) return null;
        byte[]? content = null;
        string? reason = error == 0 ? Read(file, out content) : ReasonOf(error);
        if (reason is not null) fault = $"{Path}: {reason}";
        return content;
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

    private static string? Read(SafeFileHandle file, out byte[]? content)
    {
        content = null;
        if (FileState.Of(file) is not { } state) return "it cannot be looked at";
        if (Distrust(state) is { } distrust) return distrust;
        try
        {
            using var stream = new FileStream(file, FileAccess.Read, bufferSize: 0);
            byte[] bytes = new byte[MaxBytes + 1];
            int length = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            if (length > MaxBytes) return "it is larger than 64 KiB";
            content = bytes[..length];
            return null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return FailureText.Of(error);
        }
    }

    private static string? Distrust(in FileState state)
    {
        if (!state.IsRegular) return "it is not a regular file";
        if (state.Uid != 0 && state.Uid != EffectiveUser.Id) return $"it belongs to uid {state.Uid}";
        if ((state.Mode & OthersWrite) != 0) return "others may write it";
        return state.Size > MaxBytes ? "it is larger than 64 KiB" : null;
    }

    private static string ReasonOf(int error) => error switch
    {
        AccessDenied => "this user may not read it",
        TooManyLinks => "it is a symbolic link",
        _ => Marshal.GetPInvokeErrorMessage(error),
    };

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial SafeFileHandle Open(string path, int flags);
}
