using Streams.Files.Watching;

namespace Streams.Files.Tests.Watching;

public class WatchTests
{
    public static TheoryData<string> All => Backends.Names;

    [Theory]
    [MemberData(nameof(All))]
    public void A_file_is_made_written_and_removed(string backend)
    {
        using var folder = new TemporaryFolder();
        List<Notice> notices = Watch(backend, folder.Path, () =>
        {
            File.WriteAllText(folder["a"], "text");
            File.SetUnixFileMode(folder["a"], UnixFileMode.UserRead);
            File.Delete(folder["a"]);
        });
        Happened all = notices.Where(notice => notice.Path == folder["a"]).Aggregate(Happened.None, (sum, notice) => sum | notice.What);
        Assert.Equal(Happened.Created | Happened.Written | Happened.Closed | Happened.Attributes | Happened.Deleted, all);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Both_ends_of_a_move_are_joined(string backend)
    {
        using var folder = new TemporaryFolder();
        folder.Write("a/1");
        folder.Folder("b");
        List<Notice> notices = Watch(backend, folder.Path, () => File.Move(folder["a/1"], folder["b/2"]));
        Notice moved = Assert.Single(notices, notice => notice.What == Happened.Moved);
        Assert.Equal((folder["a/1"], folder["b/2"]), (moved.From, moved.Path));
    }

    [Theory]
    [MemberData(nameof(All))]
    public void What_leaves_is_deleted_and_what_comes_is_created(string backend)
    {
        using var folder = new TemporaryFolder();
        string inside = folder.Folder("in");
        string outside = folder.Folder("out");
        folder.Write("in/leaves");
        folder.Write("out/comes");
        folder.Write("out/tree/below");
        List<Notice> notices = Watch(backend, inside, () =>
        {
            File.Move(inside + "/leaves", outside + "/left");
            File.Move(outside + "/comes", inside + "/came");
            Directory.Move(outside + "/tree", inside + "/tree");
        });
        Assert.Contains(notices, notice => notice.Path == inside + "/leaves" && notice.What == Happened.Deleted);
        Assert.Contains(notices, notice => notice.Path == inside + "/came" && notice.What == Happened.Created);
        Assert.Contains(notices, notice => notice.Path == inside + "/tree" && notice.What == (Happened.Created | Happened.Unlisted));
        Assert.DoesNotContain(notices, notice => notice.Path.StartsWith(outside, StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(All))]
    public void A_file_below_fifty_new_folders_is_seen(string backend)
    {
        using var folder = new TemporaryFolder();
        string deep = string.Join('/', Enumerable.Repeat("d", 50));
        List<Notice> notices = Watch(backend, folder.Path, () => folder.Write(deep + "/file"));
        Assert.Contains(notices, notice => notice.Path == folder[deep + "/file"]);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void After_folders_are_renamed_paths_are_right(string backend)
    {
        using var folder = new TemporaryFolder();
        folder.Write("a/b/c/1");
        List<Notice> notices = Watch(backend, folder.Path, () =>
        {
            File.AppendAllText(folder["a/b/c/1"], "more");
            Directory.Move(folder["a"], folder["x"]);
            File.WriteAllText(folder["x/b/c/2"], "");
            Directory.Move(folder["x/b"], folder["y"]);
            File.WriteAllText(folder["y/c/3"], "");
        });
        Assert.Contains(notices, notice => notice.Path == folder["y/c/3"]);
        Assert.Contains(notices, notice => notice.What == Happened.Moved && notice.IsFolder && notice.Path == folder["y"]);
    }

    [Fact]
    public void Fanotify_names_the_process()
    {
        using var folder = new TemporaryFolder();
        List<Notice> notices = Watch("fanotify", folder.Path, () => File.WriteAllText(folder["a"], ""));
        FileActor? by = notices.First(notice => notice.Path == folder["a"]).By;
        Assert.NotNull(by);
        Assert.Equal(Environment.ProcessId, by.Pid);
        Assert.Equal(Environment.ProcessPath, by.Executable);
        Assert.NotEmpty(by.Ancestors!);
        Assert.Equal(0u, by.User);
    }

    [Fact]
    public void What_this_process_changes_is_not_told_when_it_is_ignored()
    {
        using var folder = new TemporaryFolder();
        Assert.Empty(Watch("fanotify", folder.Path, () => File.WriteAllText(folder["a"], ""), Environment.ProcessId));
    }

    [Theory]
    [MemberData(nameof(All))]
    public void A_full_queue_of_the_kernel_is_said(string backend)
    {
        using var folder = new TemporaryFolder();
        List<Notice> notices = Watch(backend, folder.Path, () => Fill(folder), hasLimit: true);
        Assert.Contains(notices, notice => notice.What == Happened.Overflow);
    }

    [Fact]
    public void Folders_of_which_a_full_queue_kept_the_notice_are_watched_where_they_are_now()
    {
        using var folder = new TemporaryFolder();
        string top = folder.Folder("top");
        folder.Folder("top/a/b");
        folder.Folder("top/leaves");
        using IFileWatch watch = Backends.Watch("inotify", top);
        var notices = new List<Notice>();
        Fill(folder, "top/");
        folder.Folder("top/new");
        Directory.Move(folder["top/a"], folder["top/z"]);
        Directory.Move(folder["top/leaves"], folder["left"]);
        watch.Stop();
        watch.Run(notices.Add, error => Assert.Fail(error.ToString()));
        notices.Clear();
        foreach (string path in (string[])["top/new/1", "top/z/b/2", "left/3"]) folder.Write(path);
        watch.Run(notices.Add, error => Assert.Fail(error.ToString()));
        IEnumerable<string> made = notices.Where(notice => (notice.What & Happened.Created) != 0).Select(notice => notice.Path);
        Assert.Equal([folder["top/new/1"], folder["top/z/b/2"]], made);
        Assert.All(notices, notice => Assert.DoesNotContain("left", notice.Path, StringComparison.Ordinal));
    }

    [Fact]
    public void The_table_of_mounts_is_read()
    {
        MountTable table = MountTable.Parse(
        [
            "27 1 254:0 / / rw,relatime - ext4 /dev/vda rw",
            @"30 27 0:25 / /mnt/a\040b rw shared:1 master:2 - tmpfs none rw",
            "31 30 0:26 / /mnt/a\\040b/c rw - xfs /dev/vdb rw",
        ]);
        Assert.Equal("ext4", table.Of("/mnt/a").Type);
        Assert.Equal("tmpfs", table.Of("/mnt/a b/x").Type);
        Assert.Equal(["/mnt/a b", "/mnt/a b/c"], table.Below("/mnt").Select(mount => mount.Point));
    }

    // The kernel's limit is 16,384 notices, of which fanotify joins those of one file.
    private static void Fill(TemporaryFolder folder, string below = "")
    {
        for (int i = 0; i < 8_500; i++)
        {
            File.WriteAllText(folder[$"{below}{i}"], "");
            File.Delete(folder[$"{below}{i}"]);
        }
    }

    // Everything is done before the first notice is read, and Stop lets what is there be read: no waiting.
    private static List<Notice> Watch(string backend, string folder, Action change, int ignoredPid = 0, bool hasLimit = false)
    {
        using IFileWatch watch = Backends.Watch(backend, folder, ignoredPid, hasLimit);
        var notices = new List<Notice>();
        change();
        watch.Stop();
        watch.Run(notices.Add, error => Assert.Fail(error.ToString()));
        return notices;
    }
}
