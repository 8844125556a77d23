using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Time.Testing;
using Streams.Files.Facts;
using Streams.Files.Packages;

namespace Streams.Files.Tests.Packages;

/// <summary>What the package manager does is told apart.</summary>
public sealed class PackageRecognitionTests : IDisposable
{
    private readonly Folder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("/usr/bin/dpkg", "", true)]
    [InlineData("/bin/sh", "/bin/sh /usr/bin/dpkg /usr/bin/apt-get", true)]
    [InlineData("/bin/sh", "/usr/sbin/sshd", false)]
    [InlineData("/tmp/dpkg", "/home/u/usr/bin/dpkg", false)]
    public void Who_made_a_change_decides_where_that_is_known(string executable, string ancestors, bool isManager)
    {
        FileFacts file = Packaged("whole");
        string? package = Recognition().Find(executable, ancestors.Split(' '), file);
        Assert.Equal(isManager ? "tool" : null, package);
    }

    [Theory]
    [Trait("Found", "F2")]
    [InlineData("whole", "/usr/bin/dpkg /usr/bin/apt-get", "tool")]
    [InlineData("whole", "/usr/sbin/sshd", "tool")]
    [InlineData("other", "/usr/bin/dpkg /usr/bin/apt-get", "tool")]
    [InlineData("other", "/usr/sbin/sshd", null)]
    public void Without_the_program_who_started_it_and_the_file_decide(string content, string ancestors, string? package)
    {
        Packaged("whole");
        _folder.Write("tool", content);
        Assert.Equal(package, Recognition().Find(null, ancestors.Split(' '), Read("tool")));
    }

    [Fact]
    public void Where_it_is_not_known_the_file_is_what_its_package_holds() =>
        Assert.Equal("tool", Recognition().Find(null, null, Packaged("whole")));

    [Fact]
    public void A_configuration_file_is_its_packages_as_long_as_it_is_as_delivered()
    {
        string path = _folder.Write("tool.conf", "delivered");
        _folder.Write("other.conf", "mine");
        Directory.CreateDirectory(_folder.At("info"));
        _folder.Write(
            "status",
            $"""
            Package: none
            Status: install ok installed

            Package: tool
            Conffiles:
             {path} {Convert.ToHexStringLower(Md5("delivered"))}
             {_folder.At("other.conf")} {Convert.ToHexStringLower(Md5("delivered"))} obsolete
             /new newconffile
            Description: no path
             {path} {Convert.ToHexStringLower(Md5("nothing"))}

            """);
        Assert.Equal("tool", Recognition().Find(null, null, Read(path)));
        Assert.Null(Recognition().Find(null, null, Read("other.conf")));
        Assert.Equal("tool", Recognition().Find("/usr/bin/dpkg", null, Read("other.conf")));
    }

    [Fact]
    public void A_packaged_file_with_other_contents_is_not_the_package_managers()
    {
        Packaged("whole");
        _folder.Write("tool", "other");
        Assert.Null(Recognition().Find(null, null, Read("tool")));
    }

    [Fact]
    public void A_file_that_was_replaced_since_is_not_recognised()
    {
        FileFacts file = Packaged("whole");
        Assert.Null(Recognition().Find(null, null, file with { Inode = file.Inode + 1 }));
    }

    [Fact]
    public void A_file_of_no_package_has_none()
    {
        Packaged("whole");
        _folder.Write("mine", "whole");
        Assert.Null(Recognition().Find(null, null, Read("mine")));
        Assert.Equal("", Recognition().Find("/usr/bin/dpkg", null, Read("mine")));
    }

    [Fact]
    public void Each_of_many_files_is_found_in_its_list()
    {
        const int files = 3000;
        for (int list = 0; list < 3; list++)
        {
            IEnumerable<string> lines = Enumerable.Range(0, files)
                .Select(i => $"{Convert.ToHexStringLower(Md5($"{list}"))}  opt/{list}/{i}");
            // One that ends without a line feed, and one with a line that is longer than any path.
            _folder.Write($"info/list{list}.md5sums", string.Join('\n', lines) + (list == 1 ? "\n" + new string('x', 200_000) : ""));
        }

        using var database = new DpkgDatabase(TimeProvider.System, _folder.At("info"));
        for (int list = 0; list < 3; list++)
        {
            for (int i = 0; i < files; i++) Assert.Equal($"list{list}", database.Owner($"/opt/{list}/{i}"));
        }

        Assert.Null(database.Owner("/opt/0"));
        Assert.Null(database.Owner("/opt/0/3x"));
    }

    [Fact]
    public void A_file_that_two_packages_have_is_the_one_whose_contents_it_has()
    {
        FileFacts file = Packaged("whole");
        _folder.Write("info/a.md5sums", $"{Convert.ToHexStringLower(Md5("other"))}  {file.Path[1..]}\n");
        _folder.Write("info/z.md5sums", $"{Convert.ToHexStringLower(Md5("different"))}  {file.Path[1..]}\n");
        Assert.Equal("tool", Recognition().Find(null, null, file));
    }

    [Fact]
    public void A_package_that_comes_later_is_seen()
    {
        var time = new FakeTimeProvider();
        Packaged("whole");
        using var database = new DpkgDatabase(time, _folder.At("info"));
        Assert.Null(database.Owner("/opt/new"));
        _folder.Write("info/new.md5sums", $"{Convert.ToHexStringLower(Md5("new"))}  opt/new\n");
        Directory.SetLastWriteTimeUtc(_folder.At("info"), DateTime.UnixEpoch);
        Assert.Null(database.Owner("/opt/new"));
        time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal("new", database.Owner("/opt/new"));
    }

    [Fact]
    public void A_list_that_changed_since_it_was_read_gives_no_wrong_answer()
    {
        FileFacts file = Packaged("whole");
        var recognition = Recognition();
        Assert.Equal("tool", recognition.Find(null, null, file));
        _folder.Write("info/tool:amd64.md5sums", $"{Convert.ToHexStringLower(Md5("whole"))}  {file.Path[1..]}-other\n");
        Assert.Null(recognition.Find(null, null, file));
        File.Delete(_folder.At("info/tool:amd64.md5sums"));
        Assert.Null(recognition.Find(null, null, file));
    }

    [Fact]
    public void Without_a_database_nothing_is_recognised()
    {
        using var database = new DpkgDatabase(TimeProvider.System, _folder.At("none"));
        Assert.Null(new PackageRecognition(database).Find(null, null, Read(_folder.Write("a"))));
    }

    // A file that a package says has these contents.
    private FileFacts Packaged(string contents)
    {
        string path = _folder.Write("tool", contents);
        string sum = Convert.ToHexStringLower(Md5(contents));
        _folder.Write("info/tool:amd64.md5sums", $"{sum}  {path[1..]}\nno line\n");
        return Read("tool");
    }

#pragma warning disable CA5351 // dpkg's lists have MD5.
    private static byte[] Md5(string contents) => MD5.HashData(Encoding.UTF8.GetBytes(contents));
#pragma warning restore CA5351

    private PackageRecognition Recognition() => new(new DpkgDatabase(TimeProvider.System, _folder.At("info")));

    private FileFacts Read(string name)
    {
        using var reader = new FileFactsReader(["sha256"], 1 << 20);
        return reader.Read(Path.IsPathRooted(name) ? name : _folder.At(name))!;
    }
}
