using System.Globalization;
using Streams.Events;

namespace Streams.Host.Output;

/// <summary>One event as evidence: when, what, who, by which program, with what.</summary>
internal static class EvidenceLine
{
    private const int LongestPart = 300;
    private const int ShortestPart = 20;
    private const string Separator = "  ";

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

    /// <summary>The line, without an end, at most so many columns. Of an event that cannot be shown it says so.</summary>
    /// <param name="shown">The event.</param>
    /// <param name="showHost">Whether to name its host.</param>
    /// <param name="width">How many columns there are.</param>
    /// <param name="beside">The other evidence of the alert: a bind there says what a listen or an accept is about.</param>
    public static string Render(Event shown, bool showHost, int width, IReadOnlyList<Event>? beside = null)
    {
        List<string> safe = Parts(shown, showHost, beside ?? []);
        Fit(safe, width);
        return TerminalText.Escape(string.Join(Separator, safe), width);
    }

    /// <summary>
    /// The same on as many lines as it needs, each at most so many columns; what continues is indented behind the time. Only a part that is
    /// longer than a line is cut, in its middle.
    /// </summary>
    public static IEnumerable<string> Lines(Event shown, bool showHost, int width, IReadOnlyList<Event> beside)
    {
        List<string> parts = Parts(shown, showHost, beside);
        string indent = new(' ', parts[0].Length + Separator.Length), line = parts[0];
        foreach (string part in parts.Skip(1))
        {
            string next = Shortened(part, width - indent.Length);
            if (line.Length + Separator.Length + next.Length <= width || line == parts[0])
            {
                line += Separator + next;
                continue;
            }

            yield return line;
            line = indent + next;
        }

        yield return line;
    }

    private static List<string> Parts(Event shown, bool showHost, IReadOnlyList<Event> beside)
    {
        try
        {
            return Read(shown, showHost, beside);
        }
        catch (Exception error) when (EventFaults.IsContained(error))
        {
            shown.Fail(EventFault.Document, error);
            string serial = shown.Serial.ToString(CultureInfo.InvariantCulture);
            return [Time(shown), $"serial {serial} cannot be shown: {error.GetType().Name}"];
        }
    }

    private static List<string> Read(Event shown, bool showHost, IReadOnlyList<Event> beside)
    {
        List<string> parts = [Time(shown)];
        if (showHost) parts.Add(shown.Host);
        parts.AddRange(shown switch
        {
            FileEvent file => File(file),
            Gap gap => Loss(gap),
            Document document => [document.Action ?? "document", document.Text("message") ?? ""],
            ProcessSnapshot process => ["was running before", .. Actor(process)],
            _ => Act(shown, beside),
        });
        // A record may make any part a megabyte long.
        return [.. parts.Where(part => part.Length > 0).Select(part => TerminalText.Escape(part, LongestPart))];
    }

    private static string Time(Event shown) => shown.Occurred.UtcDateTime.ToString("HH:mm:ss.fff", CultureInfo.InvariantCulture);

    // What tells one from another stands at the end of a part as often as at its beginning: a process number, the name of a file.
    private static string Shortened(string part, int width)
    {
        if (part.Length <= width || width < ShortestPart) return part;
        int end = (width - 1) / 3, start = width - 1 - end;
        if (char.IsHighSurrogate(part[start - 1])) start--;
        if (char.IsLowSurrogate(part[^end])) end--;
        return string.Concat(part.AsSpan(0, start), "…", part.AsSpan(part.Length - end));
    }

    // The longest part, which is mostly a command line, gives way to what stands behind it.
    private static void Fit(List<string> parts, int width)
    {
        int excess = parts.Sum(part => part.Length + Separator.Length) - Separator.Length - width;
        if (excess <= 0) return;
        int longest = parts.IndexOf(parts.MaxBy(part => part.Length)!);
        parts[longest] = TerminalText.Escape(parts[longest], Math.Max(ShortestPart, parts[longest].Length - excess));
    }

    private static IEnumerable<string> Act(Event shown, IReadOnlyList<Event> beside)
    {
        yield return Text(shown, Action) ?? shown.Kind.ToString().ToLowerInvariant();
        if (Text(shown, Result) is "fail" && shown is not AuditEvent { Succeeded: true }) yield return "(failed)";
        foreach (string part in Actor(shown)) yield return part;
        if (SocketLine.Of(shown, beside) is { } socket) yield return socket;
        else if (What(shown) is { } what) yield return what;
        // The stamp of a record is that of the call (audit_syscall_entry of kernel/auditsc.c); most accepts wait for a client first.
        if (SocketLine.IsAccept(shown)) yield return "(called then; the client may have come later)";
    }

