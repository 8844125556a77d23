using Microsoft.Data.Sqlite;
using Streams.Events;
using Streams.Files.Facts;
using Streams.Files.Watching;
using Streams.Testing;

namespace Streams.Files.Tests.Watching;

/// <summary>What Streams fails at with one path costs that path its facts; the collector and the other paths continue.</summary>
[Trait("Found", "C1")]
public sealed class FileFaultTests : IDisposable
{
    private readonly Folder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Backends.Names), MemberType = typeof(Backends))]
    public void A_change_at_which_something_fails_is_reported_and_marked(string backend)
    {
        Backends.Need(backend);
        var surroundings = new FileSurroundings { Package = (_, facts) => Fails(facts) ? throw new InvalidOperationException("odd") : null };
        using var watcher = new Watcher(Watcher.Options(_folder, backend), surroundings: surroundings);
        watcher.WaitForScans(1);
        string odd = _folder.Write("odd", "1"), good = _folder.Write("good", "1");

        FileEvent faulty = watcher.WaitForFile(odd, "created");
        Assert.Equal("read", faulty.Text("streams.fault"));
        Assert.Null(watcher.WaitForFile(good, "created").Text("streams.fault"));
        var gap = (Gap)watcher.WaitFor(e => e is Gap, "a gap")!;
        Assert.Equal((Gap.Faulty, EventFault.Read, "h", "files"), (gap.Cause, gap.FailedAt, gap.Host, gap.Collector));
        Assert.True(gap.Records > 0);
        Assert.Equal(watcher.Files.Count(file => file.Text("streams.fault") is not null), watcher.Counter("faulty.read"));
    }

    [Fact]
    public void A_path_at_which_a_scan_fails_is_reported_and_found_again_by_the_next()
    {
        string odd = _folder.Write("odd", "1"), good = _folder.Write("z", "1");
        bool isBroken = true;
        string? Name(uint id) => isBroken && id == 0 ? throw new FormatException("odd") : "name";
        FilesOptions options = Watcher.Options(_folder, "inotify");
        using (var watcher = new Watcher(options, surroundings: new FileSurroundings { UserName = Name }))
        {
            watcher.WaitForScans(1);
            Assert.Equal("read", watcher.WaitForFile(odd, "updated").Text("streams.fault"));
            Assert.Equal("read", watcher.WaitForFile(good, "updated").Text("streams.fault"));
        }

        isBroken = false;
        using var next = new Watcher(options, surroundings: new FileSurroundings { UserName = Name });
        Assert.Null(next.WaitForFile(odd, "created").Text("streams.fault") ?? next.WaitForFile(good, "created").Text("streams.fault"));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("{\"t\":0}")]
    [InlineData("[]")]
    [InlineData("")]
    [InlineData("{\"t\":\"x\",\"i\":-1}")]
    public void A_row_of_the_baseline_that_cannot_be_read_costs_its_own_path(string row)
    {
        string damaged = _folder.Write("a", "1"), good = _folder.Write("b", "1");
        using (Watcher.Over(_folder, "inotify"))
        {
        }

        Damage(damaged, row);
        _folder.Write("b", "22");
        using Watcher watcher = Watcher.Over(_folder, "inotify");
        watcher.WaitForFile(good, "updated");
        Assert.Contains(watcher.Files, file => file.Path == damaged);
        Assert.NotEqual(0, watcher.Counter("faulty.read"));
        _folder.Write("a", "333");
        Assert.Null(watcher.WaitForFile(damaged, "updated").Text("streams.fault"));
    }

    [Fact]
    public void A_time_that_cannot_be_in_a_row_of_kept_events_costs_nothing_else()
    {
        string path = _folder.Write("a", "1");
        using (Watcher.Over(_folder, "inotify"))
        {
        }

        Execute("INSERT INTO events VALUES (1000000, 9223372036854775807, x'7b7d')", []);
        using Watcher watcher = Watcher.Over(_folder, "inotify");
        _folder.Write("a", "22");
        watcher.WaitForFile(path, "updated");
    }

    [Fact]
    public async Task The_collector_keeps_to_the_grammar_of_observables()
    {
        var grammar = new GrammarObserver<ReadOnlyMemory<Event>>();
        using var beat = new ManualResetEventSlim();
        grammar.Next = _ => beat.Set();
        var collector = new FileCollector(Watcher.Options(_folder, "inotify"), TimeProvider.System);
        using (collector.Subscribe(grammar)) Assert.True(beat.Wait(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken));
        grammar.Disposed();
        Assert.Null(await grammar.Ended);
        Assert.Empty(grammar.Breaches);
    }

    [Fact]
    public void A_subscriber_that_throws_does_not_end_the_collector()
    {
        int thrown = 0;
        using var watcher = new Watcher(Watcher.Options(_folder, "inotify"), onNext: () =>
        {
            if (Interlocked.Increment(ref thrown) == 1) throw new InvalidOperationException("odd");
        });
        watcher.WaitForScans(1);
        string path = _folder.Write("a", "1");
        watcher.WaitForFile(path, "created");
        Assert.Equal(1, watcher.Counter("faulty.deliver") + watcher.Counter("faulty.read"));
    }

    private static bool Fails(FileFacts facts) => Path.GetFileName(facts.Path) == "odd";

    private void Damage(string path, string row) =>
        Execute("UPDATE files SET facts = $facts WHERE path = $path", [("$facts", System.Text.Encoding.UTF8.GetBytes(row)), ("$path", PathText.ToBytes(path))]);

    private void Execute(string text, (string Name, byte[] Value)[] parameters)
    {
        string file = Path.Combine(_folder.State, "files.db");
        using var database = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = file, Pooling = false }.ToString());
        database.Open();
        using SqliteCommand command = database.CreateCommand();
        command.CommandText = text;
        foreach ((string name, byte[] value) in parameters) command.Parameters.AddWithValue(name, value);
        Assert.Equal(1, command.ExecuteNonQuery());
    }
}
