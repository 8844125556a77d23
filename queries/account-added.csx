// Needs no audit rule: shadow-utils writes these records itself.

// useradd writes one for the account and others for its groups, its home and its mail.
bool IsAccountItself(string op) =>
    op is not null && !op.Contains(" to ", StringComparison.Ordinal) && !op.Contains("director", StringComparison.Ordinal)
        && !op.Contains("mail", StringComparison.Ordinal);

string Account(AuditEvent e) => e.Data("acct") ?? $"with the id {e.Data("id")}";

Query("account-added", Severity.High, "An account was added")
    .Attack("T1136.001")
    .From(audit => audit.Records("ADD_USER")
        .Where(e => e.Result == AuditResult.Success && IsAccountItself(e.Data("op")))
        .Suppress("accounts", e => Account(e), Minutes(1)))
    .Alert(s => $"{s.Host}: {s.Event.Process.Executable} added the account {s.Key}");
