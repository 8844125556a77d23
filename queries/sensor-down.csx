// Needs no audit rule: each start reports how long Streams was down before it, by what the last run has left in the state folder.
Query("sensor-down", Severity.High, "Streams was down, so that nothing was watched")
    .Attack("T1562.001")
    .From((audit, files, host) => host.Documents("sensor-down"))
    .Alert(down => $"{down.Host}: {down.Text("message")}", severity: How);

// An end without a stop is a kill or a crash; with a boot since, the machine may have lost its power. An orderly stop with a boot since is
// a reboot.
Severity How(Document down) => (down.Text("streams.sensor.clean"), down.Text("streams.sensor.rebooted")) switch
{
    ("true", "true") => Severity.Info,
    ("true", _) => Severity.Low,
    (_, "true") => Severity.Medium,
    _ => Severity.High,
};
