// A shell whose input and output are a connection: a bind shell when somebody came here, a reverse shell when it went out.
#load "lib/shells.csx"

Query("network-shell", Severity.Critical, "A shell runs with a network socket on its standard input and output")
    .Attack("T1059.004")
    .Rules("-a always,exit -F arch=b64 -S execve,execveat -k exec", "-a always,exit -F arch=b32 -S execve,execveat -k exec",
           "-a always,exit -F arch=b64 -S bind,connect,accept,accept4 -k net", "-a always,exit -F arch=b32 -S bind,connect,accept4 -k net",
           "-a always,exit -F arch=b64 -S dup2,dup3 -F a1<=2 -k stdio", "-a always,exit -F arch=b32 -S dup2,dup3 -F a1<=2 -k stdio",
           "-a always,exit -F arch=b64 -S dup -k stdio", "-a always,exit -F arch=b32 -S dup -k stdio",
           "-a always,exit -F arch=b64 -S fcntl -F a1=0 -k stdio", "-a always,exit -F arch=b64 -S fcntl -F a1=1030 -k stdio",
           "-a always,exit -F arch=b32 -S fcntl,fcntl64 -F a1=0 -k stdio", "-a always,exit -F arch=b32 -S fcntl,fcntl64 -F a1=1030 -k stdio")
    .From(audit => audit.Syscalls("accept", "accept4", "bind", "connect", "dup", "dup2", "dup3", "fcntl", "fcntl64", "execve", "execveat")
        .StandardStreams("descriptors")
        .Where(s => s.Input is not null && s.Output is not null && IsShell(s.Event))
        .Suppress("connections", s => (s.Input!.Opened.Process.Pid, s.Input.Opened.Occurred, s.Input.Opened.Serial), Hours(1)))
    .Alert(s => s.Event.Input!.IsAccepted
        ? $"{s.Host}: {s.Event.Event.Process.Executable} serves {s.Event.Input.Peer} through {s.Event.Input.Opened.Process.Executable}: a bind shell"
        : $"{s.Host}: {s.Event.Event.Process.Executable} is connected to {s.Event.Input.Peer} by {s.Event.Input.Opened.Process.Executable}: a reverse shell",
        key: s => s.Event.Input!.Peer.ToString());
