Query("kernel-module", Severity.High, "A kernel module was loaded or removed")
    .Attack("T1547.006")
    .Rules("-a always,exit -F arch=b64 -S init_module,finit_module,delete_module -k modules",
           "-a always,exit -F arch=b32 -S init_module,finit_module,delete_module -k modules")
    .From(audit => audit.Syscalls("init_module", "finit_module", "delete_module"))
    .Alert(e => $"{e.Host}: {e.Process.Executable} called {e.Data("syscall")}{(e.Data("name") is { } module ? $" for {module}" : "")}"
              + (e.Succeeded ? "" : $", which failed with {e.Data("exit")}"));
