namespace Streams.Files.Tests.Watching;

/// <summary>File systems that are unlike others, full, or moved about.</summary>
public sealed class OddPlacesTests : IDisposable
{
    private readonly Folder _folder = new();

    public static TheoryData<string> All => Backends.Names;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("auto")]
    [InlineData("inotify")]
    public void On_an_overlay_files_are_told_by_the_path_that_is_watched(string backend)
    {
        string merged = Directory.CreateDirectory(_folder.At("merged")).FullName;
        _folder.Write("../scratch/lower/below", "before");
        using IDisposable overlay = Backends.MountOverlay(merged, Path.GetFullPath(_folder.At("../scratch")));
        using (Watcher watcher = Watcher.Over(_folder, backend, "merged"))
        {
            watcher.WaitForFile(_folder.At("merged/below"), "initial_scan");
            _folder.Write("merged/below", "after!!");
            watcher.WaitForFile(_folder.At("merged/below"), "updated");
            watcher.WaitForFile(_folder.Write("merged/new/above"), "created");
            File.Delete(_folder.At("merged/below"));
            watcher.WaitForFile(_folder.At("merged/below"), "deleted");
            watcher.Stop();
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void A_watched_folder_that_is_renamed_away_and_back_is_watched_on(string backend)
    {
        _folder.Write("watched/deep/file", "x");
        using Watcher watcher = Watcher.Over(_folder, backend, "watched");
        Directory.Move(_folder.At("watched"), _folder.At("away"));
        watcher.WaitForFile(_folder.At("watched/deep/file"), "deleted");
        Directory.Move(_folder.At("away"), _folder.At("watched"));
        watcher.WaitForFile(_folder.At("watched/deep/file"), "created");
        _folder.Write("watched/deep/file", "more");
        watcher.WaitForFile(_folder.At("watched/deep/file"), "updated");
        Assert.DoesNotContain(watcher.Stop(), e => e.Path.StartsWith(_folder.At("away"), StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Where_a_link_leads_may_be_moved_away_and_back(string backend)
    {
        _folder.Write("target/file", "x");
        Directory.CreateSymbolicLink(_folder.At("link"), _folder.At("target"));
        using Watcher watcher = Watcher.Over(_folder, backend, "link");
        watcher.WaitForFile(_folder.At("target/file"), "initial_scan");
        Directory.Move(_folder.At("target"), _folder.At("away"));
        watcher.WaitForFile(_folder.At("target/file"), "deleted");
        Directory.Move(_folder.At("away"), _folder.At("target"));
        watcher.WaitForFile(_folder.At("target/file"), "created");
        _folder.Write("target/file", "more");
        watcher.WaitForFile(_folder.At("target/file"), "updated");
    }

    [Theory]
    [MemberData(nameof(All))]
    public void When_the_disk_of_the_baseline_is_full_changes_are_told_all_the_same_and_again_when_it_has_room(string backend)
    {
        const int files = 2_000;
        Backends.Need(backend);
        Directory.CreateDirectory(_folder.State);
        using IDisposable disk = Backends.MountMemory(_folder.State, "size=16m,mode=0700");
        using (Watcher watcher = Watcher.Over(_folder, backend))
        {
            Fill(_folder.State);
            for (int i = 0; i < files; i++) _folder.Write($"{i}", "x");
            for (int i = 0; i < files; i++) watcher.WaitForFile(_folder.At($"{i}"), "created");
            watcher.Stop();
        }

        File.Delete(Path.Combine(_folder.State, "ballast"));
        using (Watcher again = Watcher.Over(_folder, backend))
            Assert.InRange(again.Stop().Count(e => e.Actions.Contains("created")), 1, files);
        using Watcher third = Watcher.Over(_folder, backend);
        Assert.Empty(third.Stop());
    }

    [Fact]
    public void A_baseline_that_has_no_room_at_all_is_said_with_what_to_do()
    {
        Directory.CreateDirectory(_folder.State);
        using IDisposable disk = Backends.MountMemory(_folder.State, "size=64k,mode=0700");
        Fill(_folder.State);
        var error = Assert.Throws<IOException>(() => Baseline.Open(_folder.State));
        Assert.Contains("check that it may be written and that its disk has room", error.Message, StringComparison.Ordinal);
    }

    private static void Fill(string folder)
    {
        using FileStream ballast = File.Create(Path.Combine(folder, "ballast"), bufferSize: 0);
        byte[] page = new byte[4096];
        try
        {
            while (true) ballast.Write(page);
        }
        catch (IOException)
        {
            // No space left on device.
        }
    }
}
