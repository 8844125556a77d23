using System.Globalization;
using System.Runtime.InteropServices;

namespace Streams.Scripting;

/// <summary>
/// Who runs as root trusts no file that others may write: it says what root does. Others are all but root and, under sudo, the user who
/// invoked it (SUDO_UID, sudo(8)).
/// </summary>
/// <param name="user">The user beside root who may write; null for none.</param>
public sealed class TrustedPath(uint? user)
{
    /// <summary>Whoever may write what this process reads: root, the user it runs as, the one who invoked it by sudo.</summary>
    public static TrustedPath OfThisProcess { get; } = new(EffectiveUser() is not 0 and var own ? own : Invoker());

    /// <summary>Looks at a file or a folder, what is in it, and the folders above it.</summary>
    /// <returns>What is wrong and what to do, naming the path; null when it may be trusted, or is not there.</returns>
    public string? Check(string path)
    {
        string full = Path.GetFullPath(path);
        if (FileState.Of(full, follow: false) is null) return null;
        return CheckAbove(full) ?? CheckBelow(full, 0);
    }

    /// <summary>Looks at a file that is open, not at what its name means by now.</summary>
    /// <returns>What is wrong; null when it may be trusted.</returns>
    internal string? CheckOpen(Microsoft.Win32.SafeHandles.SafeFileHandle file) =>
        FileState.Of($"/proc/self/fd/{file.DangerousGetHandle()}", follow: true) is { } state ? Fault(state) : null;

    /// <summary>The command that mends a fault.</summary>
    internal static string Remedy(string path, string fault) =>
        fault.StartsWith("belongs", StringComparison.Ordinal) ? $"chown root {path}" : $"chmod go-w {path}";

    private string? CheckAbove(string full)
    {
        for (string? folder = Path.GetDirectoryName(full); folder is not null; folder = Path.GetDirectoryName(folder))
        {
            // In a sticky folder (/tmp) only its owner may take away what is another's: sticky(7).
            if (FileState.Of(folder, follow: true) is not { } state || (state.IsSticky && IsTrusted(state.Uid))) continue;
            if (Fault(state) is { } fault) return Message(folder, fault);
        }

        return null;
    }

    private string? CheckBelow(string path, int depth)
    {
        if (FileState.Of(path, follow: false) is not { } state) return null;
        if (state.IsLink)
        {
            // What the link leads to counts, and the folders above that.
            if (!IsTrusted(state.Uid)) return Message(path, $"belongs to uid {state.Uid}");
            string? target = new FileInfo(path).ResolveLinkTarget(returnFinalTarget: true)?.FullName;
            return target is null || depth > MostDepth ? null : CheckAbove(target) ?? CheckBelow(target, depth + 1);
        }

        if (Fault(state) is { } fault) return Message(path, fault);
        if (!state.IsFolder || depth > MostDepth) return null;
        foreach (string entry in Directory.EnumerateFileSystemEntries(path))
        {
            if (CheckBelow(entry, depth + 1) is { } message) return message;
        }

        return null;
    }

    private string? Fault(in FileState state)
    {
        if (!IsTrusted(state.Uid)) return $"belongs to uid {state.Uid}";
        if ((state.Mode & UnixFileMode.OtherWrite) != 0) return "may be written by everybody";
        // A group of the user's own, as many systems give one to each, holds nobody else.
        bool others = state.Gid != 0 && state.Gid != user;
        return others && (state.Mode & UnixFileMode.GroupWrite) != 0 ? $"may be written by group {state.Gid}" : null;
    }

    private bool IsTrusted(uint uid) => uid == 0 || uid == user;

    private static string Message(string path, string fault) =>
        $"{path} {fault}, and this process trusts it as root: {Remedy(path, fault)}";

    private static uint? Invoker()
    {
        string? invoker = Environment.GetEnvironmentVariable("SUDO_UID");
        return uint.TryParse(invoker, NumberStyles.None, CultureInfo.InvariantCulture, out uint uid) ? uid : null;
    }

    private const int MostDepth = 16;

    [DllImport("libc", EntryPoint = "geteuid")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern uint EffectiveUser();
}
