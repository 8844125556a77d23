using System.Text;
using Streams.Testing;
using Xunit;

namespace Streams.Events.Tests.Decoding;

/// <summary>Where the paths of a call are.</summary>
public class PathTests
{
    /// <summary>The call with its first arguments, the working directory, names with their types, and the paths; ? for unplaced.</summary>
    public static TheoryData<string, string, string, string> Origins => new()
    {
        { "unlinkat 263 ffffff9c 0 0 0", "/tmp", "shadow DELETE", "/tmp/shadow" },
        { "unlinkat 263 ffffffffffffff9c 0 0 0", "/tmp", "shadow DELETE", "/tmp/shadow" },
        { "unlinkat 263 4 0 0 0", "/tmp", "shadow DELETE", "?shadow" },
        { "unlinkat 263 4 0 0 0", "/tmp", "/tmp PARENT,shadow DELETE", "?.,?shadow" },
        { "unlinkat 263 4 0 0 0", "/tmp", "d/ PARENT,d/shadow DELETE", "?d/,?d/shadow" },
        { "unlinkat 263 4 0 0 0", "/tmp", "/etc/ PARENT,/etc/shadow DELETE", "/etc,/etc/shadow" },
        { "unlink 87 7ffc 0 0 0", "/tmp", "/tmp PARENT,shadow DELETE", "/tmp,/tmp/shadow" },
        { "openat 257 5 0 241 0", "/etc", "passwd NORMAL", "?passwd" },
        { "openat2 437 5 0 0 0", "/etc", "passwd NORMAL", "?passwd" },
        { "execveat 322 5 0 0 0", "/etc", "x NORMAL", "?x" },
        { "fchmodat2 452 5 0 0 0", "/etc", "x NORMAL", "?x" },
        { "symlinkat 266 7ffc 5 0 0", "/etc", "/etc PARENT,shadow UNKNOWN,l CREATE", "?.,?shadow,?l" },
        { "symlinkat 266 7ffc ffffff9c 0 0", "/etc", "/etc PARENT,shadow UNKNOWN,l CREATE", "/etc,?shadow,/etc/l" },
        { "symlink 88 7ffc 7ffd 0 0", "/etc", "/tmp/ PARENT,shadow UNKNOWN,/tmp/l CREATE", "/tmp,?shadow,/tmp/l" },
        { "renameat2 316 ffffff9c 0 ffffff9c 0", "/a", "/a PARENT,/a PARENT,x DELETE,y CREATE", "/a,/a,/a/x,/a/y" },
        { "renameat2 316 3 0 4 0", "/a", "/a PARENT,/a PARENT,x DELETE,y CREATE", "?.,?.,?x,?y" },
        { "renameat2 316 ffffff9c 0 4 0", "/a", "/a PARENT,/a PARENT,x DELETE,y CREATE", "/a,?.,?x,?y" },
        { "renameat 264 4 0 ffffff9c 0", "/a", "/a PARENT,/a PARENT,x DELETE,y CREATE", "?.,/a,?x,/a/y" },
        { "linkat 265 4 0 ffffff9c 0", "/a", "x NORMAL,/a PARENT,y CREATE", "?x,?.,/a/y" },
        { "linkat 265 ffffff9c 0 4 0", "/a", "x NORMAL,/a PARENT,y CREATE", "/a/x,/a,?y" },
        { "inotify_add_watch 254 5 0 0 0", "/a", "x NORMAL", "/a/x" },
    };

    [Theory]
    [MemberData(nameof(Origins))]
    [Trait("Found", "D6")]
    public void A_path_relative_to_a_descriptor_has_no_place(string call, string folder, string names, string expected)
    {
        AuditEvent made = Call(call, folder, names);
        Assert.Equal(expected, Shown(made));
        AuditEvent copy = AuditEvent.FromDocument(Encoding.UTF8.GetBytes(Documents.Text(made)), "intake");
        Assert.Equal(expected, Shown(copy));
        Assert.Equal(made.Paths, copy.Paths);
    }

