using Streams.Files.Facts;

namespace Streams.Files.Tests;

/// <summary>What counts as which change: Auditbeat's rules.</summary>
public class ChangesTests
{
    private static readonly FileFacts Known = new()
    {
        Path = "/a",
        Inode = 1,
        Size = 3,
        Modified = DateTimeOffset.UnixEpoch,
        Hashes = [new("sha256", "aa"), new("md5", "bb")],
    };

    private static readonly Dictionary<string, FileFacts?> Found = new()
    {
        ["nothing"] = null,
        ["same"] = Known with { Hashes = [new("sha256", "aa"), new("md5", "bb")] },
        ["other path"] = Known with { Path = "/b" },
        ["other hash"] = Known with { Hashes = [new("sha256", "ab"), new("md5", "bb")] },
        ["new hash type"] = Known with { Hashes = [new("sha256", "aa"), new("md5", "bb"), new("sha1", "cc")] },
        ["fewer hash types"] = Known with { Hashes = [new("sha256", "aa")] },
        ["too large now"] = Known with { Hashes = [], Size = 1000 },
        ["inode"] = Known with { Inode = 2 },
        ["owner"] = Known with { Uid = 1 },
        ["group"] = Known with { Gid = 1 },
        ["owner's name"] = Known with { Owner = "x", Group = "y" },
        ["mode"] = Known with { Mode = 1 },
        ["type"] = Known with { Type = FileType.Symlink },
        ["target"] = Known with { TargetPath = "/x" },
        ["label"] = Known with { Selinux = "x" },
        ["access list"] = Known with { PosixAcl = ["user::rw-"] },
        ["attribute"] = Known with { Attributes = [new("security.capability", "aa")] },
        ["time of content"] = Known with { Modified = DateTimeOffset.UnixEpoch.AddTicks(1) },
        ["time of anything"] = Known with { Changed = DateTimeOffset.UnixEpoch.AddTicks(1) },
        ["moved and written"] = Known with { Path = "/b", Hashes = [new("sha256", "ab")] },
        ["not readable"] = new FileFacts { Path = "/a", Error = "no" },
    };

    [Theory]
    [InlineData("nothing", "deleted", "deletion")]
    [InlineData("same", "", "")]
    [InlineData("other path", "moved", "change")]
    [InlineData("other hash", "updated", "change")]
    [InlineData("new hash type", "config_change", "change")]
    [InlineData("fewer hash types", "", "")]
    [InlineData("too large now", "updated,attributes_modified", "change")]
    [InlineData("inode", "attributes_modified", "change")]
    [InlineData("owner", "attributes_modified", "change")]
    [InlineData("group", "attributes_modified", "change")]
    [InlineData("owner's name", "", "")]
    [InlineData("mode", "attributes_modified", "change")]
    [InlineData("type", "attributes_modified", "change")]
    [InlineData("target", "attributes_modified", "change")]
    [InlineData("label", "attributes_modified", "change")]
    [InlineData("access list", "attributes_modified", "change")]
    [InlineData("attribute", "attributes_modified", "change")]
    [InlineData("time of content", "attributes_modified", "change")]
    [InlineData("time of anything", "", "")]
    [InlineData("moved and written", "moved,updated", "change")]
    [InlineData("not readable", "", "")]
    public void A_difference_is_the_action_that_Auditbeat_calls_it(string found, string actions, string types)
    {
        FileActions told = Changes.Between(Known, Found[found]);
        Assert.Equal(actions, string.Join(',', Changes.Names(told)));
        Assert.Equal(types, string.Join(',', Changes.Types(told)));
    }

    [Theory]
    [Trait("Found", "F1")]
    [InlineData("same", "")]
    [InlineData("other hash", "hash.sha256")]
    [InlineData("new hash type", "")]
    [InlineData("fewer hash types", "")]
    [InlineData("too large now", "size")]
    [InlineData("inode", "inode")]
    [InlineData("owner", "uid")]
    [InlineData("group", "gid")]
    [InlineData("owner's name", "")]
    [InlineData("mode", "mode")]
    [InlineData("type", "type")]
    [InlineData("target", "target_path")]
    [InlineData("label", "selinux")]
    [InlineData("access list", "posix_acl_access")]
    [InlineData("attribute", "attributes.security.capability")]
    [InlineData("time of content", "mtime")]
    [InlineData("time of anything", "")]
    [InlineData("moved and written", "hash.sha256")]
    public void What_is_different_is_named(string found, string names) =>
        Assert.Equal(names, string.Join(',', Changes.Differences(Known, Found[found]!)));

    [Fact]
    [Trait("Found", "F1")]
    public void Attributes_that_come_go_and_change_are_named_each_once()
    {
        FileFacts before = Known with { Attributes = [new("user.a", "1"), new("user.b", "1"), new("user.c", "1")] };
        FileFacts after = Known with { Attributes = [new("user.b", "2"), new("user.c", "1"), new("user.d", "1")] };
        Assert.Equal(["attributes.user.a", "attributes.user.b", "attributes.user.d"], Changes.Differences(before, after));
    }

    [Fact]
    public void What_was_not_known_is_created() => Assert.Equal(FileActions.Created, Changes.Between(null, Known));

    [Fact]
    public void The_time_of_a_folder_is_no_change()
    {
        FileFacts folder = Known with { Type = FileType.Directory, Hashes = [] };
        Assert.Equal(FileActions.None, Changes.Between(folder, folder with { Modified = DateTimeOffset.UnixEpoch.AddDays(1) }));
    }
}
