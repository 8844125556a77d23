using System.Security.Cryptography;
using System.Text;
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
