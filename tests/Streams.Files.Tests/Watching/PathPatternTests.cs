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
    [InlineData("/srv/a+(b)", false, "/srv/a+(b)/c", "Covered")]
    public void A_pattern_covers_by_whole_names(string pattern, bool recursive, string path, string expected) =>
        Assert.Equal(expected, new PathPattern(pattern, recursive).Match(path).ToString());

    [Fact]
    public void A_pattern_is_absolute() => Assert.Throws<FormatException>(() => new PathPattern("etc", false));
}
