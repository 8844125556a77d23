using Streams.Events;

namespace Streams.Scripting;

/// <summary>
/// A folder that nobody but its owner may read or write, and its owner is who runs this process. What is loaded from it runs with
/// this process's rights, so anything less is refused.
/// </summary>
internal static class PrivateFolder
{
    private const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode Others =
        UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute |
        UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    /// <summary>Makes the folder when it is not there, then looks at it.</summary>
    /// <returns>What is wrong with it and what to do; null when it may be trusted.</returns>
    public static (string Message, string Remedy)? Prepare(string path)
    {
        string full = Path.GetFullPath(path);
        try
        {
            Directory.CreateDirectory(full, Owner);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return ($"the folder of compiled scripts cannot be made: {FailureText.Of(e)}", "name another folder, or make it writable");
        }

        if (Check(full, isFolder: true) is { } fault) return fault;

        // Who may write a parent may put another folder in this one's place; the sticky bit (as on /tmp) prevents just that.
        for (string? parent = Path.GetDirectoryName(full); parent is not null; parent = Path.GetDirectoryName(parent))
        {
            if (FileState.Of(parent, follow: true) is not { } state) continue;
            bool writable = (state.Mode & UnixFileMode.OtherWrite) != 0 && !state.IsSticky;
            if (writable || state.Uid != 0 && state.Uid != EffectiveUser.Id)
            {
                return ($"{parent} above the folder of compiled scripts may be changed by others",
                    $"name another folder, or: chmod o-w {parent}");
            }
        }
        return null;
    }

    /// <summary>Looks at a file in the folder.</summary>
    /// <returns>As <see cref="Prepare"/>.</returns>
    public static (string Message, string Remedy)? CheckFile(string path) => Check(path, isFolder: false);

    /// <summary>Writes a file that is either there as a whole or not at all.</summary>
    public static void Write(string path, Action<Stream> content)
    {
        string temporary = $"{path}.{Environment.ProcessId}.new";
        try
        {
            FileStreamOptions options = new()
            {
                Mode = FileMode.Create,
                Access = FileAccess.Write,
                Share = FileShare.None,
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            };
            using (FileStream stream = new(temporary, options)) content(stream);
            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }

    private static (string Message, string Remedy)? Check(string path, bool isFolder)
    {
        if (FileState.Of(path, follow: false) is not { } state)
            return ($"{path} cannot be looked at", "check that it is there and that its folders may be entered");
        if (!(isFolder ? state.IsFolder : state.IsRegular))
            return ($"{path} is not a {(isFolder ? "folder" : "file")} but a link or something else", $"remove it: rm {path}");
        if (state.Uid != EffectiveUser.Id)
            return ($"{path} belongs to somebody else (uid {state.Uid})", "name a folder of your own, or remove it");
        if ((state.Mode & Others) != 0)
            return ($"{path} may be read or written by others", $"chmod {(isFolder ? "700" : "600")} {path}");
        return null;
    }
}
