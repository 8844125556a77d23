using System.Text;
using System.Text.RegularExpressions;
using Streams.Files.Facts;
using Streams.Files.Facts.Elf;
using Streams.Files.Watching;

namespace Streams.Files;

/// <summary>
/// What is wrong with a value of <see cref="FilesOptions"/> and what to do, in words that follow the value; null when nothing is.
/// </summary>
public static class FilesOptionFaults
{
    // linux/limits.h: PATH_MAX with its NUL, NAME_MAX.
    private const int MaxPath = 4095;
    private const int MaxName = 255;

    /// <summary>Of a path that is watched, which may be a pattern.</summary>
    public static string? OfPath(string path)
    {
        if (path.Contains('\0', StringComparison.Ordinal)) return "has a NUL character, which no path has; remove it";
        if (path.StartsWith('~')) return "begins with ~, which only a shell expands; write the whole path: /home/*/.ssh";
        if (!path.StartsWith('/')) return "is not absolute; write the whole path, such as /etc/ssh";
        if (Encoding.UTF8.GetByteCount(path) > MaxPath) return $"has more than {MaxPath} bytes, which no path has; shorten it";
        foreach (string name in path.Split('/'))
        {
            if (name == PathPattern.AnyFolders) continue;
            if (name.Contains(PathPattern.AnyFolders, StringComparison.Ordinal))
                return "has ** within a name; as a whole name it means any number of folders: /srv/**/conf; within a name write *";
            if (NamePattern.FindFault(name) is { } fault) return fault;
            if (!name.AsSpan().ContainsAny('*', '?', '[') && Encoding.UTF8.GetByteCount(name) > MaxName)
                return $"has a name of more than {MaxName} bytes, which no file has; shorten it";
        }

        return null;
    }

    /// <summary>Of a regular expression in <see cref="FilesOptions.ExcludeFiles"/> and <see cref="FilesOptions.IncludeFiles"/>.</summary>
    public static string? OfExpression(string expression)
    {
        try
        {
            _ = new Regex(expression, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
            return null;
        }
        catch (RegexParseException error)
        {
            return $"is not a regular expression: {error.Message}";
        }
        catch (NotSupportedException)
        {
            return "has a backreference or look-around, with which no expression takes linear time; write it without";
        }
    }

    /// <summary>Of a name in <see cref="FilesOptions.FileParsers"/>.</summary>
    public static string? OfParser(string name) =>
        name is ['/', .., '/'] && name.Length > 2 ? OfExpression(name[1..^1])
        : ElfWriter.Names.Contains(name) ? null
        : $"is not a fact of executables; take some of {string.Join(", ", ElfWriter.Names)}, or an expression between slashes: /.*/";

    /// <summary>Of a name in <see cref="FilesOptions.HashTypes"/>.</summary>
    public static string? OfHash(string name) =>
        FileHash.Names.Contains(name) ? null : $"is not a hash; take some of {string.Join(", ", FileHash.Names)}";
}
