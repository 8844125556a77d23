// Needs no audit rule: the live run reports it when it admits the events. Windows then go by the time of arrival.
Query("clock-skewed", Severity.Medium, "Events of a host claim to have occurred after they arrived")
    .Attack("T1562")
    .From((audit, files, host) => host.Documents("clock-skewed").Suppress("hosts", d => d.Host, Hours(24)))
    .Alert(s => $"{s.Host}: its clock is {s.Event.Text("streams.clock.ahead")} ahead: "
        + $"an event of the {s.Event.Text("streams.clock.collector")} collector claims {s.Event.Text("streams.clock.claimed")}");
