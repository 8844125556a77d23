using Streams.Files.Facts;

namespace Streams.Files.Tests;

/// <summary>A scan tells what differs from the baseline, each difference once.</summary>
public sealed class ScanTests : IDisposable
{
    private readonly Folder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_first_scan_takes_everything_for_granted()
    {
        _folder.Write("a");
        _folder.Write("deep/er/b");
        Assert.Equal(["initial_scan /", "initial_scan a", "initial_scan deep", "initial_scan deep/er", "initial_scan deep/er/b"], Scan());
        Assert.Empty(Scan());
    }

    [Fact]
    public void Without_recursion_only_what_is_directly_in_the_folder_is_looked_at()
    {
        _folder.Write("a");
        _folder.Write("deep/b");
        Assert.Equal(["initial_scan /", "initial_scan a", "initial_scan deep"], Scan(recursive: false));
    }

    [Fact]
    public void Each_difference_is_told_once()
    {
        foreach (string name in (string[])["changed", "deleted", "gone/with/folder", "mode", "same"]) _folder.Write(name, "before");
        Scan();
        _folder.Write("changed", "after!");
        _folder.Write("created", "new");
        File.Delete(_folder.At("deleted"));
        Directory.Delete(_folder.At("gone"), recursive: true);
        File.SetUnixFileMode(_folder.At("mode"), UnixFileMode.UserRead);
        string[] found = [.. Scan().Where(f => !f.EndsWith(" /", StringComparison.Ordinal))];
        Assert.Equal(
            [
                "attributes_modified mode", "created created", "deleted deleted", "deleted gone", "deleted gone/with",
                "deleted gone/with/folder", "updated+attributes_modified changed",
            ],
            found.Order(StringComparer.Ordinal));
        Assert.Empty(Scan());
    }

    [Fact]
    public void A_scan_that_was_cut_short_goes_on_and_tells_what_changed_meanwhile()
    {
        for (int i = 0; i < 40; i++)
        {
            for (int j = 0; j < 20; j++) _folder.Write($"{i:00}/{j:00}", "before");
        }

        var first = new List<string>();
        using (var stop = new CancellationTokenSource())
        {
            Assert.Throws<OperationCanceledException>(() => Scan(first, stop.Token, found =>
            {
                if (found.After?.Path == _folder.At("25/10")) stop.Cancel();
            }));
        }

        Assert.InRange(first.Count, 1, 830);
        _folder.Write("00/00", "after, in a folder that was done");
        File.Delete(_folder.At("00/01"));
        var second = new List<string>();
        // More than half was done.
        Assert.InRange(Scan(second, CancellationToken.None), 1, 400 * "before".Length);
        Assert.Contains("updated+attributes_modified 00/00", second);
        Assert.Contains("deleted 00/01", second);
        string[] initial = [.. first.Concat(second).Where(f => f.StartsWith("initial_scan", StringComparison.Ordinal)).Distinct()];
        Assert.Equal(1 + 40 + 800, initial.Length);
        Assert.DoesNotContain(second, f => f.StartsWith("created", StringComparison.Ordinal));
        Assert.Empty(Scan());
    }

    [Fact]
    public void A_glance_finds_what_differs_and_reads_nothing_else()
    {
        foreach (string name in (string[])["same", "deep/same", "changed", "deleted"]) _folder.Write(name, "before");
        Scan();
        DateTime written = File.GetLastWriteTimeUtc(_folder.At("changed"));
        _folder.Write("changed", "after!");
        File.SetLastWriteTimeUtc(_folder.At("changed"), written);
        _folder.Write("deep/created", "new");
        File.Delete(_folder.At("deleted"));
        var found = new List<string>();
        using (Baseline baseline = Baseline.Open(_folder.State))
        {
            Scan scan = Over(baseline);
            scan.Glance(_folder.Tree, _ => true, _ => true, finding => found.Add(Text(finding)), CancellationToken.None);
            Assert.Equal("after!new".Length, scan.Bytes);
        }

        // Folders change with what is in them.
        found.RemoveAll(f => f.Split(' ')[1] is "/" or "deep");
        Assert.Equal(["created deep/created", "deleted deleted", "updated changed"], found.Order(StringComparer.Ordinal));
        Assert.Empty(Scan());
    }

    [Fact]
    public void A_scan_that_is_under_way_says_so()
    {
        for (int i = 0; i < 1000; i++) _folder.Write($"{i % 10}/{i}");
        int said = 0;
        using Baseline baseline = Baseline.Open(_folder.State);
        Scan scan = new(
            new FilesOptions { ScanRatePerSecond = 0 }, () => new FileFactsReader(["sha256"], 1 << 20), baseline, TimeProvider.System)
        {
            Progressed = () => said++,
        };
        scan.Run(_folder.Tree, recursive: true, _ => true, _ => { }, CancellationToken.None);
        Assert.InRange(said, 1, 10);
    }

