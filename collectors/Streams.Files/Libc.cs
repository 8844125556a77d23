using System.Runtime.InteropServices;

namespace Streams.Files;

/// <summary>The system calls. All set the last P/Invoke error when they return -1.</summary>
internal static unsafe partial class Libc
{
    public const int ReadOnly = 0;
    public const int NonBlocking = 0x800;
    public const int CloseOnExec = 0x80000;
    public const int PathOnly = 0x200000;
    public const int CurrentFolder = -100;

    public const int Eperm = 1;
    public const int Enoent = 2;
    public const int Eintr = 4;
    public const int Eagain = 11;
    public const int Exdev = 18;
    public const int Enodev = 19;
    public const int Enotdir = 20;
    public const int Einval = 22;
    public const int Enospc = 28;
    public const int Enosys = 38;
    public const int Eloop = 40;
    public const int Eopnotsupp = 95;

    private const string Library = "libc";

    /// <summary>What the last error means.</summary>
    public static string LastError() => Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError());

    [LibraryImport(Library, EntryPoint = "close")]
    public static partial int Close(nint descriptor);
}
