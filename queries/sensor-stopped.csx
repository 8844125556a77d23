// Needs no audit rule: a process that was stopped (SIGSTOP, a frozen control group) notices it by its clocks when it runs again. A machine
// that was suspended is reported as machine-suspended, without an alert.
Query("sensor-stopped", Severity.High, "Streams did not run for a while, so that nothing was watched")
    .Attack("T1562.001")
    .From((audit, files, host) => host.Documents("sensor-stopped"))
    .Alert(stopped => $"{stopped.Host}: {stopped.Text("message")}");
