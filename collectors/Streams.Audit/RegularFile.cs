using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Streams.Events;

namespace Streams.Audit;

/// <summary>Opens a file that holds bytes, and nothing that opening or reading could wait for: a FIFO, a socket, a device.</summary>
internal static partial class RegularFile
{
    // asm-generic/errno-base.h and fcntl.h; the same on every machine that .NET runs on, but for large files on 32-bit Arm.
    private const int NotPermitted = 1, NoEntry = 2, AccessDenied = 13, NotAFolder = 20;
    private const int ReadOnly = 0, NoTerminal = 0x100, NonBlocking = 0x800, CloseOnExec = 0x80000;
    private static readonly int Large = RuntimeInformation.ProcessArchitecture == Architecture.Arm ? 0x20000 : 0;

    /// <summary>Opens it for reading; links are followed.</summary>
    /// <param name="path">Its path.</param>
    /// <param name="state">What was opened.</param>
    /// <exception cref="NotRegularException">It is not a regular file.</exception>
    /// <exception cref="IOException">It is not there, or cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">This user may not read it.</exception>
    public static SafeFileHandle Open(string path, out FileState state)
    {
        // Looked at first, as the opening of a device can have effects; and again when it is open, as it may have been replaced meanwhile.
        // The opening of a FIFO would wait for a writer: fifo(7).
        if (FileState.Of(path, follow: true) is { IsRegular: false } special)
            throw new NotRegularException(FollowFault.NotRegular(special));
        SafeFileHandle file = Open(path, ReadOnly | NoTerminal | NonBlocking | CloseOnExec | Large);
        if (file.IsInvalid)
        {
            int error = Marshal.GetLastPInvokeError();
            file.Dispose();
            throw error switch
            {
                NoEntry or NotAFolder => new FileNotFoundException(null, path),
                AccessDenied or NotPermitted => new UnauthorizedAccessException(),
                _ => new IOException(Marshal.GetPInvokeErrorMessage(error)),
            };
        }

        if (FileState.Of(file) is not { } opened)
        {
            file.Dispose();
            throw new IOException("it cannot be looked at");
        }

        if (!opened.IsRegular)
        {
            file.Dispose();
            throw new NotRegularException(FollowFault.NotRegular(opened));
        }

        state = opened;
        return file;
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial SafeFileHandle Open(string path, int flags);
}
