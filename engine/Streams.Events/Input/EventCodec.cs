using System.Buffers;
using MessagePack;

namespace Streams.Events.Input;

/// <summary>
/// Events as MessagePack: an array of kind, host, collector, occurred (ticks of 100 ns, UTC), serial, and what the kind has beside these.
/// </summary>
internal static class EventCodec
{
    private const int CommonFields = 5;

    public static void Write(ref MessagePackWriter writer, Event e)
    {
        switch (e)
        {
            case AuditEvent { IsDocument: true } audit:
                Begin(ref writer, Form.AuditDocument, e, 1);
                writer.Write(audit.Json.Span);
                break;
            case AuditEvent audit:
                Begin(ref writer, Form.Audit, e, audit.KnownFault == EventFault.None ? 4 : 5);
                writer.Write(audit.RecordCount);
                writer.Write(audit.Buffer);
                writer.Write(audit.Missing);
                writer.Write(audit.IsLate);
                if (audit.KnownFault != EventFault.None) writer.Write((byte)audit.KnownFault);
                break;
            case FileEvent file:
                Begin(ref writer, Form.File, e, 1);
                writer.Write(file.Json.Span);
                break;
            case ProcessSnapshot process:
                Begin(ref writer, Form.ProcessSnapshot, e, 1);
                writer.Write(process.Json.Span);
                break;
            case Document document:
                Begin(ref writer, Form.Document, e, 1);
                writer.Write(document.Json.Span);
                break;
            case Heartbeat heartbeat:
                Begin(ref writer, Form.Heartbeat, e, 1);
                writer.WriteMapHeader(heartbeat.Counters.Count);
                foreach ((string name, long value) in heartbeat.Counters)
                {
                    writer.Write(name);
                    writer.Write(value);
                }

                break;
            case Gap gap:
                Begin(ref writer, Form.Gap, e, gap.IsKept ? 4 : 3);
                writer.Write(gap.From.UtcTicks);
                writer.Write(gap.Records);
                writer.Write(gap.Cause);
                if (gap.IsKept) writer.Write((byte)gap.FailedAt);
                break;
            case Outage outage:
                Begin(ref writer, Form.Outage, e, 1);
                writer.Write(outage.From.UtcTicks);
                break;
            default:
                throw new ArgumentException($"{e.GetType().Name} has no binary form.", nameof(e));
        }
    }

    /// <summary>Reads an event; null for one of a kind that a later version has written.</summary>
    /// <param name="reader">Where from.</param>
    /// <param name="known">Gives the one string for a name that many events share.</param>
    public static Event? Read(ref MessagePackReader reader, Func<string, string> known)
    {
        int length = reader.ReadArrayHeader();
        if (length < CommonFields) throw new FormatException("An event is too short.");
        var form = (Form)reader.ReadByte();
        string host = known(Text(ref reader));
        string collector = known(Text(ref reader));
        DateTimeOffset occurred = Time(reader.ReadInt64());
        ulong serial = reader.ReadUInt64();
        int left = length - CommonFields;
        Event? e = null;
        switch (form)
        {
            case Form.Audit when left >= 4:
                int count = reader.ReadInt32();
                byte[] records = Bytes(ref reader);
                string? missing = reader.ReadString();
                bool isLate = reader.ReadBoolean();
                left -= 4;
                e = AuditEvent.FromLayout(host, collector, occurred, serial, records, count, missing, isLate, Fault(ref reader, ref left));
                break;
            case Form.AuditDocument when left >= 1:
                e = AuditEvent.FromDocument(Bytes(ref reader), collector, host);
                left--;
                break;
            case Form.File when left >= 1:
                e = new FileEvent(host, collector, occurred, serial, Bytes(ref reader));
                left--;
                break;
            case Form.ProcessSnapshot when left >= 1:
                e = new ProcessSnapshot(host, collector, occurred, serial, Bytes(ref reader));
                left--;
                break;
            case Form.Document when left >= 1:
                e = new Document(host, collector, occurred, serial, Bytes(ref reader));
                left--;
                break;
            case Form.Heartbeat when left >= 1:
                e = new Heartbeat(host, collector, occurred, serial, Counters(ref reader, known));
                left--;
                break;
            case Form.Gap when left >= 3:
                DateTimeOffset from = Time(reader.ReadInt64());
                long lost = reader.ReadInt64();
                string cause = Text(ref reader);
                left -= 3;
                e = new Gap(host, collector, from, occurred, serial, lost, cause, Fault(ref reader, ref left));
                break;
            case Form.Outage when left >= 1:
                e = new Outage(host, Time(reader.ReadInt64()), occurred, serial, collector);
                left--;
                break;
            case <= Form.Outage:
                throw new FormatException("An event is too short.");
        }

        for (; left > 0; left--) reader.Skip();
        return e;
    }

    public static DateTimeOffset Time(long ticks) => ticks >= 0 && ticks <= DateTime.MaxValue.Ticks
        ? new DateTimeOffset(ticks, TimeSpan.Zero)
        : throw new FormatException("A time is out of bounds.");

    private static void Begin(ref MessagePackWriter writer, Form form, Event e, int more)
    {
        writer.WriteArrayHeader(CommonFields + more);
        writer.Write((byte)form);
        writer.Write(e.Host);
        writer.Write(e.Collector);
        writer.Write(e.OccurredTicks);
        writer.Write(e.Serial);
    }

    // Only there where something has failed.
    private static EventFault Fault(ref MessagePackReader reader, ref int left)
    {
        if (left == 0) return EventFault.None;
        left--;
        return (EventFault)reader.ReadByte();
    }

    private static string Text(ref MessagePackReader reader) => reader.ReadString() ?? throw new FormatException("An event lacks a text.");

    private static byte[] Bytes(ref MessagePackReader reader) =>
        reader.ReadBytes() is { } bytes ? bytes.ToArray() : throw new FormatException("An event lacks its bytes.");

    private static KeyValuePair<string, long>[] Counters(ref MessagePackReader reader, Func<string, string> known)
    {
        var counters = new KeyValuePair<string, long>[reader.ReadMapHeader()];
        for (int i = 0; i < counters.Length; i++)
        {
            string name = known(Text(ref reader));
            counters[i] = new KeyValuePair<string, long>(name, reader.ReadInt64());
        }

        return counters;
    }

    // Numbers in files: they never change.
    private enum Form : byte
    {
        Audit = 0,
        AuditDocument = 1,
        File = 2,
        ProcessSnapshot = 3,
        Document = 4,
        Heartbeat = 5,
        Gap = 6,
        Outage = 7,
    }
}
