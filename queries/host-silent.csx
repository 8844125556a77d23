// Needs no audit rule: collectors send a heartbeat every second. A host whose logs come without heartbeats (auditd's own log, replayed or
// followed) is never silent here: between two of its records nobody can tell a quiet host from one that is gone.
Query("host-silent", Severity.High, "A host stopped sending")
    .Attack("T1562.001")
    .From((audit, files, host) => host.Heartbeats.Silence("hosts", heartbeat => heartbeat.Host, after: Minutes(5)))
    .Alert(s => $"{s.Key} has been silent since {s.LastSeen:u}");   // ends by itself when the host is back