    [Fact]
    [Trait("Found", "D6")]
    public void A_document_names_the_paths_that_have_no_place()
    {
        AuditEvent made = Call("renameat2 316 3 0 4 0", "/a", "/a PARENT,/a PARENT,x DELETE,y CREATE");
        Assert.Equal("x, y", Documents.Read(made, "streams.unplaced_paths"));
        Assert.Equal("x, y", Documents.Leaves(Documents.Json(made))["streams.unplaced_paths"]);
        Assert.Null(Documents.Read(Call("unlinkat 263 ffffff9c 0 0 0", "/tmp", "shadow DELETE"), "streams.unplaced_paths"));
    }

    [Fact]
    [Trait("Found", "D6")]
    public void An_io_uring_operation_does_not_say_where_its_paths_begin()
    {
        AuditEvent made = Audit.Of(
            "type=URINGOP uring_op=36 success=yes exit=0 items=2 ppid=1 pid=2 uid=0 gid=0 key=\"k\"", "type=CWD cwd=\"/tmp\"",
            "type=PATH item=0 name=\"/tmp\" inode=5 dev=fe:00 nametype=PARENT",
            "type=PATH item=1 name=\"shadow\" inode=6 dev=fe:00 nametype=DELETE");
        Assert.Equal("?.,?shadow", Shown(made));
        Assert.Equal(("5", "fe:00"), (made.Paths[0].Inode, made.Paths[0].Device));
    }

    [Fact]
    [Trait("Found", "D8")]
    public void Paths_are_in_the_order_of_their_items()
    {
        string call = "type=SYSCALL arch=c000003e syscall=59 success=yes exit=0 a0=1 a1=2 a2=3 a3=8 items=2 ppid=1 pid=2 exe=\"/bin/a\"";
        string[] paths =
        [
            "type=PATH item=1 name=\"/lib64/ld-linux-x86-64.so.2\" inode=7 nametype=NORMAL",
            "type=PATH item=0 name=\"/bin/a\" inode=6 nametype=NORMAL",
        ];
        AuditEvent made = Audit.Of([call, .. paths]);
        Assert.Equal("/bin/a", made.File.Path);
        Assert.Equal("/bin/a,/lib64/ld-linux-x86-64.so.2", Shown(made));
        Assert.Equal("6", Documents.Read(made, "file.inode"));

        // The document keeps the records as they came.
        Assert.Equal("1, 0", Documents.Read(made, "auditd.paths.item"));
        Assert.Equal(Shown(made), Shown(Audit.Of([call, .. paths.Reverse()])));
    }

    [Fact]
    [Trait("Found", "D8")]
    public void Paths_without_items_stay_as_they_came() =>
        Assert.Equal("/b,/a", Shown(Audit.Of("type=PATH name=\"/b\" nametype=NORMAL", "type=PATH name=\"/a\" nametype=NORMAL")));

    private static AuditEvent Call(string call, string folder, string names)
    {
        string[] parts = call.Split(' ');
        return Audit.Of(
        [
            $"type=SYSCALL arch=c000003e syscall={parts[1]} success=yes exit=0 a0={parts[2]} a1={parts[3]} a2={parts[4]} a3={parts[5]} "
            + "items=1 ppid=1 pid=2 comm=\"a\" exe=\"/bin/a\"",
            $"type=CWD cwd=\"{folder}\"",
            .. names.Split(',').Select((name, i) =>
                $"type=PATH item={i} name=\"{name.Split(' ')[0]}\" inode={i + 7} dev=fe:00 nametype={name.Split(' ')[1]}"),
        ]);
    }

    private static string Shown(AuditEvent made) =>
        string.Join(',', made.Paths.Select(path => (path.IsUnplaced ? "?" : "") + path.Path));
}
