// While it runs, Streams has rules about its own process loaded, with the key streams-guard: a program that sends it a signal, opens a
// descriptor of it, traces it or writes into its memory is recorded. Left out: asking whether it lives (signal 0), and how the first
// process, systemd, stops and continues a service. A signal to a process group, to all processes or by a descriptor is not recorded.
#load "lib/processes.csx"

Query("sensor-attacked", Severity.High, "A program sent a signal to Streams, traced it or wrote into its memory")
    .Attack("T1562.001")
    .From(audit => audit.Syscalls("kill", "tkill", "tgkill", "rt_sigqueueinfo", "rt_tgsigqueueinfo", "pidfd_open", "ptrace",
            "process_vm_writev")
        .Where(e => e.Tags.Contains("streams-guard") && Signal(e) is not 0 && !IsService(e))
        .Suppress("acts", e => (e.Process.Executable, Act(e)), Minutes(10)))
    .Alert(s => $"{s.Host}: {s.Newest.Process.Executable} {(s.Newest.Succeeded ? "" : "was refused: it ")}{Act(s.Newest)}, "
            + $"as {Who(s.Newest)}{StartedBy(s.Newest)}",
        severity: s => How(s.Newest));

// The number of the signal: signal(7); null for what is no signal.
ulong? Signal(AuditEvent e) => e.Data("syscall") switch
{
    "kill" or "tkill" or "rt_sigqueueinfo" => e.Call.Argument(1),
    "tgkill" or "rt_tgsigqueueinfo" => e.Call.Argument(2),
    _ => null,
};

string Act(AuditEvent e) => e.Data("syscall") switch
{
    "ptrace" => "traced Streams",
    "process_vm_writev" => "wrote into the memory of Streams",
    "pidfd_open" => "opened a descriptor of the process of Streams, by which it can send signals",
    _ => $"sent Streams {Name(Signal(e))}",
};

string Name(ulong? signal) => signal switch
{
    1 => "SIGHUP", 2 => "SIGINT", 3 => "SIGQUIT", 6 => "SIGABRT", 9 => "SIGKILL", 11 => "SIGSEGV", 15 => "SIGTERM", 18 => "SIGCONT",
    19 => "SIGSTOP", 20 => "SIGTSTP", _ => $"the signal {signal}",
};

// The first process is nobody's to pretend to be.
bool IsService(AuditEvent e) =>
    e.Process.Pid == 1 && e.User.AuditId is null
    && (Signal(e) is 1 or 2 or 15 or 18 || e.Data("syscall") is "pidfd_open");

// An orderly stop is reported by the next start as well (sensor-down).
Severity How(AuditEvent e) =>
    !e.Succeeded ? Severity.Medium
    : Signal(e) is 1 or 2 or 15 or 18 || e.Data("syscall") is "pidfd_open" ? Severity.Low
    : Severity.High;
