using System.Text;
using Xunit;

namespace Streams.Events.Tests;

public class FileEventTests
{
    [Theory]
    [InlineData("updated", true)]
    [InlineData("moved", true)]
    [InlineData("initial_scan", false)]
    [InlineData("config_change", false)]
    [InlineData("updated\",\"config_change", true)]
    [InlineData("initial_scan\",\"updated", false)]
    public void What_only_the_watcher_sees_anew_is_no_change(string actions, bool isChange) =>
        Assert.Equal(isChange, Change("{\"event\":{\"action\":[\"" + actions + "\"]}}").IsChange);

    [Fact]
    public void A_change_says_what_the_file_is_and_what_it_was()
    {
        FileEvent change = Change(
            """
            {"file":{"path":"/usr/bin/x","mode":"0755","setuid":true,"uid":"0","owner":"root","gid":"12","size":9,"hash":{"sha256":"bb"}},
             "streams":{"file":{"before":{"mode":"0644","setuid":false,"uid":"1000","hash":{"sha256":"aa"}}}}}
            """);

        Assert.Equal(("bb", "0755", "root", "12", 9, true, false), Told(change.After));
        Assert.Equal(("aa", "0644", "1000", null, null, false, false), Told(change.Before));
    }

    [Fact]
    public void A_hash_may_stand_at_the_root_as_it_did_in_old_documents()
    {
        FileEvent change = Change("""{"file":{"path":"/x"},"hash":{"sha256":"cc"}}""");

        Assert.Equal("cc", change.After.Sha256);
        Assert.Null(change.Before.Sha256);
    }

    [Fact]
    public void Who_changed_it_is_known_or_not()
    {
        FileEvent known = Change(
            """{"process":{"pid":7,"executable":"/usr/bin/vi"},"user":{"id":"1000"},"file":{"path":"/b","origin_path":"/a"}}""");
        FileEvent unknown = Change("""{"file":{"path":"/b"}}""");

        Assert.Equal(("/usr/bin/vi", 7, "1000", "/a"), (known.ProcessExecutable, known.ProcessId, known.User, known.MovedFrom));
        Assert.Equal((null, 0, null, null), (unknown.ProcessExecutable, unknown.ProcessId, unknown.User, unknown.MovedFrom));
    }

    private static FileEvent Change(string json) => new("web-01", "files", DateTimeOffset.UnixEpoch, 1, Encoding.UTF8.GetBytes(json));

    private static (string?, string?, string?, string?, long?, bool, bool) Told(FileVersion version) =>
        (version.Sha256, version.Mode, version.Owner, version.Group, version.Size, version.IsSetuid, version.IsSetgid);
}
