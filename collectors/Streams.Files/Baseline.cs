using Microsoft.Data.Sqlite;
using Streams.Events;
using Streams.Files.Facts;

namespace Streams.Files;

/// <summary>
/// What is known of the files: a database of SQLite, <c>files.db</c> in the state folder, its owner's alone. What was written since the
/// last <see cref="Commit"/> is lost when the process is killed, and found again by the next scan. Not safe for several threads.
/// </summary>
/// <remarks>
/// A database that is damaged is moved aside and begun anew: the scan that follows takes what it finds for granted, as the first one does.
/// When it cannot be written (the disk is full), the error is kept in <see cref="Failure"/>, and what changed stays unknown to it: it is
/// told again by the next scan.
/// </remarks>
public sealed class Baseline : IDisposable
{
    private const string Schema =
        """
        CREATE TABLE IF NOT EXISTS files (path BLOB PRIMARY KEY, seen INTEGER NOT NULL, facts BLOB NOT NULL) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS scans (root BLOB PRIMARY KEY, number INTEGER NOT NULL, position BLOB) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS events (number INTEGER PRIMARY KEY, occurred INTEGER NOT NULL, document BLOB NOT NULL);
        """;

    private readonly SqliteConnection _database;
    private readonly SqliteCommand _begin;
    private readonly SqliteCommand _commit;
    private readonly SqliteCommand _get;
    private readonly SqliteCommand _change;
    private readonly SqliteCommand _add;
    private readonly SqliteCommand _delete;
    private readonly SqliteCommand _keepEvent;
    private readonly SqliteCommand _forgetEvents;
    private int _uncommitted;
    private long _count;

    private Baseline(SqliteConnection database)
    {
        _database = database;
        _begin = Command("BEGIN");
        _commit = Command("COMMIT");
        _get = Command("SELECT facts FROM files WHERE path = $path", "$path");
        _change = Command("UPDATE files SET seen = $seen, facts = $facts WHERE path = $path", "$seen", "$facts", "$path");
        _add = Command("INSERT INTO files (seen, facts, path) VALUES ($seen, $facts, $path)", "$seen", "$facts", "$path");
        _delete = Command("DELETE FROM files WHERE path = $path", "$path");
        _keepEvent = Command(
            "INSERT INTO events (number, occurred, document) VALUES ($number, $occurred, $document)", "$number", "$occurred", "$document");
        _forgetEvents = Command("DELETE FROM events WHERE number <= $number", "$number");
        ReadCount();
    }

    /// <summary>Why the last changes were not written; null when they were.</summary>
    public string? Failure { get; private set; }

    /// <summary>What the operator should know of how it was opened; null for nothing.</summary>
    public string? Notice { get; private init; }

    /// <summary>Called before what was written is committed: puts what is to be told of it beside it.</summary>
    internal Action? Committing { get; set; }

    /// <summary>
    /// Takes a path of which what is known cannot be read, and what was thrown; the path then counts as one of which nothing but itself is
    /// known. Null: it is thrown.
    /// </summary>
    internal Action<string, Exception>? Unreadable { get; set; }

    /// <summary>How many files are known; from any thread.</summary>
    public long Count => Volatile.Read(ref _count);

