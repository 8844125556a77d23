using System.Text;
using Streams.Events;
using Streams.Events.Tables;

namespace Streams.Audit.Tests;

/// <summary>Logs in, events out, as one line of text an event.</summary>
internal static class Logs
{
    public static readonly string Fixtures = Path.Combine(AppContext.BaseDirectory, "fixtures");

    /// <summary>
    /// A line of an audit log: <c>"node=a 10.5:7 SYSCALL arch=…"</c> is a SYSCALL record of host a, second 10.5 after
    /// <see cref="Start"/>, serial 7.
    /// </summary>
    public static string Line(string record)
    {
        int node = record.StartsWith("node=", StringComparison.Ordinal) ? record.IndexOf(' ', StringComparison.Ordinal) + 1 : 0;
        string[] parts = record[node..].Split(' ', 3);
        string[] stamp = parts[0].Split(':');
        decimal seconds = Start + decimal.Parse(stamp[0], System.Globalization.CultureInfo.InvariantCulture);
        return string.Create(System.Globalization.CultureInfo.InvariantCulture,
            $"{record[..node]}type={parts[1]} msg=audit({seconds:F3}:{stamp[1]}): {(parts.Length > 2 ? parts[2] : "")}");
    }

    public const long Start = 1_700_000_000;

    /// <summary>Joins lines as <see cref="Line"/> takes them, and ends.</summary>
    public static List<string> Join(params string[] records) => Join(new JoinerOptions(), records);

    public static List<string> Join(JoinerOptions options, params string[] records)
    {
        var events = new List<string>();
        var joiner = new RecordJoiner(e => events.Add(Text(e)), options);
        foreach (string record in records) Add(joiner, Line(record));
        joiner.Complete();
        return events;
    }

    public static void Add(RecordJoiner joiner, string line)
    {
        var parser = new LineParser(Encoding.UTF8.GetBytes(line));
        Assert.Equal(LineOutcome.Record, parser.Next(out LogRecord record));
        joiner.Add(record.Node, record.Type, record.Time, record.Serial, record.Text);
    }

    /// <summary><c>host second:serial TYPE TYPE [missing] late</c>, seconds since <see cref="Start"/>.</summary>
    public static string Text(AuditEvent e)
    {
        decimal seconds = e.Occurred.ToUnixTimeMilliseconds() / 1000m - Start;
        string host = e.Host == "localhost" ? "" : e.Host + " ";
        return string.Create(System.Globalization.CultureInfo.InvariantCulture,
            $"{host}{seconds:0.###}:{e.Serial} {Types(e)}{(e.Missing is null ? "" : $" [{e.Missing}]")}{(e.IsLate ? " late" : "")}");
    }

    public static string Types(AuditEvent e) =>
        string.Join(' ', Enumerable.Range(0, e.RecordCount).Select(i => RecordTypes.Name(e.Record(i).Type)));

    public static (List<AuditEvent> Events, LogStatistics Statistics) Read(params string[] paths) => Read(new LogOptions(), paths);

    public static (List<AuditEvent> Events, LogStatistics Statistics) Read(LogOptions options, params string[] paths)
    {
        var reader = new AuditLogReader(paths, options);
        var events = new List<AuditEvent>();
        reader.Read(batch =>
        {
            Assert.InRange(batch.Length, 1, 512);
            foreach (Event e in batch.Span) events.Add((AuditEvent)e);
        });
        return (events, reader.Statistics);
    }
}

/// <summary>A folder of a test's own.</summary>
internal sealed class Folder : IDisposable
{
    private readonly string _path = Directory.CreateTempSubdirectory("streams-audit-").FullName;

    public override string ToString() => _path;

    public string Write(string name, string text) => Write(name, Encoding.UTF8.GetBytes(text));

    public string Write(string name, byte[] bytes)
    {
        string path = Path.Combine(_path, name);
        File.WriteAllBytes(path, bytes);
        return path;
    }

    public void Dispose() => Directory.Delete(_path, recursive: true);
}
