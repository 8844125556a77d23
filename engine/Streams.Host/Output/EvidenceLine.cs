using System.Globalization;
using Streams.Events;

namespace Streams.Host.Output;

/// <summary>One event as evidence: when, what, who, by which program, with what.</summary>
internal static class EvidenceLine
{
    private const int LongestPart = 300;

    private static readonly Field Action = Field.Of("event.action");
    private static readonly Field UserName = Field.Of("user.name");
    private static readonly Field UserId = Field.Of("user.id");
    private static readonly Field AuditName = Field.Of("user.audit.name");
    private static readonly Field AuditId = Field.Of("user.audit.id");
    private static readonly Field Executable = Field.Of("process.executable");
    private static readonly Field ProcessName = Field.Of("process.name");
    private static readonly Field Pid = Field.Of("process.pid");
    private static readonly Field Title = Field.Of("process.title");
    private static readonly Field Path = Field.Of("file.path");
    private static readonly Field DestinationAddress = Field.Of("destination.ip");
    private static readonly Field DestinationPath = Field.Of("destination.path");
    private static readonly Field DestinationPort = Field.Of("destination.port");
    private static readonly Field SourceAddress = Field.Of("source.ip");
    private static readonly Field Result = Field.Of("auditd.result");

    /// <summary>The line, without an end, at most so many columns.</summary>
    public static string Render(Event shown, bool showHost, int width)
    {
        List<string> parts = [shown.Occurred.UtcDateTime.ToString("HH:mm:ss.fff", CultureInfo.InvariantCulture)];
        if (showHost) parts.Add(shown.Host);
        parts.Add(Text(shown, Action) ?? shown.Kind.ToString().ToLowerInvariant());
        if (Text(shown, Result) is "fail") parts.Add("(failed)");
        if (Who(shown) is { } who) parts.Add($"by {who}");
        if (Program(shown) is { } program) parts.Add(program);
        if (What(shown) is { } what) parts.Add(what);
        // A record may make any part a megabyte long.
        return TerminalText.Escape(string.Join("  ", parts.Select(part => part.Length > LongestPart ? string.Concat(part.AsSpan(0, LongestPart), "…") : part)), width);
    }

    private static string? Who(Event shown)
    {
        string? user = Text(shown, UserName) ?? (Text(shown, UserId) is { } id ? $"user {id}" : null);
        string? login = Text(shown, AuditName) ?? Text(shown, AuditId);
        return user is not null && login is not null && login != user && $"user {login}" != user ? $"{user} (logged in as {login})" : user;
    }

    private static string? Program(Event shown)
    {
        // A title holds the arguments, which say more; it is missing where no PROCTITLE came.
        string? program = Text(shown, Title) ?? Text(shown, Executable) ?? Text(shown, ProcessName);
        return program is null ? null : Text(shown, Pid) is { } pid ? $"{program} [{pid}]" : program;
    }

    private static string? What(Event shown)
    {
        if (Text(shown, DestinationAddress) is { } address) return $"→ {new Endpoint(address, Port(shown))}";
        if (Text(shown, DestinationPath) is { } socket) return $"→ {socket}";
        if (Text(shown, SourceAddress) is { } source) return $"from {source}";
        return Text(shown, Path) is { } path && path != Text(shown, Executable) ? path : null;
    }

    private static int Port(Event shown) => int.TryParse(shown[DestinationPort].ToString(), CultureInfo.InvariantCulture, out int port) ? port : 0;

    private static string? Text(Event shown, Field field) => shown[field].ToString() is { Length: > 0 } text ? text : null;
}
