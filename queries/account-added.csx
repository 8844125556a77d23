// Needs no audit rule where shadow-utils writes audit records (ADD_USER); the rule finds the program elsewhere.
Query("account-added", Severity.High, "An account was added")
    .Attack("T1136.001")
    .Rules("-a always,exit -F arch=b64 -S execve,execveat -k exec")
    .From(audit => audit.Records("ADD_USER")
        .Where(e => e.Result == AuditResult.Success)
        .Suppress("accounts", e => e.Data("acct") ?? e.Data("id"), Minutes(1)))
    .Alert(s => $"{s.Host}: {s.Event.Process.Executable} added the account {s.Key}");
