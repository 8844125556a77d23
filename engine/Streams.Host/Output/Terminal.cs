using System.Runtime.InteropServices;
using System.Text;

namespace Streams.Host.Output;

/// <summary>What the process's outputs are.</summary>
internal static partial class Terminal
{
    /// <summary>The columns to assume where there is no terminal.</summary>
    public const int PipeWidth = 400;

    private const int UsualWidth = 80;
    private const nuint GetWindowSize = 0x5413; // TIOCGWINSZ, asm-generic/ioctls.h

    /// <summary>Whether standard output is a terminal.</summary>
    public static bool IsOutput => !Console.IsOutputRedirected;

    /// <summary>Whether standard error is a terminal that can move its cursor.</summary>
    public static bool IsError => !Console.IsErrorRedirected && !IsDumb;

    /// <summary>
    /// Whether standard error takes a line that is drawn again and again. Not where standard output is a pipe: who reads it (<c>| cat</c>)
    /// may write to the same terminal, in the middle of that line, and nobody here knows when.
    /// </summary>
    public static bool HasProgress => IsError && (IsOutput || IsOutputFile);

    /// <summary>Whether standard output takes colour: a terminal, and nobody asked for none (no-color.org).</summary>
    public static bool HasColour => IsOutput && !IsDumb && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));

    /// <summary>The columns of standard output.</summary>
    public static int OutputWidth => IsOutput ? Columns : PipeWidth;

    /// <summary>The columns of the terminal.</summary>
    public static int Columns
    {
        get
        {
            // Not Console.WindowWidth, which starts the console: see DescriptorStream. Progress is drawn on standard error.
            foreach (int descriptor in (ReadOnlySpan<int>)[2, 1, 0])
            {
                if (Control(descriptor, GetWindowSize, out WindowSize size) == 0 && size.Columns > 0) return size.Columns;
            }

            return UsualWidth;
        }
    }

    private static bool IsDumb => Environment.GetEnvironmentVariable("TERM") is "dumb";

    private static bool IsOutputFile
    {
        get
        {
            using var handle = new Microsoft.Win32.SafeHandles.SafeFileHandle(1, ownsHandle: false);
            try
            {
                using var output = new FileStream(handle, FileAccess.Write, bufferSize: 0);
                return output.CanSeek;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
            {
                return false;
            }
        }
    }

    /// <summary>Has the console's writers write by <see cref="DescriptorStream"/>, which says why.</summary>
    public static void UseStandardStreams()
    {
        Console.SetOut(Writer(new DescriptorStream(1)));
        Console.SetError(Writer(new DescriptorStream(2, ignoresErrors: true)));
    }

    private static StreamWriter Writer(DescriptorStream stream) =>
        new(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)) { AutoFlush = true };

    [LibraryImport("libc", EntryPoint = "ioctl")]
    private static partial int Control(int descriptor, nuint request, out WindowSize size);

    // struct winsize, asm-generic/termios.h.
    private readonly struct WindowSize
    {
        public readonly ushort Rows;
        public readonly ushort Columns;
        public readonly ushort Width;
        public readonly ushort Height;
    }
}
