// Needs no audit rule: whatever a host sends is a sign of life.
Query("host-silent", Severity.High, "A host stopped sending")
    .Attack("T1562.001")
    .From(audit => audit.All.Silence("hosts", e => e.Host, after: Minutes(5)))
    .Alert(s => $"{s.Key} has been silent since {s.LastSeen:u}");   // ends by itself when the host is back
