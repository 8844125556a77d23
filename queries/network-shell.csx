// A shell whose input and output are a connection: a bind shell when somebody came here, a reverse shell when it went out. One that reads
// what it is to do from there, or one with a command or a script when the process that opened the connection has become it (nc -l -c). Not
// a child with a command: programs run commands all the time, and since closing a descriptor is not audited, the null device or a terminal
// that they put on the streams may have the number that a socket had.
#load "lib/processes.csx"
#load "lib/shells.csx"

Query("network-shell", Severity.Critical, "A shell runs with a network socket on its standard input and output")
    .Attack("T1059.004")
    .Rules("-a always,exit -F arch=b64 -S execve,execveat -k exec", "-a always,exit -F arch=b32 -S execve,execveat -k exec",
           "-a always,exit -F arch=b64 -S bind,connect -F saddr_fam=2 -k net",
           "-a always,exit -F arch=b64 -S bind,connect -F saddr_fam=10 -k net",
           "-a always,exit -F arch=b32 -S bind,connect -F saddr_fam=2 -k net",
           "-a always,exit -F arch=b32 -S bind,connect -F saddr_fam=10 -k net",
           "-a always,exit -F arch=b64 -S accept,accept4 -k net", "-a always,exit -F arch=b32 -S accept4 -k net",
           "-a always,exit -F arch=b32 -S socketcall -F a0>=2 -F a0<=5 -k net", "-a always,exit -F arch=b32 -S socketcall -F a0=18 -k net",
           "-a always,exit -F arch=b64 -S dup2,dup3 -F a1<=2 -k stdio", "-a always,exit -F arch=b32 -S dup2,dup3 -F a1<=2 -k stdio",
           "-a always,exit -F arch=b64 -S dup -k stdio", "-a always,exit -F arch=b32 -S dup -k stdio",
           "-a always,exit -F arch=b64 -S fcntl -F a1=0 -k stdio", "-a always,exit -F arch=b64 -S fcntl -F a1=1030 -k stdio",
           "-a always,exit -F arch=b32 -S fcntl,fcntl64 -F a1=0 -k stdio",
           "-a always,exit -F arch=b32 -S fcntl,fcntl64 -F a1=1030 -k stdio")
    .From(audit => audit.Syscalls("accept", "accept4", "bind", "connect", "dup", "dup2", "dup3", "fcntl", "fcntl64", "execve", "execveat")
        .StandardStreams("descriptors")
        .Where(s => IsShell(s.Event) && s.Input is { } input && s.Output is { } output && input.Opened.Id == output.Opened.Id
            && (input.IsInferred || output.IsInferred ? IsInteractive(s.Event) && IsLikely(input) : IsInteractive(s.Event) || IsOpener(s)))
        .Suppress("connections", s => (s.Input!.Opened.Process.Pid, s.Input.Opened.Occurred, s.Input.Opened.Serial), Hours(1)))
    .Alert(s => $"{s.Host}: {s.Event.Event.Process.Executable} {Connection(s.Event.Input!)}{StartedBy(s.Event.Event)}",
        key: s => Other(s.Event.Input!));

string Connection(NetworkSocket socket)
{
    string by = socket.Opened.Process.Executable ?? "a program without a name";
    string shell = socket.IsAccepted
        ? $"serves {Other(socket)} through {by}: a bind shell"
        : $"is connected to {Other(socket)} by {by}: a reverse shell";
    return socket.IsInferred ? $"{shell}, inferred from its streams being set right after" : shell;
}

// An accept that did not ask for the client's address (busybox nc) leaves it out; then it is known where the program listened, or nothing.
string Other(NetworkSocket socket) =>
    socket.Peer.Exists ? socket.Peer.ToString()
    : socket.Bound is { } bind ? $"an unknown client of {bind.Socket}"
    : "an unknown client";

bool IsOpener(SocketExecution s) => s.Event.Process.Pid == s.Input!.Opened.Process.Pid;

// What was inferred has to look like it: sshd gives a terminal to whoever has logged in, and before anything else programs (sudo, tmux)
// ask their resolver or another local service, which a connection to port 53 of anywhere, or to this host, may be. A shell asks none.
bool IsLikely(NetworkSocket socket) =>
    socket.Opened.Process.Executable is not ("/usr/sbin/sshd" or "/usr/lib/openssh/sshd-session" or "/usr/libexec/openssh/sshd-session")
    && (socket.IsAccepted || IsShell(socket.Opened) || socket.Peer.Port != 53 && !IsLoopback(socket.Peer.Address));

bool IsLoopback(string? address) => address is not null && (address.StartsWith("127.", StringComparison.Ordinal) || address == "::1");
