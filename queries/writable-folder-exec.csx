#load "lib/processes.csx"

Query("writable-folder-exec", Severity.High, "A program ran from a folder that everybody may write, or from memory")
    .Attack("T1059", "T1620")
    .Rules("-a always,exit -F arch=b64 -S execve,execveat -k exec", "-a always,exit -F arch=b32 -S execve,execveat -k exec")
    .From(audit => audit.Executions
        .Where("process.executable:(\\/tmp\\/* OR \\/var\\/tmp\\/* OR \\/dev\\/shm\\/* OR \\/memfd\\:*) "
            + "AND NOT process.executable:\\/memfd\\:runc_cloned*")
        .NewTerm("executables", e => e.Process.Executable!, remember: Days(30), learn: TimeSpan.Zero))
    .Alert(n => $"{n.Host}: {n.Event.User.Name ?? n.Event.User.Id} ran {n.Term}: {n.Event.Process.CommandLine}{StartedBy(n.Event)}");