    /// <summary>Opens the baseline, or begins one.</summary>
    /// <param name="folder">The state folder; made when it is not there, for its owner alone.</param>
    /// <exception cref="IOException">It cannot be opened, or the folder is not to be trusted; the message says what to do.</exception>
    public static Baseline Open(string folder)
    {
        const UnixFileMode owner = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        try
        {
            Directory.CreateDirectory(folder, owner);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new IOException(
                $"{folder}: {FailureText.Of(e)}; name a folder that may be written with \"state\": {{ \"path\": … }}", e);
        }

        string file = Path.Combine(folder, "files.db");
        CheckTrust(folder);
        if (FileFactsReader.Exists(file) && CheckTrust(file) != FileType.File)
            throw new IOException($"{file}: it is not a regular file; move it away");
        try
        {
            return OpenOrBegin(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or SqliteException)
        {
            throw new IOException(
                $"{file}: {FailureText.Of(e)}; check that it may be written and that its disk has room, or name another folder with "
                    + "\"state\": { \"path\": … }",
                e);
        }
    }

    /// <summary>What is known of a path; null for nothing.</summary>
    public FileFacts? Get(string path)
    {
        _get.Parameters[0].Value = PathText.ToBytes(path);
        return _get.ExecuteScalar() is { } facts ? Read(path, facts) : null;
    }

    /// <summary>Keeps what is there now, in place of what was known.</summary>
    /// <param name="facts">The file.</param>
    /// <param name="scan">The number of the scan that saw it; 0 for none.</param>
    public void Put(FileFacts facts, long scan = 0)
    {
        byte[] path = PathText.ToBytes(facts.Path), written = FactsCodec.Write(facts);
        if (Execute(Set(_change, scan, written, path)) == 0 && Execute(Set(_add, scan, written, path)) > 0) Add(1);
    }

    /// <summary>Forgets a path.</summary>
    public void Delete(string path)
    {
        if (Execute(Set(_delete, PathText.ToBytes(path))) > 0) Add(-1);
    }

    /// <summary>Everything that is known below a folder, the folder itself included, in the order of the paths.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="notSeenBy">Only what this scan has not seen; null for all.</param>
    public IReadOnlyList<FileFacts> Below(string folder, long? notSeenBy = null)
    {
        (byte[] from, byte[] to) = Bounds(folder);
        using SqliteCommand below = Command(
            """
            SELECT path, facts FROM files
            WHERE (path = $folder OR (path >= $from AND path < $to)) AND ($scan IS NULL OR seen <> $scan) ORDER BY path
            """,
            "$folder", "$from", "$to", "$scan");
        below.Parameters[0].Value = PathText.ToBytes(folder);
        below.Parameters[1].Value = from;
        below.Parameters[2].Value = to;
        below.Parameters[3].Value = (object?)notSeenBy ?? DBNull.Value;
        var found = new List<FileFacts>();
        using SqliteDataReader rows = below.ExecuteReader();
        while (rows.Read()) found.Add(Read(PathText.FromBytes(rows.GetFieldValue<byte[]>(0)), rows.GetValue(1)));
        return found;
    }

    /// <summary>
    /// How far the scan of a path has come: its number, and the last folder that is done; null for a path that was never scanned.
    /// </summary>
    internal (long Number, string? Position)? ScanOf(string root)
    {
        using SqliteCommand scan = Command("SELECT number, position FROM scans WHERE root = $root", "$root");
        scan.Parameters[0].Value = PathText.ToBytes(root);
        using SqliteDataReader row = scan.ExecuteReader();
        return row.Read() ? (row.GetInt64(0), row.IsDBNull(1) ? null : PathText.FromBytes(row.GetFieldValue<byte[]>(1))) : null;
    }

    /// <summary>The paths that were ever scanned.</summary>
    internal IReadOnlyList<string> ScannedRoots()
    {
        using SqliteCommand scans = Command("SELECT root FROM scans ORDER BY root");
        using SqliteDataReader rows = scans.ExecuteReader();
        var roots = new List<string>();
        while (rows.Read()) roots.Add(PathText.FromBytes(rows.GetFieldValue<byte[]>(0)));
        return roots;
    }

    /// <summary>Keeps how far the scan of a path has come; no position when it is at its end.</summary>
    internal void KeepScan(string root, long number, string? position)
    {
        using SqliteCommand keep = Command(
            "INSERT OR REPLACE INTO scans (root, number, position) VALUES ($root, $number, $position)", "$root", "$number", "$position");
        keep.Parameters[0].Value = PathText.ToBytes(root);
        keep.Parameters[1].Value = number;
        keep.Parameters[2].Value = position is null ? DBNull.Value : PathText.ToBytes(position);
        Execute(keep);
    }

    /// <summary>Keeps an event until it has arrived.</summary>
    internal void KeepEvent(long number, DateTimeOffset occurred, ReadOnlyMemory<byte> document)
    {
        _keepEvent.Parameters[0].Value = number;
        _keepEvent.Parameters[1].Value = occurred.UtcTicks;
        _keepEvent.Parameters[2].Value = document.ToArray();
        Execute(_keepEvent);
    }

    /// <summary>Forgets events up to a number: they have arrived.</summary>
    internal void ForgetEvents(long number)
    {
        _forgetEvents.Parameters[0].Value = number;
        Execute(_forgetEvents);
    }

    /// <summary>The events that are kept, in order.</summary>
    internal IReadOnlyList<(long Number, DateTimeOffset Occurred, byte[] Document)> Events()
    {
        using SqliteCommand all = Command("SELECT number, occurred, document FROM events ORDER BY number");
        using SqliteDataReader rows = all.ExecuteReader();
        var events = new List<(long Number, DateTimeOffset Occurred, byte[] Document)>();
        while (rows.Read())
            events.Add((rows.GetInt64(0), Time(rows.GetInt64(1)), rows.GetFieldValue<byte[]>(2)));
        return events;
    }

    /// <summary>Makes what was written safe from the end of this process.</summary>
    public void Commit()
    {
        if (_uncommitted == 0) return;
        Committing?.Invoke();
        _uncommitted = 0;
        try
        {
            _commit.ExecuteNonQuery();
            Failure = null;
        }
        catch (SqliteException e)
        {
            Fail(e);
            RollBack();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Commit();
        _begin.Dispose();
        _commit.Dispose();
        _get.Dispose();
        _change.Dispose();
        _add.Dispose();
        _delete.Dispose();
        _keepEvent.Dispose();
        _forgetEvents.Dispose();
        _database.Dispose();
    }

    // A damaged row has any number.
    private static DateTimeOffset Time(long ticks) =>
        new(Math.Clamp(ticks, DateTimeOffset.UnixEpoch.Ticks, DateTimeOffset.MaxValue.Ticks), TimeSpan.Zero);

    private FileFacts Read(string path, object facts)
    {
        try
        {
            return FactsCodec.Read(path, (byte[])facts);
        }
        catch (Exception error) when (Unreadable is not null && EventFaults.IsContained(error))
        {
            Unreadable(path, error);
            return new FileFacts { Path = path };
        }
    }

    // Who may write them can hide what was changed.
    private static FileType CheckTrust(string path)
    {
        const int writableByOthers = 0x12;
        using var reader = new FileFactsReader([], 0);
        FileFacts facts = reader.Read(path) ?? throw new IOException($"{path} is gone");
        string? reason = facts.Type == FileType.Symlink ? "it is a symbolic link" : facts.Error;
        if (reason is not null)
            throw new IOException($"{path}: {reason}; name the folder itself with \"state\": {{ \"path\": … }}");
        if ((facts.Mode & writableByOthers) != 0)
            throw new IOException($"{path}: others may write it, and so could hide what was changed: chmod go-w {path}");
        uint user = Libc.EffectiveUser();
        if (facts.Uid != 0 && facts.Uid != user) throw new IOException($"{path}: it belongs to user {facts.Uid}: chown {user} {path}");
        return facts.Type;
    }

    // A folder's content are the paths from "folder/" up to, not including, "folder0": '0' follows '/'.
    private static (byte[] From, byte[] To) Bounds(string folder)
    {
        string stem = folder.TrimEnd('/');
        return (PathText.ToBytes($"{stem}/"), PathText.ToBytes($"{stem}0"));
    }

    private static Baseline OpenOrBegin(string file)
    {
        try
        {
            return new Baseline(Connect(file));
        }
        catch (SqliteException e) when (e.SqliteErrorCode is Corrupt or NotADatabase)
        {
            string aside = $"{file}.damaged";
            File.Move(file, aside, overwrite: true);
            foreach (string beside in (string[])["-wal", "-shm"]) File.Delete(file + beside);
            return new Baseline(Connect(file))
            {
                Notice = $"{file} is damaged ({e.Message}) and was moved to {aside}; what changed before is not told",
            };
        }
    }

    private static SqliteConnection Connect(string file)
    {
        using (new FileStream(file, new FileStreamOptions
        {
            Mode = FileMode.OpenOrCreate,
            Access = FileAccess.ReadWrite,
            Share = FileShare.ReadWrite,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        }))
        {
            // Made before SQLite makes it with the umask's mode; its journals take the mode of the database.
        }

        var database = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = file, Pooling = false }.ToString());
        try
        {
            database.Open();
            // WAL with NORMAL survives the end of this process; that of the machine costs the last commits at most (sqlite.org/wal.html).
            string[] texts =
            [
                "PRAGMA journal_mode = WAL", "PRAGMA synchronous = NORMAL", "PRAGMA cache_size = -4096", Schema, "PRAGMA quick_check(1)",
            ];
            foreach (string text in texts)
            {
                using SqliteCommand command = database.CreateCommand();
                command.CommandText = text;
                if (command.ExecuteScalar() is string answer && text.Contains("quick_check", StringComparison.Ordinal) && answer != "ok")
                    throw new SqliteException(answer, Corrupt);
            }

            return database;
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }

    private SqliteCommand Command(string text, params ReadOnlySpan<string> parameters)
    {
        SqliteCommand command = _database.CreateCommand();
        command.CommandText = text;
        foreach (string parameter in parameters) command.Parameters.AddWithValue(parameter, DBNull.Value);
        return command;
    }

    private static SqliteCommand Set(SqliteCommand command, params ReadOnlySpan<object> values)
    {
        for (int i = 0; i < values.Length; i++) command.Parameters[i].Value = values[i];
        return command;
    }

    // How many rows it has changed; below 0 when it has failed.
    private int Execute(SqliteCommand command)
    {
        try
        {
            if (_uncommitted == 0) _begin.ExecuteNonQuery();
            _uncommitted++;
            return command.ExecuteNonQuery();
        }
        catch (SqliteException e)
        {
            Fail(e);
            RollBack();
            _uncommitted = 0;
            return -1;
        }
    }

    private void Add(int files) => Volatile.Write(ref _count, _count + files);

    // Counting anew reads the whole table, so it is done only where the changes since are not known.
    private void ReadCount()
    {
        using SqliteCommand count = Command("SELECT count(*) FROM files");
        Volatile.Write(ref _count, (long)count.ExecuteScalar()!);
    }

    private void RollBack()
    {
        try
        {
            using SqliteCommand rollBack = Command("ROLLBACK");
            rollBack.ExecuteNonQuery();
        }
        catch (SqliteException)
        {
            // Some failures have rolled it back already (sqlite.org/lang_transaction.html).
        }

        try
        {
            ReadCount();
        }
        catch (SqliteException)
        {
            // What cannot be read now is counted after the next failure, or by the next start.
        }
    }

    private void Fail(SqliteException e) => Failure = $"{_database.DataSource}: {e.Message}";

    private const int Corrupt = 11;
    private const int NotADatabase = 26;
}
