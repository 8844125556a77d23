using System.Buffers;
using System.Text;
using CsCheck;
using Streams.Events;
using Streams.Events.Input;
using Streams.Testing;

namespace Streams.Journal.Tests;

/// <summary>Entries of the input for tests, of every kind.</summary>
internal static class Inputs
{
    private static readonly DateTimeOffset Day = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    public static Gen<InputRecord> Any { get; } = Gen.Frequency(
        (6, Gen.Select(
            AnyEvent.Array[0, 5],
            AnyTime,
            Gen.Bool,
            Gen.Bool,
            (events, time, isLog, isOwn) => (InputRecord)new Batch(events, isLog ? null : time)
            {
                IsOwn = isOwn,
                Latest = isLog ? time : null,
            })),
        (2, AnyTime.Select(time => (InputRecord)new Tick(time))),
        (1, Gen.Select(Gen.String, Gen.Enum<ControlAction>(), (query, action) => (InputRecord)new Control(query, action))));

    /// <summary>A few entries, the same each time.</summary>
    public static IReadOnlyList<InputRecord> Sample { get; } =
    [
        new Tick(Day),
        new Batch(new Event[] { Audit.Of("type=LOGIN pid=7 uid=0 res=1"), new Heartbeat("web-1", "audit", Day, 1) }, Day),
        new Control("host-silent", ControlAction.Quarantine),
        new Batch(new Event[] { new Gap("web-1", "audit", Day, Day.AddSeconds(1), 2, 5, "queue full") }, Day.AddSeconds(1)),
        new Tick(Day.AddSeconds(2)),
        new Tick(Day.AddSeconds(3)),
    ];

    private static Gen<DateTimeOffset> AnyTime => Gen.Long[0, TimeSpan.TicksPerDay].Select(ticks => Day.AddTicks(ticks));

    private static Gen<Event> AnyEvent => Gen.Select(
        Gen.String[1, 8],
        AnyTime,
        Gen.ULong,
        Gen.Int[0, 7],
        Gen.String,
        (host, time, serial, kind, text) => (Event)(kind switch
        {
            0 => Audit.Event(
                host,
                time,
                serial,
                "type=SYSCALL arch=c000003e syscall=42 success=no exit=-115 pid=7 ppid=1",
                "type=PROCTITLE proctitle=6E63"),
            1 => AuditEvent.FromDocument(Json("""{"@timestamp":"2026-01-02T03:04:05.678Z","auditd":{"sequence":7}}"""), "beats", host),
            2 => new FileEvent(host, "files", time, serial, Json("""{"file":{"path":"/etc/passwd"},"event":{"action":["updated"]}}""")),
            3 => new ProcessSnapshot(host, "audit", time, serial, Json("""{"process":{"pid":1}}""")),
            4 => new Document(host, "audit", time, serial, Json("""{"event":{"action":"audit-rule-missing"}}""")),
            5 => new Heartbeat(host, "audit", time, serial, [new("records", 5), new("lost.kernel", serial > 5 ? 7 : 0)]),
            6 => new Gap(host, "audit", time.AddSeconds(-1), time, serial, 12, text),
            _ => new Outage(host, time.AddHours(-1), time, serial, serial % 2 == 0 ? Outage.Process : "audit"),
        }));

    /// <summary>Everything that two entries must share, as text.</summary>
    public static string Describe(InputRecord record) => record switch
    {
        Batch batch => $"batch {batch.Admitted?.UtcTicks} {batch.IsOwn} {batch.Latest?.UtcTicks} {string.Join(' ', batch.Events.ToArray().Select(Describe))}",
        _ => record.ToString(),
    };

    private static string Describe(Event e)
    {
        var document = new ArrayBufferWriter<byte>();
        e.WriteDocument(document, original: true);
        string own = e is AuditEvent audit ? $"{audit.RecordTypeBits:X} {audit.Missing} {audit.IsLate} {audit.RecordCount}" : "";
        return $"{e.Kind} {e.Id} {e.Collector} {own} {Encoding.UTF8.GetString(document.WrittenSpan)}";
    }

    private static byte[] Json(string text) => Encoding.UTF8.GetBytes(text);
}
