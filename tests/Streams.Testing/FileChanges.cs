using System.Text.Json.Nodes;
using Streams.Events;

namespace Streams.Testing;

/// <summary>File events for tests, as the file-integrity watcher makes them.</summary>
public static class FileChanges
{
    /// <summary>The collector that these events seem to come from.</summary>
    public const string Collector = "files";

    /// <summary>A change of a file.</summary>
    /// <param name="host">The host.</param>
    /// <param name="time">When it occurred.</param>
    /// <param name="serial">The collector's counter.</param>
    /// <param name="path">The file.</param>
    /// <param name="action">What happened, in Auditbeat's words.</param>
    /// <param name="executable">The program that did it, where that is known.</param>
    /// <param name="pid">Its process, where that is known.</param>
    /// <param name="user">Who did it, where that is known.</param>
    /// <param name="packageManager">Whether the package manager did it.</param>
    public static FileEvent Event(
        string host, DateTimeOffset time, ulong serial, string path, string action = "updated", string? executable = null, int pid = 0,
        string? user = null, bool packageManager = false)
    {
        var document = new JsonObject
        {
            ["host"] = new JsonObject { ["name"] = host },
            ["event"] = new JsonObject { ["module"] = "file_integrity", ["action"] = new JsonArray(action) },
            ["file"] = new JsonObject { ["path"] = path },
        };
        if (executable is not null || pid != 0)
            document["process"] = new JsonObject { ["executable"] = executable, ["pid"] = pid };
        if (user is not null) document["user"] = new JsonObject { ["name"] = user };
        if (packageManager) document["streams"] = new JsonObject { ["file"] = new JsonObject { ["package_manager"] = true } };
        return new FileEvent(host, Collector, time, serial, Json.Bytes(document));
    }
}
