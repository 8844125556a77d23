Query("new-destination", Severity.High, "A server that nothing here has ever contacted")
    .Attack("T1071")
    .Rules("-a always,exit -F arch=b64 -S connect -F saddr_fam=2 -k net", "-a always,exit -F arch=b64 -S connect -F saddr_fam=10 -k net",
           "-a always,exit -F arch=b32 -S connect -F saddr_fam=2 -k net", "-a always,exit -F arch=b32 -S connect -F saddr_fam=10 -k net",
           "-a always,exit -F arch=b32 -S socketcall -F a0>=2 -F a0<=5 -k net")
    .From(audit => audit.Connections
        .Where(c => c.Succeeded && c.Destination.IsPublic)   // EINPROGRESS is how most clients succeed
        .Fleet()                                             // across all hosts; without it: per host
        .NewTerm("destinations", c => (c.Process.Executable, c.Destination.Address),
                 remember: Days(30), learn: Hours(24)))
    .Alert(n => $"{n.Host}: {n.Event.Process.Executable} contacted {n.Event.Destination}");
