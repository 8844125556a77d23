using Streams.Events;
using Streams.Files.Facts;
using Streams.Files.Watching;

namespace Streams.Files.Tests.Watching;

public sealed class FileCollectorTests : IDisposable
{
    private readonly Folder _folder = new();

    public static TheoryData<string> All => Backends.Names;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(All))]
    public void A_change_is_told_with_what_the_file_was_and_is(string backend)
    {
        string path = _folder.Write("a", "before");
        using Watcher watcher = Watcher.Over(_folder, backend);
        File.WriteAllText(path, "after, and longer");
        FileEvent updated = watcher.WaitForFile(path, "updated");
        Assert.Equal((6, 17), (updated.Before.Size, updated.After.Size));
        Assert.NotEqual(updated.Before.Sha256, updated.After.Sha256);
        File.SetUnixFileMode(path, UnixFileMode.UserRead);
        watcher.WaitFor(e => e is FileEvent { After.Mode: "0400" }, "the mode");
        File.Delete(path);
        Assert.Equal("0400", watcher.WaitForFile(path, "deleted").After.Mode);
        if (backend == "fanotify")
            Assert.Equal((Environment.ProcessId, Environment.ProcessPath), (updated.ProcessId, updated.ProcessExecutable));
        AssertBaselineIsDisk(watcher);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void A_rename_is_one_event_with_both_ends(string backend)
    {
        _folder.Write("a/1", "x");
        Directory.CreateDirectory(_folder.At("b"));
        using Watcher watcher = Watcher.Over(_folder, backend);
        File.Move(_folder.At("a/1"), _folder.At("b/2"));
        FileEvent moved = watcher.WaitForFile(_folder.At("b/2"), "moved");
        Assert.Equal(_folder.At("a/1"), moved.MovedFrom);
        Assert.DoesNotContain(AssertBaselineIsDisk(watcher), e => e.Actions.Contains("deleted") || e.Actions.Contains("created"));
    }

    [Theory]
    [MemberData(nameof(All))]
    public void What_an_editor_writes_anew_and_renames_over_the_file_is_an_update_of_it(string backend)
    {
        string path = _folder.Write("shadow", "before");
        using Watcher watcher = Watcher.Over(_folder, backend);
        File.Move(_folder.Write("shadow.tmp", "after!!"), path, overwrite: true);
        FileEvent updated = watcher.WaitForFile(path, "updated");
        Assert.Equal(path + ".tmp", updated.MovedFrom);
        Assert.Equal((6, 7), (updated.Before.Size, updated.After.Size));
        AssertBaselineIsDisk(watcher);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void What_comes_in_is_created_and_what_goes_out_is_deleted(string backend)
    {
        _folder.Write("in/file");
        _folder.Write("in/tree/deep/1");
        _folder.Write("out/tree2/deep/2");
        using Watcher watcher = Watcher.Over(_folder, backend, "in");
        Directory.Move(_folder.At("in/tree"), _folder.At("out/tree"));
        File.Move(_folder.At("in/file"), _folder.At("out/file"));
        Directory.Move(_folder.At("out/tree2"), _folder.At("in/tree2"));
        watcher.WaitForFile(_folder.At("in/tree/deep/1"), "deleted");
        watcher.WaitForFile(_folder.At("in/file"), "deleted");
        watcher.WaitForFile(_folder.At("in/tree2/deep/2"), "created");
        AssertBaselineIsDisk(watcher, "in");
    }

    [Theory]
    [MemberData(nameof(All))]
    public void What_is_in_a_folder_that_is_renamed_has_moved_and_is_watched_on(string backend)
    {
        _folder.Write("a/b/1");
        using Watcher watcher = Watcher.Over(_folder, backend);
        Directory.Move(_folder.At("a"), _folder.At("z"));
        Assert.Equal(_folder.At("a/b/1"), watcher.WaitForFile(_folder.At("z/b/1"), "moved").MovedFrom);
        _folder.Write("z/b/1", "more");
        watcher.WaitForFile(_folder.At("z/b/1"), "updated");
        _folder.Write("z/b/new");
        watcher.WaitForFile(_folder.At("z/b/new"), "created");
        AssertBaselineIsDisk(watcher);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void A_hard_link_and_a_link_that_is_swapped_are_told(string backend)
    {
        _folder.Write("one");
        _folder.Write("two");
        File.CreateSymbolicLink(_folder.At("link"), "one");
        using Watcher watcher = Watcher.Over(_folder, backend);
        File.CreateSymbolicLink(_folder.At("link.new"), "two");
        File.Move(_folder.At("link.new"), _folder.At("link"), overwrite: true);
        FileEvent swapped = watcher.WaitForFile(_folder.At("link"), "attributes_modified");
        Assert.Equal("two", swapped.Text("file.target_path"));
        AssertBaselineIsDisk(watcher);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void A_file_below_fifty_folders_that_are_made_at_once_is_told(string backend)
    {
        using Watcher watcher = Watcher.Over(_folder, backend);
        string path = _folder.Write(string.Join('/', Enumerable.Repeat("d", 50)) + "/file", "x");
        watcher.WaitForFile(path, "created");
        AssertBaselineIsDisk(watcher);
    }

    [Theory]
    [Trait("Found", "F3")]
    [MemberData(nameof(All))]
    public void The_counter_of_known_files_needs_no_scan(string backend)
    {
        using Watcher watcher = Watcher.Over(_folder, backend);
        long before = watcher.Counter("known");
        for (int i = 0; i < 20; i++) watcher.WaitForFile(_folder.Write($"new{i}"), "created");
        File.Delete(_folder.At("new0"));
        watcher.WaitForFile(_folder.At("new0"), "deleted");
        watcher.Stop();
        Assert.Equal((1, before + 19), (watcher.Counter("scans"), watcher.Counter("known")));
    }

    [Theory]
    [Trait("Found", "F1")]
    [MemberData(nameof(All))]
    public void After_a_restart_a_change_shows_the_names_of_now_and_what_changed(string backend)
    {
        Backends.Need(backend);
        FilesOptions options = Watcher.Options(_folder, backend);
        string path = _folder.Write("group", "same");
        var names = new FileSurroundings { UserName = id => $"user{id}", GroupName = id => $"group{id}" };
        using (var first = new Watcher(options, surroundings: names))
        {
            first.WaitForScans(1);
            first.Stop();
        }

        using var second = new Watcher(options, surroundings: names);
        second.WaitForScans(1);
        File.WriteAllText(_folder.At("group.new"), "same");
        File.Move(_folder.At("group.new"), path, overwrite: true);
        FileEvent change = second.WaitForFile(path, "attributes_modified");
        Assert.Equal((change.After.Owner, change.After.Group), (change.Before.Owner, change.Before.Group));
        Assert.StartsWith("user", change.Before.Owner, StringComparison.Ordinal);
        Assert.NotEqual(change.Before.Inode, change.After.Inode);
        Assert.Equal(["inode", "mtime"], change.Changed);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void A_path_that_appears_later_is_watched(string backend)
    {
        using Watcher watcher = Watcher.Over(_folder, backend, "not/yet/there");
        string path = _folder.Write("not/yet/there/file");
        watcher.WaitForFile(path, "created");
        _folder.Write("not/yet/there/file", "more");
        watcher.WaitForFile(path, "updated");
        Assert.DoesNotContain(watcher.Stop(), e => e.Path == _folder.At("not"));
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Where_a_configured_link_leads_is_watched_also_when_it_leads_elsewhere(string backend)
    {
        _folder.Write("one/a");
        _folder.Write("two/b", "before");
        Directory.CreateSymbolicLink(_folder.At("current"), _folder.At("one"));
        using Watcher watcher = Watcher.Over(_folder, backend, "current");
        watcher.WaitForFile(_folder.At("one/a"), "initial_scan");
        Directory.CreateSymbolicLink(_folder.At("next"), _folder.At("two"));
        Backends.Rename(_folder.At("next"), _folder.At("current"));
        watcher.WaitForFile(_folder.At("two/b"), "initial_scan");
        _folder.Write("two/b", "after");
        watcher.WaitForFile(_folder.At("two/b"), "updated");
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Ten_thousand_files_are_created_renamed_and_deleted_and_no_change_is_missed(string backend)
    {
        const int files = 10_000;
        using Watcher watcher = Watcher.Over(_folder, backend);
        Directory.CreateDirectory(_folder.At("storm"));
        watcher.WaitForFile(_folder.At("storm"), "created");
        for (int i = 0; i < files; i++) File.WriteAllText(_folder.At($"storm/{i}"), "x");
        for (int i = 0; i < files; i++) File.Move(_folder.At($"storm/{i}"), _folder.At($"storm/{i}.moved"));
        for (int i = 0; i < files; i += 2) File.Delete(_folder.At($"storm/{i}.moved"));
        watcher.WaitForFile(_folder.At($"storm/{files - 2}.moved"), "deleted");
        if (watcher.Counter("overflows") > 0) watcher.WaitForScans(2);
        IReadOnlyList<FileEvent> told = AssertBaselineIsDisk(watcher);
        if (watcher.Counter("overflows") > 0) return;
        string storm = _folder.At("storm/");
        Assert.Equal(files, told.Count(e => e.Actions.Contains("created") && e.Path.StartsWith(storm, StringComparison.Ordinal)));
        Assert.Equal(files, told.Count(e => e.Actions.Contains("moved")));

        // A file that was moved before it could be looked at is reported as created and deleted under its old name as well.
        Assert.Equal(
            files / 2, told.Count(e => e.Actions.Contains("deleted") && e.Path.EndsWith(".moved", StringComparison.Ordinal)));
    }

    [Theory]
    [MemberData(nameof(All))]
    public void When_the_queue_is_full_the_folders_are_named_and_looked_at_again_and_only_what_differs_is_read(string backend)
    {
        Backends.Need(backend);
        const int large = 1_000_000;
        _folder.Write("beside/it");
        _folder.Write("storm/old", "before");
        _folder.Write("storm/large", new string('x', large));
        using var go = new ManualResetEventSlim(initialState: true);
        using var watcher = new Watcher(
            Watcher.Options(_folder, backend), queueLimit: 64, onNext: () => go.Wait(TimeSpan.FromSeconds(30), CancellationToken.None));
        watcher.WaitForScans(1);
        long read = watcher.Counter("scan.bytes");
        Assert.InRange(read, large, 2 * large);
        go.Reset();
        for (int i = 0; i < 2_000; i++)
        {
            _folder.Write($"storm/{i}", $"{i}");
            _folder.Write("beside/it", $"{i}");
        }

        _folder.Write("storm/old", "after!!");
        _folder.Write("../beside", "what happens above is of no interest");
        go.Set();
        // The first gap may come when only one of them was missed.
        foreach (string folder in (string[])["storm", "beside"])
            watcher.WaitFor(e => e is Gap gap && gap.Cause.Contains(_folder.At(folder), StringComparison.Ordinal), $"a gap in {folder}");
        watcher.WaitForScans(2);
        watcher.WaitForFile(_folder.At("storm/1999"), "created");
        watcher.WaitForFile(_folder.At("storm/old"), "updated");
        Assert.True(watcher.Counter("rescans") > 0);
        Assert.InRange(watcher.Counter("scan.bytes") - read, 0, large - 1);
        AssertBaselineIsDisk(watcher);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void What_changed_while_it_was_not_running_is_told_once(string backend)
    {
        _folder.Write("changed", "before");
        _folder.Write("deleted");
        using (Watcher first = Watcher.Over(_folder, backend)) first.Stop();
        _folder.Write("changed", "after!");
        File.Delete(_folder.At("deleted"));
        _folder.Write("created");
        using Watcher second = Watcher.Over(_folder, backend);
        string[] told = [.. second.Stop().Where(e => e.Path != _folder.Tree).Select(Watcher.Text).Order(StringComparer.Ordinal)];
        Assert.Equal(
            [
                $"created {_folder.At("created")}", $"deleted {_folder.At("deleted")}",
                $"updated+attributes_modified {_folder.At("changed")}",
            ],
            told);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void File_systems_below_a_path_are_watched_also_when_they_are_mounted_later(string backend)
    {
        Directory.CreateDirectory(_folder.At("early"));
        Directory.CreateDirectory(_folder.At("later"));
        using IDisposable early = Backends.MountMemory(_folder.At("early"));
        using (Watcher watcher = Watcher.Over(_folder, backend))
        {
            watcher.WaitForFile(_folder.Write("early/1"), "created");
            using IDisposable later = Backends.MountMemory(_folder.At("later"));
            watcher.WaitForScans(2);
            watcher.WaitForFile(_folder.Write("later/1"), "created");
            watcher.Stop();
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void What_nobody_acknowledged_is_told_again_word_for_word_and_no_more_once_it_is(string backend)
    {
        Backends.Need(backend);
        FilesOptions options = Watcher.Options(_folder, backend);
        string path = _folder.Write("a", "before");
        FileEvent first;
        using (var unheard = new Watcher(options, isAcknowledged: true))
        {
            unheard.WaitForScans(1);
            File.Delete(path);
            first = unheard.WaitForFile(path, "deleted");
            unheard.Stop();
        }

        using (var heard = new Watcher(options, isAcknowledged: true))
        {
            FileEvent again = heard.WaitForFile(path, "deleted");
            Assert.True(first.Json.Span.SequenceEqual(again.Json.Span));
            Assert.Equal(first.Occurred, again.Occurred);
            heard.Collector.Acknowledge(long.MaxValue);
            heard.WaitForScans(1);
            heard.Stop();
        }

        using var third = new Watcher(options, isAcknowledged: true);
        third.WaitForScans(1);
        Assert.Empty(third.Stop());
    }

    [Fact]
    public void A_collector_that_cannot_watch_says_what_to_do()
    {
        var errors = new List<Exception>();
        var collector = new Streams.Files.Watching.FileCollector(
            new FilesOptions { Paths = [new WatchedPath("not/absolute")], StatePath = _folder.State }, TimeProvider.System);
        using var ended = new ManualResetEventSlim();
        using IDisposable subscription = collector.Subscribe(new Ending(errors, ended));
        Assert.True(ended.Wait(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken));
        Assert.Contains("absolute", Assert.Single(errors).Message, StringComparison.Ordinal);
    }

    // Stops the collector: what it knows then is what is there.
    private IReadOnlyList<FileEvent> AssertBaselineIsDisk(Watcher watcher, string below = "")
    {
        IReadOnlyList<FileEvent> told = watcher.Stop();
        string root = below.Length == 0 ? _folder.Tree : _folder.At(below);
        using Baseline baseline = Baseline.Open(_folder.State);
        using var reader = new FileFactsReader(["sha256"], 1 << 20);
        string[] disk = [root, .. Directory.EnumerateFileSystemEntries(root, "*", SearchOption.AllDirectories)];
        FileFacts[] known = [.. baseline.Below(root)];
        Assert.Equal(disk.Order(StringComparer.Ordinal), known.Select(facts => facts.Path).Order(StringComparer.Ordinal));
        Assert.All(known, facts => Assert.Equal(FileActions.None, Changes.Between(facts, reader.Read(facts.Path))));
        return told;
    }

    private sealed class Ending(List<Exception> errors, ManualResetEventSlim ended) : IObserver<ReadOnlyMemory<Event>>
    {
        public void OnNext(ReadOnlyMemory<Event> value)
        {
        }

        public void OnError(Exception error)
        {
            errors.Add(error);
            ended.Set();
        }

        public void OnCompleted() => ended.Set();
    }
}
