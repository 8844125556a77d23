#load "lib/processes.csx"

Query("privilege-gained", Severity.Medium, "A session that is not root's ran a program as root")
    .Attack("T1548.001", "T1548.003")
    .Rules("-a always,exit -F arch=b64 -S execve,execveat -k exec", "-a always,exit -F arch=b32 -S execve,execveat -k exec")
    .From(audit => audit.Executions
        .Where(e => e.User.AuditId is not (null or "0") && e.User.Id != "0" && e.User.EffectiveId == "0")
        .Suppress("programs", e => (e.User.AuditId, e.Process.Executable), Hours(1)))
    .Alert(s => $"{s.Host}: user {s.Event.User.AuditName ?? s.Event.User.AuditId} ran {s.Event.Process.Executable} "
        + $"with root's rights{StartedBy(s.Event)}");
