Query("new-process", Severity.Low, "An executable that this host, or any host, has not run before")
    .Attack("T1204.002")
    .Rules("-a always,exit -F arch=b64 -S execve,execveat -k exec", "-a always,exit -F arch=b32 -S execve,execveat -k exec")
    .From(audit => audit.Executions
        .Fleet()
        .NewTerm("executables", e => e.Process.Executable, host: e => e.Host, remember: Days(30), learn: Hours(24)))
    .Alert(n => $"{n.Host}: {n.Term} ran for the first time {(n.IsNewInFleet ? "on any host" : "on this host")}, "
            + $"by {n.Event.User.Name ?? n.Event.User.Id}",
        severity: n => n.IsNewInFleet ? Severity.Medium : Severity.Low);
