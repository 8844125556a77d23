using CsCheck;
using Streams.Files.Watching;

namespace Streams.Files.Tests.Watching;

public class PathPatternTests
{
    [Theory]
    [InlineData("/etc", false, "/etc", "Covered")]
    [InlineData("/etc", false, "/etc/passwd", "Covered")]
    [InlineData("/etc", false, "/etc/ssh/sshd_config", "None")]
    [InlineData("/etc", true, "/etc/ssh/sshd_config", "Covered")]
    [InlineData("/etc", true, "/etcetera/passwd", "None")]
    [InlineData("/etc", true, "/", "Above")]
    [InlineData("/etc/ssh/", true, "/etc", "Above")]
    [InlineData("/", false, "/etc", "Covered")]
    [InlineData("/", false, "/etc/passwd", "None")]
    [InlineData("/", true, "/etc/passwd", "Covered")]
    [InlineData("/home/*/.ssh", false, "/home/ann/.ssh", "Covered")]
    [InlineData("/home/*/.ssh", false, "/home/ann/.ssh/authorized_keys", "Covered")]
    [InlineData("/home/*/.ssh", false, "/home/ann/.ssh/a/b", "None")]
    [InlineData("/home/*/.ssh", false, "/home/ann", "Above")]
    [InlineData("/home/*/.ssh", false, "/home/ann/docs", "None")]
    [InlineData("/etc/cron.*", false, "/etc/cron.d/job", "Covered")]
    [InlineData("/etc/cron.*", false, "/etc/crontab", "None")]
    [InlineData("/srv/**/conf", false, "/srv/conf/x", "Covered")]
    [InlineData("/srv/**/conf", false, "/srv/a/b/conf/x", "Covered")]
    [InlineData("/srv/**/conf", false, "/srv/a/b", "Above")]
    [InlineData("/srv/**/*.cfg", false, "/srv/a/b/x.cfg", "Covered")]
    [InlineData("/srv/v[0-9]", false, "/srv/v7/x", "Covered")]
    [InlineData("/srv/v[!0-9]", false, "/srv/v7/x", "None")]
    [InlineData("/srv/v[!0-9]", false, "/srv/vx/x", "Covered")]
    [InlineData("/srv/v?", false, "/srv/v1", "Covered")]
    [InlineData("/srv/[[]a", false, "/srv/[a", "Covered")]
    [InlineData("/srv/[]a]", false, "/srv/]", "Covered")]
    [InlineData("/srv/[!]a]", false, "/srv/a", "None")]
    [InlineData("/srv/[!]a]", false, "/srv/b", "Covered")]
    [InlineData("/srv/[^a]", false, "/srv/b", "Covered")]
    [InlineData("/srv/[a^]", false, "/srv/^", "Covered")]
    [InlineData("/srv/[\\d]", false, "/srv/7", "None")]
    [InlineData("/srv/[0-9a-f-]", false, "/srv/-", "Covered")]
    [InlineData("/srv/a+(b)", false, "/srv/a+(b)/c", "Covered")]
    public void A_pattern_covers_by_whole_names(string pattern, bool recursive, string path, string expected) =>
        Assert.Equal(expected, new PathPattern(pattern, recursive).Match(path).ToString());

    [Theory]
    [Trait("Found", "F4")]
    [InlineData("etc", "is not absolute; write the whole path")]
    [InlineData("", "is not absolute")]
    [InlineData("~/x", "begins with ~")]
    [InlineData("/a/\0", "has a NUL character")]
    [InlineData("/etc/[a", "has a [ that is not closed; for the character itself write [[]")]
    [InlineData("/etc/[]", "has a [ that is not closed")]
    [InlineData("/etc/[!", "has a [ that is not closed")]
    [InlineData("/etc/[a/b]", "has a [ that is not closed")]
    [InlineData("/etc/[z-a]", "has a range that ends before it begins: z-a")]
    [InlineData("/etc/[a-cz-x]", "has a range that ends before it begins: z-x")]
    [InlineData("/etc/[[:alpha:]]", "names a class of characters")]
    [InlineData("/srv/a**/b", "has ** within a name")]
    public void A_pattern_that_means_nothing_says_what_to_write(string pattern, string expected)
    {
        FormatException error = Assert.Throws<FormatException>(() => new PathPattern(pattern, recursive: false));
        Assert.StartsWith($"the watched path \"{pattern}\" {expected}", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Found", "F4")]
    public void A_pattern_without_fault_can_be_matched() => Gen.Char["ab[]!^-\\*?:/"].Array[1, 12].Sample(letters =>
    {
        string pattern = "/" + new string(letters);
        if (FilesOptionFaults.OfPath(pattern) is null) _ = new PathPattern(pattern, recursive: false).Match("/a/b");
    });
}
