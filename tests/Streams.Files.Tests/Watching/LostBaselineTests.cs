using Microsoft.Data.Sqlite;

namespace Streams.Files.Tests.Watching;

/// <summary>A baseline that somebody breaks while the collector works with it.</summary>
public sealed class LostBaselineTests : IDisposable
{
    private readonly Folder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("overwritten")]
    [InlineData("cut off")]
    public void A_baseline_that_cannot_be_read_any_more_ends_the_collector_with_what_to_do_and_the_next_begins_anew(string how)
    {
        string path = _folder.Write("a", "before");
        using (Watcher watcher = Watcher.Over(_folder, "inotify"))
        {
            Break(how);
            _folder.Write("a", "after!!");
            var failed = Assert.Throws<InvalidOperationException>(() => watcher.WaitForFile(path, "updated"));
            string reason = Assert.IsType<IOException>(failed.InnerException).Message;
            Assert.StartsWith($"the baseline in {_folder.State} cannot be read", reason, StringComparison.Ordinal);
            Assert.EndsWith("move files.db aside", reason, StringComparison.Ordinal);
        }

        using Watcher next = Watcher.Over(_folder, "inotify");
        next.WaitForFile(path, "initial_scan");
        _folder.Write("a", "more");
        next.WaitForFile(path, "updated");
    }

    private void Break(string how)
    {
        string file = Path.Combine(_folder.State, "files.db");
        using (var other = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = file, Pooling = false }.ToString()))
        {
            other.Open();
            // A change by another connection makes SQLite drop the pages that it holds, and with an empty log it reads the file again.
            foreach (string text in (string[])["PRAGMA user_version = 1", "PRAGMA wal_checkpoint(TRUNCATE)"])
            {
                using SqliteCommand command = other.CreateCommand();
                command.CommandText = text;
                command.ExecuteNonQuery();
            }
        }

        using FileStream database = File.OpenWrite(file);
        if (how == "cut off") database.SetLength(0);
        else database.Write(new byte[database.Length]);
    }
}
