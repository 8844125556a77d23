Query("new-destination", Severity.High, "A server that this host, or any host, has not contacted before")
    .Attack("T1071")
    .Rules("-a always,exit -F arch=b64 -S connect -F saddr_fam=2 -k net", "-a always,exit -F arch=b64 -S connect -F saddr_fam=10 -k net",
           "-a always,exit -F arch=b32 -S connect -F saddr_fam=2 -k net", "-a always,exit -F arch=b32 -S connect -F saddr_fam=10 -k net",
           "-a always,exit -F arch=b32 -S socketcall -F a0>=2 -F a0<=5 -k net")
    .From(audit => audit.Connections
        .Where(c => c.Succeeded && c.Destination.IsPublic)   // EINPROGRESS is how most clients succeed
        .Fleet()                                             // across all hosts; host: finds what is new on one of them as well
        .NewTerm("destinations", c => (c.Process.Executable, c.Destination.Address),
                 host: c => c.Host, remember: Days(30), learn: Hours(24)))
    .Alert(n => $"{n.Host}: {n.Event.Process.Executable} contacted {n.Event.Destination} "
            + $"for the first time {(n.IsNewInFleet ? "from any host" : "from this host")}",
        severity: n => n.IsKnownElsewhere ? Severity.Medium : Severity.High);