    private static IEnumerable<string> Actor(Event shown)
    {
        if (Who(shown) is { } who) yield return $"by {who}";
        if (Program(shown) is { } program) yield return program;
    }

    private static IEnumerable<string> File(FileEvent file)
    {
        yield return string.Join(", ", file.Actions);
        yield return file.MovedFrom is { } from ? $"{from} → {file.Path}" : file.Path;
        foreach (string part in Actor(file)) yield return part;
        if (file.IsByPackageManager) yield return "(package manager)";
        foreach (string difference in FileDifference.Of(file)) yield return difference;
    }

    private static IEnumerable<string> Loss(Gap gap)
    {
        yield return gap.Records > 0 ? string.Create(CultureInfo.InvariantCulture, $"lost {gap.Records:N0} records") : "lost records";
        yield return gap.Cause;
        if (gap.From < gap.Occurred) yield return $"after {gap.From.UtcDateTime.ToString("HH:mm:ss.fff", CultureInfo.InvariantCulture)}";
        yield return $"({gap.Collector})";
    }

    private static string? Who(Event shown)
    {
        string? user = Text(shown, UserName) ?? (Text(shown, UserId) is { } id ? $"user {id}" : null);
        string? login = Text(shown, AuditName) ?? Text(shown, AuditId);
        return user is not null && login is not null && login != user && $"user {login}" != user ? $"{user} (logged in as {login})" : user;
    }

    private static string? Program(Event shown)
    {
        string? executable = Text(shown, Executable), name = Text(shown, ProcessName);
        // The arguments say more than the name of the file; they are missing where no PROCTITLE came.
        string? line = shown is AuditEvent { Process: var process } ? process.CommandLine : Text(shown, Title);
        bool isExecution = Arguments(shown).Count > 0;
        string? program = line is not null && (isExecution || IsOf(line, executable, name)) ? line : executable ?? name;
        if (program is null) return null;
        if (program.Length > LongestPart) program = string.Concat(program.AsSpan(0, LongestPart - 1), "…");
        return Text(shown, Pid) is { } pid ? $"{program} [{pid}]" : program;
    }

    // A title that the kernel has kept from the program before speaks of another: neither the file nor the name of the process is in its
    // first words, where an interpreter, its script or the title that a daemon gives itself stand.
    private static bool IsOf(string title, string? executable, string? name)
    {
        string? file = System.IO.Path.GetFileName(executable?.Replace(" (deleted)", "", StringComparison.Ordinal));
        if (file is null && name is null) return true;
        foreach (string word in title.Split(' ', 4).Take(3))
        {
            string said = word[(word.LastIndexOf('/') + 1)..].TrimStart('-').TrimEnd(':');
            if (IsLike(said, file) || IsLike(said, name)) return true;
        }

        return false;
    }

    // Names end with versions (python3.13), or after 15 letters.
    private static bool IsLike(string said, string? name) => name is not null && (said == name
        || (Math.Min(said.Length, name.Length) > 1
            && (said.StartsWith(name, StringComparison.Ordinal) || name.StartsWith(said, StringComparison.Ordinal))));

    private static IReadOnlyList<string> Arguments(Event shown) => shown is AuditEvent { Process: var process } ? process.Args : [];

    private static string? What(Event shown)
    {
        if (Text(shown, DestinationAddress) is { } address) return $"→ {new Endpoint(address, Port(shown))}";
        if (Text(shown, DestinationPath) is { } socket) return $"→ {socket}";
        if (Text(shown, SourceAddress) is { } source) return $"from {source}";
        return Text(shown, Path) is { } path && path != Text(shown, Executable) && !Arguments(shown).Take(1).Contains(path) ? path : null;
    }

    private static int Port(Event shown) =>
        int.TryParse(shown[DestinationPort].ToString(), CultureInfo.InvariantCulture, out int port) ? port : 0;

    private static string? Text(Event shown, Field field) => shown[field].ToString() is { Length: > 0 } text ? text : null;
}
