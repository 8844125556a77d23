// A file that every user may run with the rights of its owner or group, or with capabilities. The rules record only calls whose mode has
// the setuid or the setgid bit, and extended attributes of the size of file capabilities (20 and 24 bytes: linux/capability.h): the records
// do not name the attribute. Left out: folders, files that had the bit before, package managers and the scripts of their packages, and
// what container engines unpack.
#load "lib/paths.csx"
#load "lib/processes.csx"

Query("setuid-file", Severity.High, "A file now runs with the rights of its owner or group, or with capabilities")
    .Attack("T1548.001")
    .Rules("-a always,exit -F arch=b64 -S chmod,fchmod,creat,mknod -F a1&06000 -k setuid",
           "-a always,exit -F arch=b32 -S chmod,fchmod,creat,mknod -F a1&06000 -k setuid",
           "-a always,exit -F arch=b64 -S fchmodat,fchmodat2,open,mknodat -F a2&06000 -k setuid",
           "-a always,exit -F arch=b32 -S fchmodat,fchmodat2,open,mknodat -F a2&06000 -k setuid",
           "-a always,exit -F arch=b64 -S openat -F a3&06000 -k setuid", "-a always,exit -F arch=b32 -S openat -F a3&06000 -k setuid",
           "-a always,exit -F arch=b64 -S setxattr,lsetxattr,fsetxattr -F a3>=20 -F a3<=24 -k setuid",
           "-a always,exit -F arch=b32 -S setxattr,lsetxattr,fsetxattr -F a3>=20 -F a3<=24 -k setuid")
    .From((audit, files) => Observable.Merge<Event>(
            audit.Syscalls("chmod", "fchmod", "fchmodat", "fchmodat2", "creat", "open", "openat", "mknod", "mknodat", "setxattr",
                "lsetxattr", "fsetxattr").Where(e => Grants(e) && !IsContainerEngine(e.Process.Executable)),
            files.Changes.Where(Gains))
        .Where(e => !IsOfPackageManager(e))
        .Suppress("files", e => OneName(FileOf(e)), Minutes(10)))
    .Alert(s => $"{s.Host}: {Grant(s.Newest)}");

bool Grants(AuditEvent e)
{
    if (e.Result != AuditResult.Success) return false;
    if (IsCapability(e)) return e.User.EffectiveId is "0" && IsProgram(e);
    ulong bits = (ModeOf(e) ?? 0) & (Setuid | Setgid);
    if (bits == 0 || FileType(e) is not (null or "file")) return false;
    // Without the right to run it as its group, setgid is mandatory locking: inode(7).
    if (bits == Setgid && (ModeOf(e) & GroupRuns) == 0) return false;
    return !IsChmod(e) || (ModeBefore(e) & bits) != bits;
}

// The mode that a call asks for.
ulong? ModeOf(AuditEvent e) => e.Data("syscall") switch
{
    "chmod" or "fchmod" or "creat" or "mknod" => e.Call.Argument(1),
    "fchmodat" or "fchmodat2" or "mknodat" => e.Call.Argument(2),
    "open" => (e.Call.Argument(1) & Creates) is > 0 ? e.Call.Argument(2) : null,
    "openat" => (e.Call.Argument(2) & Creates) is > 0 ? e.Call.Argument(3) : null,
    _ => null,
};

bool IsChmod(AuditEvent e) => e.Data("syscall") is "chmod" or "fchmod" or "fchmodat" or "fchmodat2";

bool IsCapability(AuditEvent e) =>
    e.Data("syscall") is "setxattr" or "lsetxattr" or "fsetxattr" && e.Call.Argument(3) is 20 or 24;

string? FileType(AuditEvent e) => e[Field.Of("file.type")] is { IsMissing: false } type ? type.ToString() : null;

// What the file was when the call began; the document has it in octal.
ulong ModeBefore(AuditEvent e) => Octal(e[Field.Of("file.mode")].ToString());

bool IsProgram(AuditEvent e) => FileType(e) is "file" && (ModeBefore(e) & AnyRuns) != 0;

ulong Octal(string? text)
{
    ulong value = 0;
    foreach (char digit in text ?? "")
    {
        if (digit is < '0' or > '7') return 0;
        value = value * 8 + (ulong)(digit - '0');
    }

    return value;
}

bool Gains(FileEvent f) =>
    f.Text("file.type") is not "dir"
    && ((f.After.IsSetuid && !f.Before.IsSetuid)
        || (f.After.IsSetgid && !f.Before.IsSetgid && (Octal(f.After.Mode) & GroupRuns) != 0)
        || (f.After.HasCapabilities && !f.Before.HasCapabilities));

string FileOf(Event e) => e switch
{
    AuditEvent call => call.File.Path ?? $"an open file with the inode {call[Field.Of("file.inode")]}",
    FileEvent file => file.Path,
    _ => "",
};

string Grant(Event e) => e switch
{
    AuditEvent call when IsCapability(call) =>
        $"{call.Process.Executable} set an extended attribute of the size of capabilities on {FileOf(call)}, as {Who(call)}",
    AuditEvent call => $"{call.Process.Executable} made {FileOf(call)} {Right(ModeOf(call) ?? 0)} ({call[Field.Of("file.owner")]}:"
        + $"{call[Field.Of("file.group")]}), as {Who(call)}",
    FileEvent file => $"{file.Path} {Right(file)} ({file.After.Owner}:{file.After.Group})"
        + (file.ProcessExecutable is { } program ? $", set by {program}" : ""),
    _ => "",
};

string Right(ulong mode) => (mode & Setuid) != 0 ? "setuid" : "setgid";

string Right(FileEvent file) =>
    file.After.IsSetuid ? "is setuid" : file.After.IsSetgid && !file.Before.IsSetgid ? "is setgid" : "has capabilities";

bool IsContainerEngine(string? program) =>
    program is "/usr/bin/dockerd" or "/usr/sbin/dockerd" or "/usr/bin/containerd" or "/usr/bin/podman" or "/usr/bin/buildah"
        or "/usr/bin/crio" or "/usr/bin/crun" or "/usr/bin/runc";

const ulong Setuid = 2048, Setgid = 1024, GroupRuns = 8, AnyRuns = 64 + 8 + 1, Creates = 64;
