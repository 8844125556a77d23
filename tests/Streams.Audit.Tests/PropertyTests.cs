using System.Text;
using CsCheck;
using Streams.Testing;

namespace Streams.Audit.Tests;

public sealed class PropertyTests
{
    private static readonly int Iterations = Campaign.Cases(1000);
    private const string Title = "PROCTITLE proctitle=6C73";

    private static readonly Gen<string> Host = OneOf("", "node=a ", "node=b ");

    // An event of a host: what the kernel writes for a call, in its order.
    private static readonly Gen<(string Host, int Kind)> Event = Gen.Select(Host, Gen.Int[0, 5]);

    // Bytes without a line feed, among them pieces of lines.
    private static readonly Gen<byte[]> Garbage = Gen.OneOf(
        Gen.Byte.Array[0, 60],
        OneOf("type=", "type=SYSCALL msg=audit(1.000:", "node=", "node=a type=", "<14>1 ", "audit(", "msg=audit(1:1):",
                "type=X audit(1.1:1): '", "\0\0")
            .Array[0, 4].Select(parts => Encoding.UTF8.GetBytes(string.Concat(parts))))
        .Select(bytes => bytes.Where(b => b != '\n').ToArray());

    [Fact]
    public void Arbitrary_lines_throw_nothing_and_end() =>
        Garbage.Array[1, 4].Sample(
            parts =>
            {
                byte[] line = [.. parts.SelectMany(part => part)];
                var parser = new LineParser(line);
                int steps = 0;
                while (parser.Next(out LogRecord record) != LineOutcome.End)
                {
                    if (++steps > line.Length) return false;
                    if (record.Node.Length + record.Text.Length > line.Length) return false;
                }

                return true;
            },
            iter: Iterations);

    [Fact]
    public void No_good_line_is_lost_beside_a_bad_one() =>
        Gen.Select(Event.Array[1, 8], Garbage.Array[0, 8], Gen.Int).Sample(
            (events, garbage, seed) =>
            {
                List<string> good = [.. events.SelectMany((e, i) => Records(e, i))];
                List<byte[]> lines = [.. good.Select(Encoding.UTF8.GetBytes)];
                var random = new Random(seed);
                foreach (byte[] bad in garbage.Where(bad => !HoldsRecord(bad))) lines.Insert(random.Next(lines.Count + 1), bad);
                return Read(lines).SequenceEqual(Read([.. good.Select(Encoding.UTF8.GetBytes)]));
            },
            iter: Iterations);

    [Fact]
    public void Events_do_not_depend_on_how_the_input_is_cut() =>
        Gen.Select(Event.Array[1, 8], Garbage.Array[0, 4], Gen.Int[1, 64], Gen.Int[1, 200].Array[1, 20]).Sample(
            (events, garbage, size, cuts) =>
            {
                byte[] text = Join([.. events.SelectMany((e, i) => Records(e, i)).Select(Encoding.UTF8.GetBytes), .. garbage]);
                return Read(new Pieces(text, i => cuts[i % cuts.Length]), size).SequenceEqual(Read(new MemoryStream(text), 1 << 16));
            },
            iter: Iterations);

    [Fact]
    public void Events_that_interleave_are_the_same_set() =>
        Gen.Select(Event.Array[1, 8], Gen.Int).Sample(
            (events, seed) =>
            {
                List<Queue<string>> queues = [.. events.Select((e, i) => new Queue<string>(Records(e, i)))];
                List<byte[]> straight = [.. queues.SelectMany(queue => queue).Select(Encoding.UTF8.GetBytes)];
                var random = new Random(seed);
                var mixed = new List<byte[]>();
                while (queues.Count > 0)
                {
                    int i = random.Next(queues.Count);
                    mixed.Add(Encoding.UTF8.GetBytes(queues[i].Dequeue()));
                    if (queues[i].Count == 0) queues.RemoveAt(i);
                }

                return Read(mixed).Order(StringComparer.Ordinal).SequenceEqual(Read(straight).Order(StringComparer.Ordinal));
            },
            iter: Iterations);

    [Fact]
    public void Every_record_is_in_one_event_and_unfinished_ones_are_bounded() =>
        Gen.Select(
            Gen.Select(OneOf("SYSCALL", "PATH", "AVC", "PROCTITLE", "USER_AUTH", "EXECVE", "URINGOP"), Host, Gen.Int[0, 6], Gen.UInt[0, 5])
                .Array[0, 200],
            Gen.Int[1, 600])
            .Sample(
                (records, maxBytes) =>
                {
                    int taken = 0;
                    int held = 0;
                    var joiner = new RecordJoiner(
                        e =>
                        {
                            taken += e.RecordCount;
                            for (int i = 0; i < e.RecordCount; i++) held -= e.Record(i).Text.Length;
                        },
                        new JoinerOptions { MaxInFlight = 5, MaxBytes = maxBytes });
                    foreach ((string type, string host, int second, uint serial) in records)
                    {
                        string text = "arch=c000003e syscall=59 success=yes exit=0 items=2 argc=2";
                        held += text.Length;
                        Logs.Add(joiner, Logs.Line($"{host}{second * 1500}:{serial} {type} {text}"));
                        if (joiner.InFlight > 5 || held > maxBytes) return false;
                    }

                    joiner.Complete();
                    return taken == records.Length && held == 0 && joiner.InFlight == 0 && joiner.Records == records.Length;
                },
                iter: Iterations);

    private static Gen<string> OneOf(params string[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);

    private static IEnumerable<string> Records((string Host, int Kind) e, int i)
    {
        string stamp = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{i * 0.2:0.0}:{i}");
        string[] records = e.Kind switch
        {
            0 => ["SYSCALL arch=c000003e syscall=59 success=yes items=1", "EXECVE argc=1 a0=\"ls\"", "CWD cwd=\"/\"", "PATH item=0", Title],
            1 => ["SYSCALL arch=c000003e syscall=42 success=no exit=-115 items=0", "SOCKADDR saddr=0200", Title],
            2 => ["LOGIN pid=1", "SYSCALL arch=c000003e syscall=1 success=yes exit=5 items=0", Title],
            3 => ["USER_AUTH pid=1"],
            4 => ["AVC denied"],
            _ => ["NETFILTER_CFG table=filter", Title],
        };
        return records.Select(record => Logs.Line($"{e.Host}{stamp} {record}"));
    }

    private static bool HoldsRecord(byte[] line)
    {
        var parser = new LineParser(line);
        for (LineOutcome outcome; (outcome = parser.Next(out _)) != LineOutcome.End;)
        {
            if (outcome == LineOutcome.Record) return true;
        }

        return false;
    }

    private static byte[] Join(IEnumerable<byte[]> lines) => [.. lines.SelectMany(line => line.Append((byte)'\n'))];

    private static List<string> Read(IEnumerable<byte[]> lines) => Read(new MemoryStream(Join(lines)), 1 << 16);

    private static List<string> Read(Stream stream, int size)
    {
        var events = new List<string>();
        var joiner = new RecordJoiner(e => events.Add(Logs.Text(e)));
        using var splitter = new LineSplitter(stream, size);
        while (splitter.TryRead(out ReadOnlySpan<byte> line))
        {
            var parser = new LineParser(line);
            for (LineOutcome outcome; (outcome = parser.Next(out LogRecord record)) != LineOutcome.End;)
            {
                if (outcome == LineOutcome.Record) joiner.Add(record.Node, record.Type, record.Time, record.Serial, record.Text);
            }
        }

        joiner.Complete();
        return events;
    }
}
