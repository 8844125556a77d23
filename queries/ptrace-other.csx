// A process takes over another one or writes into its memory. Quiet are debuggers and tracers of a user on processes of the same user, what
// they start themselves (it still has their name when they attach), and crash handlers. Root's debuggers are reported: a trace of sshd or
// sudo reads passwords. Reading (process_vm_readv, /proc/PID/mem opened to read) is not recorded.
#load "lib/shells.csx"
#load "lib/processes.csx"

Query("ptrace-other", Severity.High, "A process took over another process or wrote into its memory")
    .Attack("T1055.008", "T1055.009")
    .Rules("-a always,exit -F arch=b64 -S ptrace -F a0>=4 -F a0<=6 -k ptrace",
           "-a always,exit -F arch=b32 -S ptrace -F a0>=4 -F a0<=6 -k ptrace",
           "-a always,exit -F arch=b64 -S ptrace -F a0=16 -k ptrace", "-a always,exit -F arch=b32 -S ptrace -F a0=16 -k ptrace",
           "-a always,exit -F arch=b64 -S ptrace -F a0>=0x4205 -F a0<=0x4206 -k ptrace",
           "-a always,exit -F arch=b32 -S ptrace -F a0>=0x4205 -F a0<=0x4206 -k ptrace",
           "-a always,exit -F arch=b64 -S process_vm_writev -k ptrace", "-a always,exit -F arch=b32 -S process_vm_writev -k ptrace")
    .From(audit => audit.Syscalls("ptrace", "process_vm_writev").Where(IsOther)
        .Merge(audit.Syscalls("open", "openat", "openat2").Where(IsMemory))
        .Suppress("processes", e => (e.Process.Executable, Target(e)), Minutes(10)))
    .Alert(s => $"{s.Host}: {s.Event.Process.Executable} {Act(s.Event)} {Victim(s.Event)}, as {Who(s.Event)}{StartedBy(s.Event)}",
        attack: s => [s.Event.Data("syscall") is "ptrace" ? "T1055.008" : "T1055.009"]);

bool IsOther(AuditEvent e)
{
    if (e.Result != AuditResult.Success) return false;
    if (e.Data("syscall") is "process_vm_writev") return e.Call.Argument(0) != (ulong)e.Process.Pid;
    bool isTracer = IsTracer(e);
    return e.Call.Argument(0) switch
    {
        Attach or Seize => !isTracer || !(IsOwnChild(e) || IsOwnProcess(e)),
        PokeText or PokeData or PokeUser or SetRegisters or SetRegisterSet => !isTracer,
        _ => false,
    };
}

// Debuggers, tracers, crash handlers, and programs that run others under ptrace.
bool IsTracer(AuditEvent e) => IsInstalled(e.Process.Executable) && NameOf(e.Process.Executable) is
    "gdb" or "gdbserver" or "lldb" or "lldb-server" or "strace" or "ltrace" or "rr" or "dlv" or "valgrind" or "uftrace" or "criu" or "proot"
    or "fakeroot-ng" or "runsc" or "createdump" or "apport" or "abrt-hook-ccpp" or "chrome_crashpad_handler" or "crashpad_handler"
    or "minidump-analyzer" or "crashhelper" or "jhsdb" or "wineserver" or "wine-preloader" or "wine64-preloader";

// Not a program of that name in a folder that others than root may write.
bool IsInstalled(string? program) => program is not null
    && (program.StartsWith("/usr/", StringComparison.Ordinal) || program.StartsWith("/opt/", StringComparison.Ordinal)
        || program.StartsWith("/snap/", StringComparison.Ordinal) || program.StartsWith("/bin/", StringComparison.Ordinal));

// Between its fork and its execve a child has the name of its parent.
bool IsOwnChild(AuditEvent e) => e.Data("ocomm") is { } name && name == e.Process.Name;

// The user's own process, and not root's.
bool IsOwnProcess(AuditEvent e) => e.User.EffectiveId is { } user && user != "0" && user == e.Data("ouid");

// /proc/PID/mem of another process, opened to write. Debuggers write that way, too.
bool IsMemory(AuditEvent e)
{
    if (e.Result != AuditResult.Success || !e.Call.OpensToWrite || MemoryOf(e) is not { } pid) return false;
    return pid != $"{e.Process.Pid}" && !IsTracer(e);
}

string? MemoryOf(AuditEvent e)
{
    foreach (PathItem item in e.Paths)
    {
        if (item.Path is not { } path || !path.StartsWith("/proc/", StringComparison.Ordinal)) continue;
        if (!path.EndsWith("/mem", StringComparison.Ordinal)) continue;
        string pid = path[6..path.IndexOf('/', 6)];
        if (pid.Length > 0 && pid.All(char.IsAsciiDigit)) return pid;
    }

    return null;
}

string Target(AuditEvent e) => e.Data("opid") ?? MemoryOf(e)
    ?? $"{(e.Data("syscall") is "process_vm_writev" ? e.Call.Argument(0) : e.Call.Argument(1))}";

string Act(AuditEvent e) => e.Data("syscall") switch
{
    "process_vm_writev" => "wrote into the memory of",
    "ptrace" when e.Call.Argument(0) is Attach or Seize => "attached to",
    "ptrace" => "wrote with ptrace into",
    _ => "opened to write the memory of",
};

string Victim(AuditEvent e) => e.Data("ocomm") is { } name ? $"{name} [{Target(e)}] of user {e.Data("ouid")}" : $"process {Target(e)}";

// ptrace(2), linux/ptrace.h.
const ulong PokeText = 4, PokeData = 5, PokeUser = 6, SetRegisters = 13, Attach = 16, SetRegisterSet = 0x4205, Seize = 0x4206;
