using System.Buffers.Text;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Streams.Audit.Processes;

/// <summary>Processes by <c>/proc</c>. Not safe for several threads.</summary>
/// <remarks>The calls are made directly: a FileStream costs more than twice as much as the kernel's work for so small a file.</remarks>
public sealed partial class ProcFileSystem : IProcessSource
{
    // Longer arguments are cut: a record holds far less of them.
    private const int MaxFile = 64 * 1024;
    private const int PathMax = 4096;
    private const int ReadOnly = 0;
    private const int CloseOnExec = 0x80000;
    private const int NoProcess = 3;
    private const int MillisecondsATick = 10;

    private byte[] _buffer = new byte[4096];

    /// <summary>Reads what stays the same until the next boot.</summary>
    /// <exception cref="IOException">There is no <c>/proc</c>.</exception>
    public ProcFileSystem()
    {
        BootId = Guid.Parse(File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim());

        // btime of /proc/stat has whole seconds only, and moves with the wall clock as this does.
        string uptime = File.ReadAllText("/proc/uptime");
        double seconds = double.Parse(uptime.AsSpan(0, uptime.IndexOf(' ', StringComparison.Ordinal)), CultureInfo.InvariantCulture);
        BootTime = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() - (long)(seconds * 1000);
    }

    /// <inheritdoc/>
    public Guid BootId { get; }

    /// <inheritdoc/>
    public long BootTime { get; }

    /// <inheritdoc/>
    public bool TryReadStatus(int pid, out ProcessStatus status)
    {
        // Most that run a program have ended when their record is read, and the search for a folder that is not there costs ten times this.
        status = default;
        return Exists(pid) && TryParseStatus(Read(pid, "stat"u8), out status);
    }

    /// <inheritdoc/>
    public bool Exists(int pid) => Kill(pid, 0) == 0 || Marshal.GetLastPInvokeError() != NoProcess;

    /// <inheritdoc/>
    public ProcessDetails? ReadDetails(int pid)
    {
        byte[] executable = Link(pid, "exe"u8);
        byte[] arguments = Read(pid, "cmdline"u8).ToArray();

        // Threads of the kernel have neither; a program may empty its arguments, and another user's program may not be read.
        if (executable.Length == 0 && arguments.Length == 0) return null;
        byte[] directory = Link(pid, "cwd"u8);
        string state = Encoding.ASCII.GetString(Read(pid, "status"u8));
        return new ProcessDetails(
            executable, arguments, directory, Ids(state, "\nUid:"), Ids(state, "\nGid:"),
            Number(pid, "loginuid"u8), Number(pid, "sessionid"u8));
    }

    /// <inheritdoc/>
    public byte[] ReadControlGroups(int pid) => Read(pid, "cgroup"u8).ToArray();

    /// <inheritdoc/>
    public IReadOnlyList<int> List()
    {
        var pids = new List<int>();
        foreach (string folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder.AsSpan()), NumberStyles.None, CultureInfo.InvariantCulture, out int pid))
                pids.Add(pid);
        }

        pids.Sort();
        return pids;
    }

    /// <summary>Reads <c>/proc/PID/stat</c>: <c>PID (name) state ppid pgrp session … starttime …</c> (proc_pid_stat(5)).</summary>
    internal static bool TryParseStatus(ReadOnlySpan<byte> text, out ProcessStatus status)
    {
        // The name may hold anything but a NUL, parentheses too; behind it are numbers only.
        status = default;
        int open = text.IndexOf((byte)'(');
        int close = text.LastIndexOf((byte)')');
        if (open < 0 || close < open || close + 4 > text.Length) return false;
        ReadOnlySpan<byte> rest = text[(close + 4)..];
        Span<long> numbers = stackalloc long[19];
        for (int i = 0; i < numbers.Length; i++)
        {
            if (!Utf8Parser.TryParse(rest, out numbers[i], out int used)) return false;
            rest = rest[used..].TrimStart((byte)' ');
        }

        status = new ProcessStatus((int)numbers[0], (int)numbers[1], (int)numbers[2], numbers[18], text[(open + 1)..close].ToArray());
        return true;
    }

    private static uint[] Ids(string state, string key)
    {
        uint[] ids = [uint.MaxValue, uint.MaxValue, uint.MaxValue, uint.MaxValue];
        int found = state.IndexOf(key, StringComparison.Ordinal);
        if (found < 0) return ids;
        string line = state[(found + key.Length)..].Split('\n', 2)[0];
        string[] parts = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        for (int i = 0; i < Math.Min(parts.Length, ids.Length); i++)
            ids[i] = uint.TryParse(parts[i], CultureInfo.InvariantCulture, out uint id) ? id : uint.MaxValue;
        return ids;
    }

    private uint Number(int pid, ReadOnlySpan<byte> file) =>
        Utf8Parser.TryParse(Read(pid, file), out uint number, out _) ? number : uint.MaxValue;

    private unsafe ReadOnlySpan<byte> Read(int pid, ReadOnlySpan<byte> file)
    {
        Span<byte> path = stackalloc byte[64];
        int descriptor;
        fixed (byte* name = PathOf(path, pid, file)) descriptor = Open(name, ReadOnly | CloseOnExec);
        if (descriptor < 0) return default;
        int length = 0;
        while (true)
        {
            if (length == _buffer.Length)
            {
                if (length >= MaxFile) break;
                Array.Resize(ref _buffer, length * 2);
            }

            nint got;
            fixed (byte* room = &_buffer[length]) got = Read(descriptor, room, _buffer.Length - length);
            if (got <= 0) break;
            length += (int)got;
        }

        _ = Close(descriptor);
        return _buffer.AsSpan(0, length);
    }

    private static unsafe byte[] Link(int pid, ReadOnlySpan<byte> file)
    {
        Span<byte> path = stackalloc byte[64];
        Span<byte> target = stackalloc byte[PathMax];
        nint length;
        fixed (byte* name = PathOf(path, pid, file), room = target) length = ReadLink(name, room, target.Length);
        return length <= 0 ? [] : target[..(int)length].ToArray();
    }

    // /proc/PID/file, ended by a NUL.
    private static Span<byte> PathOf(Span<byte> path, int pid, ReadOnlySpan<byte> file)
    {
        "/proc/"u8.CopyTo(path);
        Utf8Formatter.TryFormat(pid, path[6..], out int written);
        path[6 + written] = (byte)'/';
        file.CopyTo(path[(7 + written)..]);
        path[7 + written + file.Length] = 0;
        return path;
    }

    [LibraryImport("libc", EntryPoint = "open")]
    private static unsafe partial int Open(byte* path, int flags);

    [LibraryImport("libc", EntryPoint = "read")]
    private static unsafe partial nint Read(int descriptor, byte* buffer, nint count);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);

    [LibraryImport("libc", EntryPoint = "readlink")]
    private static unsafe partial nint ReadLink(byte* path, byte* buffer, nint size);

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int pid, int signal);
}
