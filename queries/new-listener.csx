Query("new-listener", Severity.Medium, "A program listens on a port that this host, or any host, has not offered before")
    .Attack("T1571")
    .Rules("-a always,exit -F arch=b64 -S bind -F saddr_fam=2 -k net", "-a always,exit -F arch=b64 -S bind -F saddr_fam=10 -k net",
           "-a always,exit -F arch=b32 -S bind -F saddr_fam=2 -k net", "-a always,exit -F arch=b32 -S bind -F saddr_fam=10 -k net",
           "-a always,exit -F arch=b64 -S listen -k net", "-a always,exit -F arch=b32 -S listen -k net",
           "-a always,exit -F arch=b32 -S socketcall -F a0>=2 -F a0<=5 -k net")
    .From(audit => audit.Listens
        .Where(listen => listen.Succeeded)
        .Fleet()
        .Latest("bound",
                audit.Binds.Where("auditd.result:success AND auditd.data.socket.family:(ipv4 OR ipv6)"),
                listen => (listen.Host, listen.Process.Pid, listen.Call.Argument(0)),
                bind => (bind.Host, bind.Process.Pid, bind.Call.Argument(0)),
                remember: Minutes(10))
        .NewTerm("listeners",
                 l => (l.Known.Process.Executable, l.Known.Socket.Address, l.Known.Socket.Port),
                 host: l => l.Event.Host, remember: Days(30), learn: Hours(24)))
    .Alert(n => $"{n.Host}: {n.Event.Known.Process.Executable} listens on {Place(n.Event.Known.Socket)}, "
            + $"for the first time {(n.IsNewInFleet ? "on any host" : "on this host")}",
        severity: n => n.IsKnownElsewhere ? Severity.Low : Severity.Medium);

// With port 0 bind(2) leaves the choice to the kernel. What it chose is in neither call: only getsockname tells, which no rule asks for.
string Place(Endpoint socket) => socket.Port == 0 ? $"a port of {socket.Address} that the kernel chose: no record has it" : $"{socket}";
