using Streams.Engine;
using Streams.Events;
using Streams.Events.Input;
using Streams.Testing;
using Xunit;

namespace Streams.Queries.Tests;

/// <summary>The same input gives the same alerts, whatever the number of shards, the batches, and the ticks.</summary>
public sealed class DeterminismTests : IDisposable
{
    // The sample's host and four more that do the same a little later, so that several shards have something to do. Each then does what
    // the sample lacks (acts.log).
    private static readonly string[] Hosts = ["web-01", "web-02", "web-03", "web-04", "web-05"];

    private static readonly string[] Actions = ["updated", "initial_scan", "created", "attributes_modified", "deleted"];

    private readonly string _folder = Directory.CreateTempSubdirectory("streams-").FullName;
    private readonly IReadOnlyList<Event> _events;
    private readonly EngineOptions _options = new() { Learn = TimeSpan.FromHours(1) };

    public DeterminismTests()
    {
        string[] lines =
        [
            .. File.ReadLines(Path.Combine(Shipped.Folder("samples"), "audit.log.1")),
            .. File.ReadLines(Path.Combine(Shipped.Folder("samples"), "audit.log")),
        ];
        string[] acts = File.ReadAllLines(Path.Combine(Shipped.Folder("tests"), "Streams.Queries.Tests", "acts.log"));
        foreach (string host in Hosts)
        {
            File.WriteAllLines(
                PathOf(host),
                lines.Concat(acts).Select(line => line.Replace("node=web-01 ", $"node={host} ", StringComparison.Ordinal)));
        }

        IReadOnlyList<Event> audit = Shipped.Read([.. Hosts.Select(PathOf)]);
        _events = [.. audit.SelectMany(Beside)];
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    public static TheoryData<int, int, bool> Ways()
    {
        var ways = new TheoryData<int, int, bool>();
        foreach (int shards in (int[])[1, 2, 7])
            foreach (int batch in (int[])[1, 7, 10_000])
                foreach (bool dense in (bool[])[false, true])
                    ways.Add(shards, batch, dense);
        return ways;
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public void Alerts_are_the_same_byte_for_byte_however_the_input_is_cut(int shards, int batch, bool denseTicks)
    {
        string expected = Shipped.Lines(Shipped.Run([new Batch(_events.ToArray())], _options));
        Assert.All(Shipped.Queries, query => Assert.Contains($"\"{query.Name}\"", expected, StringComparison.Ordinal));

        string got = Shipped.Lines(Shipped.Run(Cut(_events, batch, denseTicks), _options with { Shards = shards }));

        Assert.Equal(expected, got);
    }

    [Fact]
    public void A_backlog_of_two_hours_gives_the_same_alerts_but_for_the_fleet_and_for_silence()
    {
        TimeSpan delay = TimeSpan.FromHours(2);
        Event[] backlog = [.. _events.OrderBy(e => e.Host == "web-02" ? e.Occurred + delay : e.Occurred)];
        QueryDefinition[] perHost =
            [.. Shipped.Queries.Where(q => q.Name is not ("host-silent" or "new-destination" or "new-process" or "new-listener"))];

        IReadOnlyList<Alert> inTime = Shipped.Run([new Batch(_events.ToArray())], _options, perHost);
        IReadOnlyList<Alert> late = Shipped.Run([new Batch(backlog)], _options, perHost);

        Assert.All(perHost, query => Assert.Contains(inTime, alert => alert.Query == query.Name));
        Assert.Equal(Ids(inTime), Ids(late));
    }

    private static HashSet<(string, int, AlertStatus)> Ids(IReadOnlyList<Alert> alerts) =>
        [.. alerts.Select(a => (a.Id, a.Revision, a.Status))];

    // What a live host tells beside its records, at the time of a record.
    private static IEnumerable<Event> Beside(Event audit, int place)
    {
        (string host, DateTimeOffset time, ulong serial) = (audit.Host, audit.Occurred, (ulong)place);
        yield return audit;
        if (place % 50 == 0) yield return new Heartbeat(host, FileChanges.Collector, time, serial);
        if (place % 70 == 0) yield return new Heartbeat(host, audit.Collector, time, serial);
        if (place % 100 == 0) yield return Collectors.Tells(host, time, serial, "clock-skewed");
        if (place % 90 == 0) yield return new Gap(host, audit.Collector, time, time, serial, place, "the queue was full");
        if (place % 110 == 0) yield return Collectors.Process(host, time, serial, place, "/usr/sbin/cron");
        if (place % 130 == 0)
            yield return FileChanges.Event(host, time, serial, "/etc/passwd", Actions[place / 130 % Actions.Length], user: "root");
        if (place % 150 == 0)
            yield return FileChanges.Event(host, time, serial, "/etc/ssh/sshd_config", executable: "/usr/bin/dpkg", packageManager: true);
        if (place % 170 == 0) yield return Collectors.Tells(host, time, serial, "audit-rule-missing", ("rule", "-w /etc/passwd -p wa"));
        if (place % 190 == 0)
            yield return Collectors.Tells(host, time, serial, "audit-setting-changed", ("setting", "rate_limit"), ("found", "100"));
        if (place % 210 == 0) yield return Collectors.Tells(host, time, serial, "clock-skewed");
        if (place % 230 == 0) yield return Collectors.Tells(host, time, serial, "sensor-down");
        if (place % 250 == 0) yield return Collectors.Tells(host, time, serial, "sensor-stopped");
    }

    // A tick may stand anywhere between what came before and what comes next.
    private static IEnumerable<InputRecord> Cut(IReadOnlyList<Event> events, int size, bool denseTicks)
    {
        DateTimeOffset clock = events[0].Occurred;
        for (int start = 0; start < events.Count; start += size)
        {
            Event[] batch = [.. events.Skip(start).Take(size)];
            DateTimeOffset next = batch[0].Occurred;
            if (next > clock)
            {
                int ticks = denseTicks ? 5 : start % 3 == 0 ? 1 : 0;
                for (int i = 1; i <= ticks; i++) yield return new Tick(clock + (next - clock) * i / (ticks + 1));
            }

            yield return new Batch(batch);
            DateTimeOffset newest = batch.Max(e => e.Occurred);
            if (newest > clock) clock = newest;
        }
    }

    private string PathOf(string host) => Path.Combine(_folder, host + ".log");
}
