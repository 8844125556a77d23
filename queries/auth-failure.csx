// Needs no audit rule: PAM writes these records itself. PAM:bad_ident is left out: it says that a client named no account of this host
// or went away before it had authenticated, which scanners do all day. What they try is in brute-force.
Query("auth-failure", Severity.Medium, "A PAM authentication failed")
    .Attack("T1110")
    .From(audit => audit.Where("auditd.result:fail AND auditd.data.op:PAM* AND NOT auditd.data.op:\"PAM:bad_ident\""))
    .Alert(e => $"{e.Host}: {e.Data("acct") ?? "an unknown account"} failed {e.Data("op")} "
        + $"from {e.Data("addr") ?? e.Data("terminal") ?? "here"}{TriedBy(e)}");

// By ssh nobody but the account is known; su and sudo have the user who tried beside it.
string TriedBy(AuditEvent e)
{
    string? user = e.User.Name ?? (e.User.Id is { } id ? $"user {id}" : null);
    return user is null || user == e.Data("acct") ? "" : $", tried by {user}";
}
