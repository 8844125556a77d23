using System.Security.Cryptography;

namespace Streams.Scripting;

/// <summary>The queries folder: which files are scripts, and what is in a file. What lies outside of it is never read.</summary>
internal sealed class ScriptFolder
{
    /// <summary>Larger than any script that a person writes; a larger file is a mistake.</summary>
    public const int MaxFileBytes = 1 << 20;

    private readonly string _root;

    private readonly TrustedPath? _trusted;

    public ScriptFolder(string path, TrustedPath? trusted = null)
    {
        (Path, _trusted) = (path, trusted);
        _root = Resolve(System.IO.Path.GetFullPath(path));
    }

    /// <summary>As it was given, for messages.</summary>
    public string Path { get; }

    /// <summary>The file names of the scripts, in ordinal order.</summary>
    public IReadOnlyList<string> Scripts()
    {
        string[] names = [.. Directory.EnumerateFiles(_root, "*.csx").Select(file => System.IO.Path.GetFileName(file))];
        Array.Sort(names, StringComparer.Ordinal);
        return names;
    }

    /// <summary>The path to show for a file in the folder.</summary>
    public string Show(string relative) => System.IO.Path.Combine(Path, relative);

    /// <summary>
    /// The path relative to the folder that a <c>#load</c> means, or null when it leads outside: by <c>..</c>, from the root, or
    /// through a symbolic link.
    /// </summary>
    public string? Locate(string path, string? loadedBy)
    {
        string start = loadedBy is null ? _root : System.IO.Path.GetDirectoryName(System.IO.Path.Combine(_root, loadedBy))!;
        string full = System.IO.Path.GetFullPath(System.IO.Path.Combine(start, path));
        return IsInside(full) && IsInside(Resolve(full)) ? System.IO.Path.GetRelativePath(_root, full) : null;
    }

    public bool Exists(string relative) => File.Exists(System.IO.Path.Combine(_root, relative));

    /// <summary>A file's bytes.</summary>
    /// <exception cref="IOException">It cannot be read, is larger than a script may be, or is not to be trusted.</exception>
    public byte[] Read(string relative)
    {
        using FileStream file = new(
            System.IO.Path.Combine(_root, relative), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 1);
        if (_trusted?.CheckOpen(file.SafeFileHandle) is { } fault)
            throw new IOException($"it {fault}, and would run as root; {TrustedPath.Remedy(file.Name, fault)}");
        if (file.Length > MaxFileBytes) throw new IOException($"it is larger than {MaxFileBytes >> 20} MiB; is it a script?");
        byte[] bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        return bytes;
    }

    public static byte[] Hash(ReadOnlySpan<byte> bytes) => SHA256.HashData(bytes);

    private bool IsInside(string full) => full.StartsWith(_root.EndsWith('/') ? _root : _root + "/", StringComparison.Ordinal);

    // Follows the links of every part of a path, as realpath(3) does; a part that is not there stays as it is. A path with more links than
    // the kernel follows (40) is nowhere.
    private static string Resolve(string full)
    {
        string resolved = "/";
        Stack<string> rest = new(full.Split('/', StringSplitOptions.RemoveEmptyEntries).Reverse());
        int links = 0;
        while (rest.TryPop(out string? part))
        {
            if (part == "..")
            {
                resolved = System.IO.Path.GetDirectoryName(resolved) ?? "/";
                continue;
            }
            string next = System.IO.Path.Combine(resolved, part);
            if (part == "." || new FileInfo(next).LinkTarget is not { } target)
            {
                if (part != ".") resolved = next;
                continue;
            }
            if (++links > 40) return "/";
            if (target.StartsWith('/')) resolved = "/";
            foreach (string step in target.Split('/', StringSplitOptions.RemoveEmptyEntries).Reverse()) rest.Push(step);
        }
        return resolved;
    }
}
