using System.Text.Json;
using System.Text.Json.Nodes;
using Streams.Events;
using Streams.Files.Facts;
using Streams.Files.Facts.Elf;

namespace Streams.Files.Tests;

/// <summary>Documents have Auditbeat's shape.</summary>
public class FileEventWriterTests
{
    private static readonly DateTimeOffset Noon = new(2026, 1, 2, 12, 0, 0, 500, TimeSpan.Zero);

    private static readonly FileFacts File = new()
    {
        Path = "/etc/app.conf",
        Inode = 131189,
        Uid = 0,
        Gid = 4,
        Owner = "root",
        Group = "adm",
        Mode = Convert.ToInt32("6644", 8),
        Size = 3,
        Modified = Noon,
        Changed = Noon,
        MimeType = "text/plain",
        Selinux = "system_u:object_r:etc_t:s0:c1,c2",
        PosixAcl = ["user:1:rwx"],
        Attributes = [new("user.note", "ff")],
        Hashes = [new("sha256", "ab")],
    };

    [Fact]
    public void A_change_is_told_with_the_file_before_and_after_and_who_did_it()
    {
        var by = new FileActor(
            7, "/usr/bin/vi", User: 0, UserName: "root", AuditUser: 1000, Session: 3, Ancestors: ["/bin/bash", "/usr/sbin/sshd"], Name: "vim")
        {
            ParentExecutable = "/bin/bash",
        };
        FileFacts before = File with { Mode = Convert.ToInt32("600", 8), Attributes = [], Hashes = [new("sha256", "aa")], Size = 2 };
        FileEvent told = new FileEventWriter("web-01", "files").Write(
            FileActions.Updated | FileActions.AttributesModified, before, File, Noon, by);
        const string expected = """
            {
              "@timestamp": "2026-01-02T12:00:00.500Z",
              "host": { "name": "web-01" },
              "service": { "type": "file_integrity" },
              "event": {
                "kind": "event", "module": "file_integrity", "dataset": "file", "category": ["file"], "type": ["change"],
                "action": ["updated", "attributes_modified"]
              },
              "file": {
                "path": "/etc/app.conf", "name": "app.conf", "type": "file", "inode": "131189", "uid": "0", "gid": "4", "owner": "root",
                "group": "adm", "mode": "0644", "setuid": true, "setgid": true, "size": 3, "hash": { "sha256": "ab" },
                "mtime": "2026-01-02T12:00:00.500Z", "ctime": "2026-01-02T12:00:00.500Z", "extension": "conf", "mime_type": "text/plain",
                "posix_acl_access": ["user:1:rwx"],
                "selinux": { "user": "system_u", "role": "object_r", "domain": "etc_t", "level": "s0", "category": "c1,c2" }
              },
              "process": { "pid": 7, "executable": "/usr/bin/vi", "name": "vi", "parent": { "executable": "/bin/bash" } },
              "user": { "id": "0", "name": "root", "audit": { "id": "1000" } },
              "auditd": { "session": "3" },
              "streams": {
                "file": {
                  "attributes": ["user.note"],
                  "changed": ["hash.sha256", "mode", "size", "attributes.user.note"],
                  "before": {
                    "type": "file", "inode": "131189", "uid": "0", "gid": "4", "owner": "root", "group": "adm", "mode": "0600",
                    "size": 2, "hash": { "sha256": "aa" }, "mtime": "2026-01-02T12:00:00.500Z", "posix_acl_access": ["user:1:rwx"],
                    "selinux": { "user": "system_u", "role": "object_r", "domain": "etc_t", "level": "s0", "category": "c1,c2" }
                  }
                }
              }
            }
            """;
        Assert.True(
            JsonNode.DeepEquals(JsonNode.Parse(expected), JsonNode.Parse(told.Json.Span)),
            System.Text.Encoding.UTF8.GetString(told.Json.Span));
        Assert.Equal(("0600", "0644"), (told.Before.Mode, told.After.Mode));
    }

    [Theory]
    [Trait("Found", "F1")]
    [InlineData(0, null, "root", "root", "root")]
    [InlineData(0, "toor", "root", "root", "root")]
    [InlineData(0, "root", null, null, null)]
    [InlineData(7, "lp", "root", "lp", "root")]
    [InlineData(7, null, "root", null, "root")]
    public void One_number_has_one_name_before_and_after(uint uid, string? before, string? after, string? shownBefore, string? shownAfter)
    {
        FileFacts known = File with { Uid = uid, Gid = uid, Owner = before, Group = before, Inode = 5 };
        FileEvent told = new FileEventWriter("h", "files")
            .Write(FileActions.AttributesModified, known, File with { Gid = 0, Owner = after, Group = after }, Noon);
        Assert.Equal((shownBefore, shownAfter), (told.Text("streams.file.before.owner"), told.Text("file.owner")));
        Assert.Equal((shownBefore, shownAfter), (told.Text("streams.file.before.group"), told.Text("file.group")));
        Assert.Equal(("5", "131189"), (told.Before.Inode, told.After.Inode));
        Assert.Equal(uid == 0 ? ["inode"] : ["uid", "gid", "inode"], told.Changed);
    }