    [Fact]
    public void A_file_that_is_gone_is_told_as_it_was_told_last()
    {
        foreach (string name in (string[])["a", "b"]) _folder.Write(name, "before");
        Scan();
        foreach (string name in (string[])["a", "b"]) File.Delete(_folder.At(name));

        // While the scan tells of a, b turns out to have been changed before it went.
        using Baseline baseline = Baseline.Open(_folder.State);
        FileFacts last = baseline.Get(_folder.At("b"))! with { Size = 4711 };
        var gone = new List<FileFacts>();
        Over(baseline).Run(
            _folder.Tree,
            recursive: true,
            _ => true,
            finding =>
            {
                if (finding.Actions == FileActions.Deleted) gone.Add(finding.Before!);
                if (gone.Count == 1) baseline.Put(last);
            },
            CancellationToken.None);
        Assert.Equal([_folder.At("a"), _folder.At("b")], gone.Select(facts => facts.Path));
        Assert.Equal(last.Size, gone[1].Size);
    }

    [Fact]
    public void What_was_not_committed_when_the_process_was_killed_is_told_again()
    {
        _folder.Write("a", "before");
        Scan();
        _folder.Write("a", "after!");
        string killed = Path.Combine(_folder.State, "killed");
        using (Baseline baseline = Baseline.Open(_folder.State))
        {
            using var reader = new FileFactsReader(["sha256"], 1 << 20);
            baseline.Put(reader.Read(_folder.At("a"))!);
            // What a kill at this moment leaves on disk.
            Directory.CreateDirectory(killed, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            foreach (string file in Directory.GetFiles(_folder.State)) File.Copy(file, Path.Combine(killed, Path.GetFileName(file)));
        }

        Assert.Contains("updated+attributes_modified a", Scan(state: killed));
        Assert.Empty(Scan(state: killed));
    }

    [Fact]
    public void Names_with_anything_in_them_are_found()
    {
        foreach (string name in (string[])["new\nline", "tab\there", "ünï\u202Ecode", "quote'\"", "%s*?[x]"]) _folder.Write(name);
        Assert.Equal(6, Scan().Count);
        Assert.Empty(Scan());
    }

    [Fact]
    public void A_link_is_told_as_a_link_and_not_followed()
    {
        Directory.CreateDirectory(_folder.At("real"));
        _folder.Write("real/a");
        File.CreateSymbolicLink(_folder.At("link"), _folder.At("real"));
        File.CreateSymbolicLink(_folder.At("loop"), _folder.At("loop"));
        List<string> found = Scan();
        Assert.Contains("initial_scan link", found);
        Assert.Contains("initial_scan loop", found);
        Assert.DoesNotContain("initial_scan link/a", found);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void Any_number_of_threads_finds_the_same(int threads)
    {
        for (int i = 0; i < 500; i++) _folder.Write($"{i % 7}/{i}", $"{i}");
        Assert.Equal(1 + 7 + 500, Scan(threads: threads).Count);
        Assert.Empty(Scan(threads: threads));
    }

    private List<string> Scan(bool recursive = true, int threads = 1, string? state = null)
    {
        var found = new List<string>();
        Scan(found, CancellationToken.None, recursive: recursive, threads: threads, state: state);
        return found;
    }

    // Returns how many bytes of files it has read.
    private long Scan(
        List<string> into, CancellationToken cancellation, Action<ScanFinding>? found = null, bool recursive = true, int threads = 1,
        string? state = null)
    {
        using Baseline baseline = Baseline.Open(state ?? _folder.State);
        Scan scan = Over(baseline, threads);
        scan.Run(
            _folder.Tree,
            recursive,
            _ => true,
            finding =>
            {
                into.Add(Text(finding));
                found?.Invoke(finding);
            },
            cancellation);
        return scan.Bytes;
    }

    private static Scan Over(Baseline baseline, int threads = 1) => new(
        new FilesOptions { ScanRatePerSecond = 0, ScanThreads = threads }, () => new FileFactsReader(["sha256"], 1 << 20), baseline,
        TimeProvider.System);

    private string Text(ScanFinding finding)
    {
        string path = (finding.After ?? finding.Before)!.Path;
        return $"{string.Join('+', Changes.Names(finding.Actions))} {(path == _folder.Tree ? "/" : path[(_folder.Tree.Length + 1)..])}";
    }
}
