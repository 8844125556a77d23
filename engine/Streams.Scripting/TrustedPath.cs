using System.Globalization;
using Streams.Events;

namespace Streams.Scripting;

/// <summary>
/// Who runs as root trusts no file that others may write: it says what root does. Others are all but root and some users that it trusts.
/// </summary>
/// <param name="users">The users beside root who may write.</param>
public sealed class TrustedPath(params uint[] users)
{
    /// <summary>
    /// The users who may write what this process reads: root, the user it runs as, the one who invoked it by sudo (SUDO_UID, sudo(8)).
    /// </summary>
    public static TrustedPath OfThisProcess { get; } =
        EffectiveUser.Id is not 0 and var own ? new(own) : Invoker() is { } invoker ? new(invoker) : new();

    /// <summary>The same, with more users.</summary>
    public TrustedPath And(params uint[] more) => new([.. users, .. more]);

    /// <summary>The owners of a file and of the folders above it: who may put another file in its place.</summary>
    public static uint[] OwnersOf(string path)
    {
        uint[] owners = [];
        for (string? part = Path.GetFullPath(path); part is not null; part = Path.GetDirectoryName(part))
        {
            if (OwnerOf(part) is { } owner && Array.IndexOf(owners, owner) < 0) owners = [.. owners, owner];
        }

        return owners;
    }

    /// <summary>The owner of a file or a folder; null when there is none.</summary>
    public static uint? OwnerOf(string path) => FileState.Of(path, follow: true)?.Uid;

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
        FileState.Of(file) is { } state ? Fault(state) : null;

    /// <summary>What to do about a fault.</summary>
    internal static string Remedy(string path, string fault)
    {
        if (!fault.StartsWith("belongs", StringComparison.Ordinal)) return $"chmod go-w {path}";
        // Where the folder above is that user's as well, it is a home or a tree of theirs, which root must not take away.
        uint? owner = OwnerOf(path);
        bool isTheirs = Path.GetDirectoryName(Path.GetFullPath(path)) is { } folder && OwnerOf(folder) == owner;
        return isTheirs
            ? $"start it as that user by sudo (it then trusts uid {owner}), or use a copy that belongs to root, such as /opt/streams"
            : $"chown root {path}";
    }

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
        bool others = state.Gid != 0 && Array.IndexOf(users, state.Gid) < 0;
        return others && (state.Mode & UnixFileMode.GroupWrite) != 0 ? $"may be written by group {state.Gid}" : null;
    }

    private bool IsTrusted(uint uid) => uid == 0 || Array.IndexOf(users, uid) >= 0;

    private static string Message(string path, string fault) =>
        $"{path} {fault}, and this process trusts it as root: {Remedy(path, fault)}";

    private static uint? Invoker()
    {
        string? invoker = Environment.GetEnvironmentVariable("SUDO_UID");
        return uint.TryParse(invoker, NumberStyles.None, CultureInfo.InvariantCulture, out uint uid) ? uid : null;
    }

    private const int MostDepth = 16;
}
