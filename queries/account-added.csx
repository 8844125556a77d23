// Needs no audit rule: shadow-utils writes these records itself.

// useradd writes one for the account and others for its groups, its home and its mail.
bool IsAccountItself(string op) =>
    op is not null && !op.Contains(" to ", StringComparison.Ordinal) && !op.Contains("director", StringComparison.Ordinal)
        && !op.Contains("mail", StringComparison.Ordinal);

// A log in the format ENRICHED has the name of the id (ID="eve").
string Account(AuditEvent e) =>
    e.Data("acct") ?? (e[Field.Of("user.target.name")] is { IsMissing: false } name ? name.ToString() : $"with the id {e.Data("id")}");

string Actor(AuditEvent e) => e.User.Name ?? (e.User.Id is { } id ? $"user {id}" : "an unknown user");

Query("account-added", Severity.High, "An account was added")
    .Attack("T1136.001")
    .From(audit => audit.Records("ADD_USER")
        .Where(e => e.Result == AuditResult.Success && IsAccountItself(e.Data("op")))
        .Suppress("accounts", e => Account(e), Minutes(1)))
    .Alert(s => $"{s.Host}: {Actor(s.Event)} added the account {s.Key}, using {s.Event.Process.Executable}");
