Query("new-process", Severity.Low, "An executable that this host has not run before")
    .Attack("T1204.002")
    .Rules("-a always,exit -F arch=b64 -S execve,execveat -k exec", "-a always,exit -F arch=b32 -S execve,execveat -k exec")
    .From(audit => audit.Executions
        .Where(e => e.Process.Executable is not null)
        .NewTerm("executables", e => e.Process.Executable!, remember: Days(30), learn: Hours(24)))
    .Alert(n => $"{n.Host}: {n.Term} ran for the first time, by {n.Event.User.Name ?? n.Event.User.Id}");
