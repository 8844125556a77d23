// Who did it: the program's parent as far as a collector on the host knows it (a log alone does not say it), and the user.

string StartedBy(AuditEvent executed) => executed.Process.Parent.Executable is { } parent ? $", started by {parent}" : "";

// The user whose rights it had, and who logged in where that is another one.
string Who(AuditEvent e)
{
    string? user = e.User.EffectiveId is "0" ? "root" : e.User.Name ?? e.User.Id;
    string? login = (e.User.AuditName ?? e.User.AuditId) is { } name && name != "unset" ? name : null;
    if (user is null) return login ?? "an unknown user";
    return login is null || login == user || (login == "0" && user == "root") ? user : $"{user} (logged in as {login})";
}
