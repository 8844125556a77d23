using System.Runtime.InteropServices;
using Streams.Events;
using Streams.Notify;
using Streams.Scripting;

namespace Streams.Host.Configuration;

/// <summary>
/// Looks at the files and folders that the configuration names, before a run needs them. What can work for no user is a mistake;
/// what this user may not do is a warning, as the run may be another user's.
/// </summary>
internal static partial class ConfiguredPaths
{
    private const int MayWrite = 2, MayExecute = 1; // W_OK and X_OK, access(2)
    private const int LongestSocket = 107;          // sun_path and its end, unix(7)
    private const UnixFileMode Execute = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    /// <summary>What is wrong with them.</summary>
    /// <param name="settings">The configuration.</param>
    /// <param name="environment">Reads an environment variable.</param>
    public static IEnumerable<(bool IsError, Problem Problem)> Check(Settings settings, Func<string, string?> environment)
    {
        foreach (SettingPlace place in settings.Places)
        {
            IEnumerable<(bool IsError, string Message)> found = place.Key switch
            {
                "queries" => Queries(settings.Queries),
                "cache" => Folder(settings.Cache),
                "state.path" => Folder(settings.State),
                "control" => Control(settings.Control),
                "alerts.file.path" when settings.Alerts.File is { } file => File(file.Path),
                "alerts.command.argv" when settings.Alerts.Command is { } command => Command(command.Argv[0], environment("PATH") ?? ""),
                "alerts.slack.webhook_file" when settings.Alerts.SlackWebhookFile is { } webhook => Webhook(webhook),
                "alerts.slack.webhook_env" when settings.Alerts.SlackWebhookVariable is { } variable => Variable(variable, environment),
                _ => [],
            };
            foreach ((bool isError, string message) in found)
                yield return (isError, new Problem(place.File, place.Line, place.Column, $"\"{place.Key}\": {message}"));
        }
    }

    /// <summary>The paths of which a run as root checks who may write them.</summary>
    public static IEnumerable<(string Key, string Path)> Trusted(Settings settings)
    {
        yield return ("queries", settings.Queries);
        yield return ("state.path", settings.State);
        if (settings.Alerts.File is { } file) yield return ("alerts.file.path", file.Path);
        if (settings.Alerts.Command is { } command && Path.IsPathRooted(command.Argv[0]))
            yield return ("alerts.command.argv", command.Argv[0]);
        if (settings.Alerts.SlackWebhookFile is { } webhook) yield return ("alerts.slack.webhook_file", webhook);
    }

    private static IEnumerable<(bool, string)> Queries(string path)
    {
        if (System.IO.File.Exists(path)) yield return (true, $"{path} is a file; name the folder of the queries");
        else if (!Directory.Exists(path)) yield return (true, $"there is no folder {path}; make it, or name another");
    }

    private static IEnumerable<(bool, string)> Folder(string path)
    {
        if (System.IO.File.Exists(path))
        {
            yield return (true, $"{path} is a file; name a folder");
            yield break;
        }

        string there = path;
        while (!Path.Exists(there)) there = Path.GetDirectoryName(there)!;
        if (!Directory.Exists(there)) yield return (true, $"{there} is not a folder, so {path} cannot be made; name another");
        else if (!May(there, MayWrite)) yield return (false, Permission($"write {there}"));
    }

    private static IEnumerable<(bool, string)> Control(string path)
    {
        if (System.Text.Encoding.UTF8.GetByteCount(path) > LongestSocket)
            yield return (true, $"{path} is longer than the {LongestSocket} bytes that the path of a socket may have; name a shorter one");
        else if (Directory.Exists(path))
            yield return (true, $"{path} is a folder; name a socket in it, such as {Path.Combine(path, "control.sock")}");
        else if (System.IO.File.Exists(path) && new FileInfo(path).Length > 0)
            yield return (true, $"{path} is there and is not a socket; name another");
        foreach ((bool, string) fault in Folder(Path.GetDirectoryName(path)!)) yield return fault;
    }

    private static IEnumerable<(bool, string)> File(string path)
    {
        string folder = Path.GetDirectoryName(path) ?? "/";
        if (Directory.Exists(path))
            yield return (true, $"{path} is a folder; name a file in it, such as {Path.Combine(path, "alerts.json")}");
        else if (!Directory.Exists(folder)) yield return (true, $"there is no folder {folder}; make it: mkdir -p {folder}");
        else if (!May(System.IO.File.Exists(path) ? path : folder, MayWrite)) yield return (false, Permission($"write {path}"));
    }

    private static IEnumerable<(bool, string)> Command(string program, string path)
    {
        // A program without a slash is looked for in PATH, as execvp(3) does.
        string? found = program.Contains('/')
            ? program
            : path.Split(':').Where(folder => folder.Length > 0).Select(folder => Path.Combine(folder, program)).FirstOrDefault(IsProgram);
        if (found is null) yield return (true, $"there is no program {program} in PATH; name it with its path");
        else if (Directory.Exists(found)) yield return (true, $"{found} is a folder; name a program");
        else if (!System.IO.File.Exists(found)) yield return (true, $"there is no program {found}; check the path");
        else if (!IsProgram(found)) yield return (true, $"{found} is not executable: chmod +x {found}");
        else if (!May(found, MayExecute)) yield return (false, Permission($"run {found}"));
    }

    private static IEnumerable<(bool, string)> Webhook(string path)
    {
        if (TrustedPath.OwnerOf(path) is { } owner and not 0 && owner != EffectiveUser.Id)
        {
            yield return (
                true, $"{path} belongs to uid {owner}, who may send the alerts elsewhere: chown it to the user that `run` runs as");
            yield break;
        }

        string? fault = null;
        bool isPermission = false;
        try
        {
            SlackWebhook.FromFile(path);
        }
        catch (FormatException e)
        {
            (fault, isPermission) = (e.Message, e.InnerException is UnauthorizedAccessException);
        }

        if (fault is not null) yield return (!isPermission, isPermission ? Permission($"read {path}") : fault);
    }

    private static IEnumerable<(bool, string)> Variable(string name, Func<string, string?> environment)
    {
        if (string.IsNullOrEmpty(environment(name)))
            yield return (false, $"the environment variable {name} is not set here; `run` needs it where it is started");
    }

    private static bool IsProgram(string path) => System.IO.File.Exists(path) && (System.IO.File.GetUnixFileMode(path) & Execute) != 0;

    private static bool May(string path, int what) => Access(path, what) == 0;

    private static string Permission(string what) => $"this user may not {what}; check as the user that `run` runs as";

    [LibraryImport("libc", EntryPoint = "access", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Access(string path, int mode);
}

/// <summary>Where a value stands in the configuration.</summary>
/// <param name="Key">Its dotted key.</param>
/// <param name="File">The file's name.</param>
/// <param name="Line">The line, from 1.</param>
/// <param name="Column">The column, from 1.</param>
internal sealed record SettingPlace(string Key, string File, int Line, int Column);
