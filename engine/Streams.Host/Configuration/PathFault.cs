using System.Text;

namespace Streams.Host.Configuration;

/// <summary>What is wrong with a path of the configuration, whatever it is for.</summary>
internal static class PathFault
{
    // linux/limits.h: PATH_MAX with its NUL, NAME_MAX.
    private const int MaxPath = 4095;
    private const int MaxName = 255;

    /// <summary>What is wrong and what to do, in words that follow the path; null for nothing.</summary>
    public static string? Find(string path)
    {
        if (string.IsNullOrWhiteSpace(path)) return "is empty; name a file or a folder, or leave the key out";
        if (path.Contains('\0', StringComparison.Ordinal)) return "has a NUL character, which no path has; remove it";
        if (path is "~" || path.StartsWith("~/", StringComparison.Ordinal))
            return "begins with ~, which only a shell expands; write the whole path";
        if (Encoding.UTF8.GetByteCount(path) > MaxPath) return $"has more than {MaxPath} bytes, which no path has; shorten it";
        return path.Split('/').Any(name => Encoding.UTF8.GetByteCount(name) > MaxName)
            ? $"has a name of more than {MaxName} bytes, which no file has; shorten it"
            : null;
    }

    /// <summary>The same for files of which the last part may have <c>*</c> and <c>?</c>.</summary>
    public static string? FindInPattern(string path) =>
        Path.GetDirectoryName(path) is { } folder && folder.AsSpan().ContainsAny('*', '?')
            ? "has a wildcard in the name of a folder; * and ? may be in the last part only: /etc/audit/rules.d/*.rules"
            : null;
}
