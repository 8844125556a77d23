using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Streams.Audit;
using Streams.Audit.Netlink;
using Streams.Audit.Processes;
using Streams.Engine;
using Streams.Events;
using Streams.Events.Input;
using Streams.Events.Tables;
using Streams.Host.Output;
using Streams.Testing;
using Xunit;

namespace Streams.Queries.Tests.WholePath;

/// <summary>
/// Hostile events through everything: datagram or line, event, every field, document, all shipped queries, alert. Nothing is thrown, no
/// event is lost, no query fails, all that is written is JSON or safe for a terminal, and an execution afterwards still raises its alert.
/// </summary>
[Trait("Found", "C1")]
public sealed class WholePathTests
{
    // Enough for states to fill and for caps to be met, few enough to search a failure by hand.
    private const int EventsEach = 2_000;

    private const long Start = 1_790_000_000_000;

    private static readonly Lazy<IReadOnlyList<HostileRecord[]>> Real = new(ReadReal);

    [Fact]
    public void Nothing_that_comes_by_the_kernel_fails_or_blinds() => Search(FromKernel);

    [Fact]
    public void Nothing_that_comes_by_a_log_fails_or_blinds() => Search(FromLog);

    private static void Search(Action<Random, Path> search)
    {
        long events = 0;
        Parallel.For(0, Campaign.Cases(6, 1_600), new ParallelOptions { MaxDegreeOfParallelism = 2 }, i =>
        {
            int seed = Campaign.FirstSeed + i;
            using var path = new Path();
            try
            {
                search(new Random(seed), path);
                path.Finish();
            }
            catch (Exception error)
            {
                throw new InvalidOperationException($"STREAMS_TEST_SEED={seed}, event {path.Events}: {error.Message}", error);
            }

            Report(Interlocked.Add(ref events, path.Events), path.Events);
        });
        TestContext.Current.TestOutputHelper?.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{events:N0} events"));
    }

    // A long run shows how far it is.
    private static void Report(long all, long added)
    {
        const long each = 1_000_000;
        if (all / each > (all - added) / each)
            TestContext.Current.TestOutputHelper?.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{all:N0} events so far"));
    }

    private static void FromKernel(Random random, Path path)
    {
        var table = new ProcessTable(new KnownProcesses(), null, new ProcessTableOptions { MaxProcesses = 300, OwnPid = 77_777_777 });
        var options = new AuditOptions { Host = "web-01", MaxInFlight = random.Next(2) == 0 ? 8 : 1024 };
        var decoder = new RecordDecoder(options, table, new OwnChanges(TimeProvider.System), batch => path.Admit(batch));
        long records = 0, clock = 0;
        using var block = new RecordBlock();
        foreach ((long time, uint serial, HostileRecord record) in Stream(random))
        {
            byte[] text = [.. Stamp(time, serial), .. record.Text];
            while (!block.TryAdd((ushort)record.Type, isMulticast: false, text)) Decode();
            if (IsKept(record.Type)) records++;
            if (random.Next(50) == 0) Decode();
        }

        Decode();
        decoder.Complete();
        decoder.Flush();
        Assert.Empty(decoder.Faults.Take(0, all: true));
        Assert.Equal(records, path.Records + decoder.Malformed);

        void Decode()
        {
            decoder.Decode(block, Start);
            block.Clear();
            decoder.Advance(clock += 100, Start);
            decoder.Flush();
        }
    }

