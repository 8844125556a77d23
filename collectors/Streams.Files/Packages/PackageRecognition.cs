using Streams.Files.Facts;

namespace Streams.Files.Packages;

/// <summary>
/// Recognises what the package manager does: by who made the change, or, where that is not known, because the file is now what the database
/// of packages says it should be. Safe for several threads.
/// </summary>
public sealed class PackageRecognition
{
    // Programs that write the files of packages. Scripts of packages run below them, and so does what they start.
    private static readonly HashSet<string> Managers = new(StringComparer.Ordinal)
    {
        "/usr/bin/dpkg", "/bin/dpkg", "/usr/bin/rpm", "/bin/rpm", "/usr/bin/dnf5", "/usr/bin/microdnf", "/usr/bin/zypper", "/sbin/apk",
        "/usr/sbin/apk", "/usr/bin/apk",
    };

    private readonly DpkgDatabase _dpkg;

    /// <summary>Makes a recogniser.</summary>
    /// <param name="dpkg">The database of dpkg.</param>
    public PackageRecognition(DpkgDatabase dpkg) => _dpkg = dpkg;

    /// <summary>Whether the package manager made a change, and of which package.</summary>
    /// <param name="executable">The program that made it; null where that is not known.</param>
    /// <param name="ancestors">The programs of who started it, of who started that, and so on.</param>
    /// <param name="file">The file after the change; of one that was deleted, as it was.</param>
    /// <returns>The package, empty when that is not known; null when the package manager did not do it, as far as can be seen.</returns>
    public string? Find(string? executable, IReadOnlyList<string>? ancestors, FileFacts file)
    {
        if (executable is not null && Managers.Contains(executable) || ancestors?.Any(Managers.Contains) == true)
            return _dpkg.Owner(file.Path) ?? "";

        // Where it is known who made it, what the file holds now does not matter: anybody may put a packaged file back.
        return executable is null ? _dpkg.Holds(file) : null;
    }
}
