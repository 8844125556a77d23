using System.Diagnostics;
using Streams.Files.Facts;

namespace Streams.Files.Tests;

/// <summary>What is known of the files survives.</summary>
public sealed class BaselineTests : IDisposable
{
    private static readonly FileFacts Whole = new()
    {
        Path = "/a/\uDCFFx",
        Type = FileType.Symlink,
        TargetPath = "/\uDCFE",
        Inode = ulong.MaxValue,
        Device = (8UL << 32) | 1,
        Uid = uint.MaxValue,
        Gid = 5,
        Mode = Convert.ToInt32("7777", 8),
        Size = long.MaxValue,
        Modified = DateTimeOffset.MaxValue,
        Changed = DateTimeOffset.MinValue,
        Selinux = "system_u:object_r:etc_t:s0",
        PosixAcl = ["user:1:rwx", "mask::r--"],
        Attributes = [new("security.capability", "aa")],
        Hashes = [new("sha256", "bb"), new("xxh64", "cc")],
    };

    private readonly Folder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void All_that_is_compared_comes_back()
    {
        using (Baseline baseline = Open()) baseline.Put(Whole);
        using Baseline again = Open();
        FileFacts found = again.Get(Whole.Path)!;
        Assert.Equal(FileActions.None, Changes.Between(Whole, found));
        Assert.Equal(
            (Whole.TargetPath, Whole.Device, Whole.Size, Whole.Modified, Whole.Changed),
            (found.TargetPath, found.Device, found.Size, found.Modified, found.Changed));
    }

    [Theory]
    [Trait("Found", "F1")]
    [InlineData("root", "shadow")]
    [InlineData(null, null)]
    public void Names_of_owner_and_group_come_back(string? owner, string? group)
    {
        using (Baseline baseline = Open()) baseline.Put(Whole with { Owner = owner, Group = group });
        using Baseline again = Open();
        FileFacts found = again.Get(Whole.Path)!;
        Assert.Equal((owner, group), (found.Owner, found.Group));
    }

    [Fact]
    public void What_is_below_a_folder_is_told_by_whole_names()
    {
        using Baseline baseline = Open();
        foreach (string path in (string[])["/a", "/a/b", "/a/b/c", "/a/\uDCFF", "/a-b", "/a0", "/ab/c"])
            baseline.Put(Whole with { Path = path });
        Assert.Equal(["/a", "/a/b", "/a/b/c", "/a/\uDCFF"], baseline.Below("/a").Select(facts => facts.Path));
    }

    [Fact]
    [Trait("Found", "F3")]
    public void The_number_of_known_files_follows_each_change()
    {
        using (Baseline baseline = Open())
        {
            for (int i = 0; i < 3; i++) baseline.Put(Whole with { Path = $"/{i}" });
            Assert.Equal(3, baseline.Count);
            baseline.Put(Whole with { Path = "/1", Size = 7 });
            Assert.Equal(3, baseline.Count);
            baseline.Delete("/1");
            baseline.Delete("/1");
            baseline.Delete("/none");
            Assert.Equal(2, baseline.Count);
        }

        using Baseline again = Open();
        Assert.Equal(2, again.Count);
        Assert.Equal(["/0", "/2"], again.Below("/").Select(facts => facts.Path));
    }

    [Fact]
    public void A_damaged_database_is_moved_aside_and_begun_anew()
    {
        using (Baseline baseline = Open()) baseline.Put(Whole);
        string file = Path.Combine(_folder.State, "files.db");
        File.WriteAllText(
            file, "no database, but longer than the header of one is: one hundred bytes, so that SQLite has what it looks at......");
        using Baseline again = Open();
        Assert.Contains("files.db.damaged", again.Notice, StringComparison.Ordinal);
        Assert.True(File.Exists(file + ".damaged"));
        Assert.Equal(0, again.Count);
    }

    [Fact]
    public void It_is_its_owners_alone()
    {
        using Baseline baseline = Open();
        baseline.Put(Whole);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(_folder.State));
        foreach (string file in Directory.GetFiles(_folder.State))
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
    }

    [Fact]
    public void A_full_disk_is_said_and_what_is_kept_once_there_is_room_is_kept()
    {
        Directory.CreateDirectory(_folder.State, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        if (!Run("mount", "-t", "tmpfs", "-o", "size=512k,mode=0700", "none", _folder.State)) Assert.Skip("needs the right to mount");
        try
        {
            using Baseline baseline = Open();
            string filler = Path.Combine(_folder.State, "filler");
            baseline.Put(Whole);
            baseline.Commit();
            for (int i = 0; baseline.Failure is null && i < 10_000; i++)
            {
                baseline.Put(Whole with { Path = $"/{i}" });
                if (i % 100 == 99) baseline.Commit();
                if (i == 100) Run("dd", "if=/dev/zero", $"of={filler}", "bs=4k");
            }

            Assert.Contains("files.db", baseline.Failure, StringComparison.Ordinal);
            Assert.NotNull(baseline.Get(Whole.Path));
            Assert.Equal(baseline.Below("/").Count, baseline.Count);
            File.Delete(filler);
            baseline.Put(Whole with { Path = "/again" });
            baseline.Commit();
            Assert.Null(baseline.Failure);
            Assert.NotNull(baseline.Get("/again"));
        }
        finally
        {
            Run("umount", _folder.State);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("files.db")]
    public void What_others_may_write_is_refused_by_name(string name)
    {
        Open().Dispose();
        string path = Path.Combine(_folder.State, name).TrimEnd('/');
        File.SetUnixFileMode(path, File.GetUnixFileMode(path) | UnixFileMode.GroupWrite);
        IOException error = Assert.Throws<IOException>(Open);
        Assert.Contains($"chmod go-w {path}", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_link_in_the_place_of_the_folder_is_refused()
    {
        Open().Dispose();
        string link = _folder.State + "-link";
        File.CreateSymbolicLink(link, _folder.State);
        Assert.Contains("symbolic link", Assert.Throws<IOException>(() => Baseline.Open(link)).Message, StringComparison.Ordinal);
    }

    // Opening a FIFO waits until another process writes it.
    [Theory]
    [Trait("Found", "R6")]
    [InlineData("mkfifo")]
    [InlineData("mkdir")]
    public void What_is_not_a_file_in_the_place_of_the_database_is_an_error(string make)
    {
        Open().Dispose();
        string file = Path.Combine(_folder.State, "files.db");
        File.Delete(file);
        Assert.True(Run(make, "-m", "700", file));
        Assert.Contains($"{file}: it is not a regular file", Assert.Throws<IOException>(Open).Message, StringComparison.Ordinal);
    }

    private static bool Run(string program, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0;
    }

    private Baseline Open() => Baseline.Open(_folder.State);
}