    [Fact]
    [Trait("Found", "F1")]
    public void Times_within_a_millisecond_are_told_apart()
    {
        FileEvent told = new FileEventWriter("h", "files").Write(FileActions.Updated, File with { Modified = Noon.AddTicks(1) }, File, Noon);
        Assert.Equal(["mtime"], told.Changed);
        Assert.Equal((Noon.AddTicks(1), Noon), (told.Before.Modified, told.After.Modified));
    }

    [Fact]
    [Trait("Found", "F1")]
    public void A_sticky_bit_that_is_taken_away_is_told()
    {
        FileFacts folder = File with { Type = FileType.Directory, Mode = Convert.ToInt32("777", 8) };
        FileEvent told = new FileEventWriter("h", "files")
            .Write(FileActions.AttributesModified, folder with { Mode = Convert.ToInt32("1777", 8) }, folder, Noon);
        Assert.Equal(["mode"], told.Changed);
        Assert.Equal((true, false), (told.Before.IsSticky, told.After.IsSticky));
    }

    [Theory]
    [Trait("Found", "F2")]
    [InlineData("/usr/bin/cp", "cp2", "/usr/bin/cp", "cp")]
    [InlineData("cp", "cp", null, "cp")]
    [InlineData("(null)", "kworker/0", null, "kworker/0")]
    [InlineData("(unreachable)/x", null, null, null)]
    [InlineData(null, "cp", null, "cp")]
    [InlineData("", "", null, null)]
    public void A_program_is_named_by_its_path_or_not_at_all(string? given, string? comm, string? executable, string? name)
    {
        FileEvent told = new FileEventWriter("h", "files").Write(
            FileActions.Created, null, File, Noon, new FileActor(7, given, User: 5, Name: comm) { ParentExecutable = given });
        Assert.Equal((executable, name), (told.ProcessExecutable, told.Text("process.name")));
        Assert.Equal(executable, told.Text("process.parent.executable"));
        Assert.Equal((7, "5"), (told.ProcessId, told.User));
    }

    [Fact]
    public void A_move_has_both_ends()
    {
        FileEvent told = new FileEventWriter("h", "files").Write(FileActions.Moved, File with { Path = "/tmp/x" }, File, Noon);
        Assert.Equal(("/etc/app.conf", "/tmp/x"), (told.Path, told.MovedFrom));
    }

    [Theory]
    [InlineData("file.elf.stripped", """{"stripped":true}""")]
    [InlineData(
        "/^file.elf.import/",
        """{"import_hash":"aa","imports":["libc.so.6.connect"],"imports_names_entropy":3.5,"imports_names_var_entropy":0.25}""")]
    [InlineData("file.elf.go_import_hash", """{"go_import_hash":"bb"}""")]
    [InlineData("file.elf.go_stripped", """{"go_stripped":false}""")]
    [InlineData("file.elf.sections.entropy", """{"sections":[{"entropy":6}]}""")]
    [InlineData(
        "file.elf.sections",
        """{"sections":[{"name":".text","type":"PROGBITS","physical_size":1,"virtual_size":2,"entropy":6,"var_entropy":0.5}]}""")]
    [InlineData("file.elf.other", "{}")]
    public void Of_an_executable_those_facts_are_told_that_are_wanted(string parser, string expected)
    {
        var elf = new ElfFacts
        {
            Sections = [new ElfSection(".text", "PROGBITS", 1, 2, new ElfEntropy(6, 0.5))],
            Imports = new ElfNames { First = ["libc.so.6.connect"], Hash = "aa", Entropy = new ElfEntropy(3.5, 0.25) },
            GoImports = new ElfNames { First = [], Hash = "bb" },
            IsStripped = true,
        };
        FileEvent told = new FileEventWriter("h", "files", [parser]).Write(FileActions.Created, null, File with { Elf = elf }, Noon);
        Assert.Equal(expected, JsonElement.Parse(told.Json.Span).GetProperty("file").GetProperty("elf").GetRawText());
    }

    [Theory]
    [InlineData("tool", "true", "tool")]
    [InlineData("", "true", null)]
    [InlineData(null, null, null)]
    public void What_the_package_manager_did_is_marked(string? package, string? marked, string? name)
    {
        FileEvent told = new FileEventWriter("h", "files").Write(FileActions.Created, null, File, Noon, package: package);
        Assert.Equal((marked, name), (told.Text("streams.file.package_manager"), told.Text("streams.file.package")));
        Assert.Equal(package is not null, told.IsByPackageManager);
    }
}
