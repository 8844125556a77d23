// A web server, or a program that serves web applications, runs a shell or an interpreter: what a web shell or an injected command looks
// like. A live collector knows the parent of a process; in a log of others the server is known by what it, or the child that becomes the
// shell, did shortly before: accepted, executed, or set its streams.
//
// Servers that have no reason to run a shell are reported with any but those of PHP's mail(); servers of applications, which run commands
// by design, when the shell reads its commands from its input, or its command explores the host, fetches or connects. Not
// servers that were started from a login session (development).
#load "lib/shells.csx"
#load "lib/processes.csx"

Query("web-server-shell", Severity.High, "A web server ran a shell or an interpreter")
    .Attack("T1505.003", "T1190")
    .Rules("-a always,exit -F arch=b64 -S execve,execveat -k exec", "-a always,exit -F arch=b32 -S execve,execveat -k exec")
    .From(audit =>
    {
        var shells = audit.Executions.Where(e => e.User.AuditId is null && (IsShell(e) || IsInterpreter(e)));
        var servers = audit.Accepts.Merge(audit.Executions).Merge(audit.Syscalls("dup2", "dup3"))
            .Where(e => e.Result == AuditResult.Success && ServerOf(e.Process.Executable) is not null);
        var known = shells.Where(e => HasParent(e) && IsSuspicious(e, e.Process.Parent.Executable));
        var byParent = shells.Where(e => !HasParent(e))
            .LatestOrNone("parents", servers, e => e.Process.ParentPid, server => server.Process.Pid, Minutes(10));
        var byFork = byParent.Where(found => found.Known is null).Select(found => found.Event)
            .LatestOrNone("forks", servers, e => e.Process.Pid, server => server.Process.Pid, Minutes(1));
        var unknown = byParent.Merge(byFork)
            .Where(found => found.Known is { } server && IsSuspicious(found.Event, server.Process.Executable));
        return Observable.Merge<Episode<(string? Server, string? Shell)>>(
            known.Suppress("known servers", e => (e.Process.Parent.Executable, e.Process.Executable), Hours(1)),
            unknown.Suppress("servers", found => (found.Known!.Process.Executable, found.Event.Process.Executable), Hours(1)));
    })
    .Alert(s => $"{s.Host}: {s.Key.Server} ran {Newest(s).Process.CommandLine}, as {Who(Newest(s))}");

AuditEvent Newest(Episode<(string? Server, string? Shell)> found) => found switch
{
    Suppressed<AuditEvent, (string?, string?)> shells => shells.Newest,
    Suppressed<Latest<AuditEvent, AuditEvent?, int>, (string?, string?)> joined => joined.Newest.Event,
    _ => throw new InvalidOperationException("The query finds nothing else."),
};

bool HasParent(AuditEvent e) => e.Process.Parent.Executable is not null;

bool IsSuspicious(AuditEvent e, string? parent) => ServerOf(parent) switch
{
    "web" => !IsOfMail(e) && !IsInItsFolder(e),
    "application" => (IsShell(e) && IsInteractive(e)) || Explores(e),
    _ => false,
};

// Which kind of server a program is; null for others.
string? ServerOf(string? program)
{
    // Asked of each accept, execution and duplicate: the name is compared where it stands.
    ReadOnlySpan<char> name = program is null ? "" : program.AsSpan(program.LastIndexOf('/') + 1);
    if (name.EndsWith(" (deleted)")) name = name[..^" (deleted)".Length];
    return name switch
    {
        "nginx" or "apache2" or "httpd" or "lighttpd" or "caddy" or "haproxy" or "varnishd" or "openresty" or "angie" or "php-cgi"
            or "litespeed" or "lshttpd" => "web",
        _ when name.StartsWith("php-fpm") || name.StartsWith("php-cgi") => "web",
        "java" or "node" or "nodejs" or "ruby" or "puma" or "uwsgi" or "uwsgi-core" or "gunicorn" or "dotnet" or "deno" or "bun" or "w3wp"
            or "beam.smp" => "application",
        _ when name.StartsWith("python") || name.StartsWith("ruby") => "application",
        _ => null,
    };
}

bool IsInterpreter(AuditEvent e)
{
    string name = NameOf(e.Process.Executable!);
    return name.StartsWith("python", StringComparison.Ordinal) || name.StartsWith("perl", StringComparison.Ordinal)
        || name.StartsWith("ruby", StringComparison.Ordinal) || name.StartsWith("lua", StringComparison.Ordinal)
        || name is "php" or "node" or "nodejs" or "socat" or "nc" or "nc.traditional" or "nc.openbsd" or "ncat";
}

// The command of sh -c; null for another execution.
string? Command(AuditEvent e)
{
    IReadOnlyList<string> args = e.Process.Args;
    for (int i = 1; i + 1 < args.Count && args[i].StartsWith('-'); i++)
    {
        if (!args[i].StartsWith("--", StringComparison.Ordinal) && args[i].Contains('c')) return args[i + 1];
    }

    return null;
}

// PHP's mail() runs sendmail_path through sh -c.
bool IsOfMail(AuditEvent e) =>
    Command(e) is { } command && command.StartsWith("/usr/sbin/sendmail -t", StringComparison.Ordinal)
    && !command.AsSpan().ContainsAny(";|&`$<>\n");

// CGI scripts and log writers of the server's own, by files that only root may write.
bool IsInItsFolder(AuditEvent e)
{
    IReadOnlyList<string> args = e.Process.Args;
    if (Command(e) is { } command)
    {
        return (command.StartsWith("/usr/bin/rotatelogs ", StringComparison.Ordinal)
                || command.StartsWith("/usr/sbin/rotatelogs ", StringComparison.Ordinal)
                || command.StartsWith("exec /usr/bin/rotatelogs ", StringComparison.Ordinal))
            && !command.AsSpan().ContainsAny(";|&`$<>\n");
    }

    return args.Count > 1 && args[1].StartsWith("/usr/lib/cgi-bin/", StringComparison.Ordinal)
        && !args[1].Contains("..", StringComparison.Ordinal);
}

// The first word of one of its commands is one that people use to look around, to fetch or to connect; or it has one of their marks.
bool Explores(AuditEvent e)
{
    if (Command(e) is not { } command)
        return NameOf(e.Process.Executable!) is "socat" or "nc" or "nc.traditional" or "nc.openbsd" or "ncat";
    if (command.Contains("/dev/tcp/", StringComparison.Ordinal) || command.Contains("/dev/udp/", StringComparison.Ordinal)
        || command.Contains("/etc/passwd", StringComparison.Ordinal) || command.Contains("/etc/shadow", StringComparison.Ordinal)
        || command.Contains("base64 -d", StringComparison.Ordinal) || command.Contains("/dev/shm/", StringComparison.Ordinal)) return true;
    foreach (string part in command.Split(new[] { ';', '|', '&', '\n', '(', '`' }, StringSplitOptions.RemoveEmptyEntries))
    {
        string word = part.TrimStart().Split(' ', 2)[0];
        if (NameOf(word) is "id" or "whoami" or "uname" or "hostname" or "ifconfig" or "w" or "who" or "last" or "netstat" or "ss" or "arp"
            or "curl" or "wget" or "nc" or "ncat" or "socat" or "telnet" or "nmap" or "crontab" or "chattr" or "sudo" or "su" or "mkfifo")
        {
            return true;
        }
    }

    return false;
}
