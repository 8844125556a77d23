// While it runs, Streams has rules about its own process loaded, with the key streams-guard: a program that sends it a signal, opens a
// descriptor of it, sets its limits, traces it or writes into its memory is recorded. A call that names one of its threads, its process
// group, all processes or a descriptor is known by the OBJ_PID record, where another rule records the call: by default each SIGSTOP, and
// each trace that begins. Left out: asking whether it lives (signal 0), signals that do nothing, limits that are only read, and how the
// first process, systemd, stops and continues a service.
#load "lib/processes.csx"

Query("sensor-attacked", Severity.High, "A program sent a signal to Streams, traced it or wrote into its memory")
    .Attack("T1562.001")
    .Rules("-a always,exit -F arch=b64 -S kill,tkill,rt_sigqueueinfo,pidfd_send_signal -F a1=19 -k stop",
           "-a always,exit -F arch=b32 -S kill,tkill,rt_sigqueueinfo,pidfd_send_signal -F a1=19 -k stop")
    .From(audit => audit.Syscalls("kill", "tkill", "tgkill", "rt_sigqueueinfo", "rt_tgsigqueueinfo", "pidfd_send_signal", "pidfd_open",
            "ptrace", "process_vm_writev", "prlimit64")
        .Where(e => IsOnStreams(e) && !IsHarmless(e) && !IsService(e))
        .Suppress("acts", e => (e.Process.Executable, Act(e), e.Succeeded, Who(e)), Minutes(10)))
    .Alert(s => $"{s.Host}: {s.Newest.Process.Executable} {(s.Newest.Succeeded ? "" : "was refused: it ")}{Act(s.Newest)}, "
            + $"as {Who(s.Newest)}{StartedBy(s.Newest)}",
        severity: s => How(s.Newest));

bool IsOnStreams(AuditEvent e) => e.Tags.Contains("streams-guard") || e.TargetsStreams;

// The number of the signal: signal(7); null for what is no signal.
int? Signal(AuditEvent e) => e.Data("syscall") switch
{
    "kill" or "tkill" or "rt_sigqueueinfo" or "pidfd_send_signal" => (int?)e.Call.Argument(1),
    "tgkill" or "rt_tgsigqueueinfo" => (int?)e.Call.Argument(2),
    _ => null,
};

string Act(AuditEvent e) => e.Data("syscall") switch
{
    "ptrace" => "traced Streams",
    "process_vm_writev" => "wrote into the memory of Streams",
    "prlimit64" => "set a resource limit of Streams",
    "pidfd_open" => "opened a descriptor of the process of Streams, by which it can send signals",
    _ => $"sent Streams {Name(Signal(e))}",
};

string Name(int? signal) => signal is { } number && Signals.Name(number) is { } name ? name : $"the signal {signal}";

// prlimit(2): without new limits it reads.
bool IsHarmless(AuditEvent e) =>
    e.Data("syscall") is "prlimit64" ? e.Call.Argument(2) is 0 : Signal(e) is 0 or Child or Urgent or Window;

// The first process is nobody's to pretend to be.
bool IsService(AuditEvent e) =>
    e.Process.Pid == 1 && e.User.AuditId is null
    && (Signal(e) is HangUp or Interrupt or Terminate or Continue || e.Data("syscall") is "pidfd_open");

// An orderly stop is reported by the next start as well (sensor-down); until then nothing is watched.
Severity How(AuditEvent e) =>
    !e.Succeeded ? Severity.Medium
    : Signal(e) is HangUp or Interrupt or Terminate ? Severity.Medium
    : Signal(e) is Continue || e.Data("syscall") is "pidfd_open" ? Severity.Low
    : Severity.High;

const int HangUp = 1, Interrupt = 2, Terminate = 15, Child = 17, Continue = 18, Urgent = 23, Window = 28;
