// The programs that give whoever types into them the machine. busybox counts when it was started under a shell's name.

bool IsShell(AuditEvent executed)
{
    string program = NameOf(executed.Process.Executable);
    if (program == "busybox") program = executed.Process.Args is [var first, ..] ? NameOf(first) : program;
    return program is "sh" or "bash" or "dash" or "zsh" or "ksh" or "ksh93" or "mksh" or "ash" or "csh" or "tcsh" or "fish" or "rbash";
}

// Whether it reads what it is to do from its input: it was given neither a command (-c) nor a script.
bool IsInteractive(AuditEvent executed)
{
    foreach (string argument in executed.Process.Args.Skip(1))
    {
        if (!argument.StartsWith('-')) return false;
        if (!argument.StartsWith("--", StringComparison.Ordinal) && argument.Contains('c')) return false;
    }

    return true;
}

string NameOf(string path)
{
    if (path is null) return "";
    if (path.EndsWith(" (deleted)", StringComparison.Ordinal)) path = path[..^" (deleted)".Length];
    return path[(path.LastIndexOf('/') + 1)..].TrimStart('-');
}