    private static void FromLog(Random random, Path path)
    {
        string folder = Directory.CreateTempSubdirectory("whole-path-").FullName;
        try
        {
            string file = System.IO.Path.Combine(folder, "audit.log");
            long records = 0;
            using (var log = new BufferedStream(File.Create(file)))
            {
                foreach ((long time, uint serial, HostileRecord record) in Stream(random))
                {
                    if (random.Next(4) == 0) log.Write("node=web-01 "u8);
                    log.Write(Encoding.UTF8.GetBytes($"type={record.Name} msg="));
                    log.Write(Stamp(time, serial));
                    log.Write(record.Text);
                    log.Write("\n"u8);
                    if (IsKept(record.Type)) records++;
                }
            }

            var reader = new AuditLogReader([file], new LogOptions { Host = "web-01" });
            reader.ReadInput(path.Admit);
            Assert.Empty(reader.Statistics.Faults.Take(0, all: true));
            Assert.InRange(path.Records + reader.Statistics.BadLines.Sum(bad => bad.Count), records, long.MaxValue);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    // Events begin in the order of their time, and their records come in between each other's.
    private static IEnumerable<(long Time, uint Serial, HostileRecord Record)> Stream(Random random)
    {
        var hostile = new HostileEvents(random, Real.Value);
        var open = new List<(long Time, uint Serial, Queue<HostileRecord> Left)>();
        int together = random.Next(3) switch { 0 => 1, 1 => 12, _ => 1500 };
        long time = Start;
        uint serial = (uint)random.Next(100_000);
        for (int begun = 0; begun < EventsEach || open.Count > 0;)
        {
            if (begun < EventsEach && open.Count < together)
            {
                List<HostileRecord> records = random.Next(1500) == 0 ? hostile.Large() : hostile.Next();
                if (records.Count == 0) continue;
                begun++;
                time += random.Next(40);
                serial = random.Next(60) == 0 ? serial - (uint)random.Next(20) : serial + 1;
                long stamp = random.Next(400) == 0 ? time + (long)(random.NextDouble() * 8e7 - 4e7) : time;
                open.Add((Math.Max(0, stamp), serial, new Queue<HostileRecord>(records)));
            }

            int at = together == 1 ? 0 : random.Next(open.Count);
            (long eventTime, uint eventSerial, Queue<HostileRecord> left) = open[at];
            yield return (eventTime, eventSerial, left.Dequeue());
            if (left.Count > 0) continue;
            open[at] = open[^1];
            open.RemoveAt(open.Count - 1);
        }
    }

    private static byte[] Stamp(long time, uint serial) => Encoding.UTF8.GetBytes(string.Create(
        CultureInfo.InvariantCulture, $"audit({time / 1000}.{time % 1000:000}:{serial}): "));

    // The end of an event is not kept, and what a collector knows of a process is not of the kernel.
    private static bool IsKept(int type) => type is >= 1100 and < 3000 and not (1320 or 1329);

    private static IReadOnlyList<HostileRecord[]> ReadReal()
    {
        string[] logs =
        [
            System.IO.Path.Combine(Shipped.Folder("samples"), "audit.log"),
            System.IO.Path.Combine(Shipped.Folder("tests"), "Streams.Queries.Tests", "acts.log"),
        ];
        return
        [
            .. Shipped.Read(logs).OfType<AuditEvent>().Select(e => Enumerable.Range(0, e.RecordCount).Select(i => Record(e, i)).ToArray()),
        ];
    }

    private static HostileRecord Record(AuditEvent e, int index)
    {
        AuditRecord record = e.Record(index);
        return new HostileRecord((int)record.Type, RecordTypes.Name(record.Type), record.Text.ToArray());
    }

    /// <summary>What is behind the collector.</summary>
    private sealed class Path : IDisposable
    {
        private readonly List<string> _notices = [];
        private readonly List<Alert> _alerts = [];
        private readonly ArrayBufferWriter<byte> _json = new();
        private readonly QueryEngine _engine;

        public Path() => _engine = new QueryEngine(
            new EngineOptions { Learn = TimeSpan.Zero, Notices = n => _notices.Add($"{n.Query}: {n.Exception}") }, Shipped.Queries, _alerts.Add);

        public long Events { get; private set; }

        public long Records { get; private set; }

        public void Admit(ReadOnlyMemory<Event> batch) => Admit(new Batch(batch));

        public void Admit(Batch batch)
        {
            foreach (Event e in batch.Events.Span) Look(e);
            _engine.Admit(batch);
            foreach (Alert alert in _alerts) Look(alert);
            _alerts.Clear();
        }

        /// <summary>Whether it still sees: an execution in a folder that every user may write raises its alert.</summary>
        public void Finish()
        {
            Event last = Testing.Audit.Execve("witness", "2027-01-02T03:04:05.678Z", 1, "/tmp/witness", ["/tmp/witness"]);
            _engine.Admit(new Batch(new[] { last }));
            Assert.Contains(_alerts, alert => alert is { Query: "writable-folder-exec", Host: "witness" });
            Assert.Empty(_notices);
            Assert.All(_engine.Statistics.Faulty, cause => Assert.Equal(0, cause.Value));
        }

        public void Dispose() => _engine.Dispose();

        private void Look(Event e)
        {
            Events++;
            if (e is AuditEvent audit)
            {
                for (int i = 0; i < audit.RecordCount; i++) Records += IsKept((int)audit.RecordTypeAt(i)) ? 1 : 0;
                _ = (audit.Process.Args, audit.Process.Ancestors, audit.Process.CommandLine, audit.Process.Pid, audit.Source, audit.Destination,
                    audit.Socket, audit.User.EffectiveId, audit.File.Path, audit.Tags, audit.Succeeded, audit.Type, audit.SyscallId,
                    audit.Data("a0"));
            }

            _json.ResetWrittenCount();
            e.WriteDocument(_json, original: true);
            foreach (string name in Leaves(_json.WrittenMemory)) Assert.True(name == "event.original" || !e[Field.Of(name)].IsMissing, name);
            NoFault(e);
        }

        private void Look(Alert alert)
        {
            _json.ResetWrittenCount();
            AlertDocument.Write(alert, _json);
            _ = Leaves(_json.WrittenMemory);
            string block = AlertBlock.Render(alert, colour: false, width: 100);
            Assert.DoesNotContain(block, c => char.IsControl(c) && c != '\n');
            foreach (Event shown in alert.Evidence) NoFault(shown);
        }

        // What the collector failed at is taken already, and counted there.
        private static void NoFault(Event e)
        {
            if (e.TakeFault(out Exception? error) is not EventFault.None and var fault) throw new InvalidOperationException($"{fault}", error);
        }

        // Reads all of it, so that what is not JSON or not UTF-8 fails.
        private static HashSet<string> Leaves(ReadOnlyMemory<byte> json)
        {
            using JsonDocument document = JsonDocument.Parse(json, new JsonDocumentOptions { AllowDuplicateProperties = false });
            var names = new HashSet<string>(StringComparer.Ordinal);
            Walk(document.RootElement, "", names);
            return names;
        }

        private static void Walk(JsonElement element, string name, HashSet<string> names)
        {
            switch (element.ValueKind)
            {
                case JsonValueKind.Object:
                    foreach (JsonProperty member in element.EnumerateObject())
                        Walk(member.Value, name.Length == 0 ? member.Name : $"{name}.{member.Name}", names);
                    break;
                case JsonValueKind.Array:
                    foreach (JsonElement item in element.EnumerateArray()) Walk(item, name, names);
                    break;
                default:
                    _ = element.ToString();
                    names.Add(name);
                    break;
            }
        }
    }
}
