using Streams.Events;
using Streams.Scripting;

namespace Streams.Host.Configuration;

/// <summary>Finds and loads the configuration.</summary>
internal static class SettingsFile
{
    /// <summary>The file's name.</summary>
    public const string Name = "streams.config.json";

    /// <summary>Loads the named file, or the one of the tree that the program stands in, or the defaults.</summary>
    /// <param name="named">The file that the command line names, or null.</param>
    /// <param name="trusted">Whose file is taken; null for anybody's.</param>
    public static (Settings Settings, IReadOnlyList<Problem> Problems) Load(string? named, TrustedPath? trusted)
    {
        string? own = Find(AppContext.BaseDirectory);
        string? file = named ?? own;
        string root = Folder(file ?? Path.Combine(AppContext.BaseDirectory, Name));
        // A configuration elsewhere that names no queries means those that ship with the program.
        Settings defaults = Settings.Defaults(own is null ? root : Folder(own), Environment.GetEnvironmentVariable);
        if (file is null) return (defaults, []);

        if (Directory.Exists(file))
            return (defaults, [new Problem(file, 0, 0, $"is a folder; name a file such as {Path.Combine(file, Name)}")]);
        try
        {
            // Root must not be told by others which scripts to run.
            if (trusted?.Check(file) is { } fault)
                return (defaults, [new Problem(file, 0, 0, fault)]);

            return SettingsReader.Read(File.ReadAllBytes(file), file, defaults, root);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return (defaults, [new Problem(file, 0, 0, "there is no such file; name another with --config, or leave it out")]);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return (defaults, [new Problem(file, 0, 0, $"cannot be read: {FailureText.Of(e)}")]);
        }
    }

    private static string Folder(string file) => Path.GetDirectoryName(Path.GetFullPath(file))!;

    // The program is built into a folder below the root, so neither the current folder nor an environment variable decides.
    private static string? Find(string start)
    {
        for (DirectoryInfo? folder = new(start); folder is not null; folder = folder.Parent)
        {
            string file = Path.Combine(folder.FullName, Name);
            if (File.Exists(file)) return file;
        }

        return null;
    }
}
