using System.Buffers;
using MessagePack;

namespace Streams.Events.Input;

/// <summary>
/// Entries of the input as bytes: MessagePack, each entry and each event an array that begins with what it is. A later version adds to the
/// end of an array; whoever reads passes over what it does not know, and an array that is shorter has the defaults. Not safe for several
/// threads.
/// </summary>
public sealed class InputCodec
{
    private readonly Dictionary<string, string> _names = new(StringComparer.Ordinal);

    /// <summary>Writes an entry.</summary>
    /// <param name="record">The entry.</param>
    /// <param name="output">Where to.</param>
    public static void Write(InputRecord record, IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(record);
        var writer = new MessagePackWriter(output);
        switch (record)
        {
            case Batch batch:
                writer.WriteArrayHeader(batch.Latest is not null ? 5 : batch.IsOwn ? 4 : 3);
                writer.Write((byte)Entry.Batch);
                if (batch.Admitted is { } admitted) writer.Write(admitted.UtcTicks);
                else writer.WriteNil();
                writer.WriteArrayHeader(batch.Events.Length);
                foreach (Event e in batch.Events.Span) EventCodec.Write(ref writer, e);
                if (batch.IsOwn || batch.Latest is not null) writer.Write(batch.IsOwn);
                if (batch.Latest is { } latest) writer.Write(latest.UtcTicks);
                break;
            case Tick tick:
                writer.WriteArrayHeader(2);
                writer.Write((byte)Entry.Tick);
                writer.Write(tick.Time.UtcTicks);
                break;
            case Control control:
                writer.WriteArrayHeader(3);
                writer.Write((byte)Entry.Control);
                writer.Write(control.Query);
                writer.Write((byte)control.Action);
                break;
            default:
                throw new ArgumentException($"{record.GetType().Name} has no binary form.", nameof(record));
        }

        writer.Flush();
    }

    /// <summary>Reads an entry.</summary>
    /// <param name="bytes">The entry, whole.</param>
    /// <returns>Null for a kind of entry that a later version has written.</returns>
    /// <exception cref="FormatException">It is none.</exception>
    public InputRecord? Read(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            var reader = new MessagePackReader(bytes);
            int length = reader.ReadArrayHeader();
            if (length == 0) throw new FormatException("An entry of the input is empty.");
            switch ((Entry)reader.ReadByte())
            {
                case Entry.Batch when length >= 3:
                    DateTimeOffset? admitted = reader.TryReadNil() ? null : EventCodec.Time(reader.ReadInt64());
                    Event[] events = ReadEvents(ref reader);
                    bool isOwn = length >= 4 && reader.ReadBoolean();
                    DateTimeOffset? latest = length < 5 || reader.TryReadNil() ? null : EventCodec.Time(reader.ReadInt64());
                    return new Batch(events, admitted) { IsOwn = isOwn, Latest = latest };
                case Entry.Tick when length >= 2:
                    return new Tick(EventCodec.Time(reader.ReadInt64()));
                case Entry.Control when length >= 3:
                    string query = reader.ReadString() ?? throw new FormatException("A control record names no query.");
                    return new Control(query, (ControlAction)reader.ReadByte());
                case Entry.Batch or Entry.Tick or Entry.Control:
                    throw new FormatException("An entry of the input is too short.");
                default:
                    return null;
            }
        }
        catch (Exception e) when (IsOfDamage(e))
        {
            throw new FormatException($"An entry of the input cannot be read: {e.Message}", e);
        }
    }

    // MessagePackReader takes the length of a text of more than 2 GiB for a negative one, and slices with it.
    private static bool IsOfDamage(Exception e) => e is MessagePackSerializationException or EndOfStreamException or InvalidCastException
        or OverflowException or ArgumentOutOfRangeException;

    private Event[] ReadEvents(ref MessagePackReader reader)
    {
        // An event takes more bytes than its place in the array; the header has been checked against what is left.
        int count = reader.ReadArrayHeader();
        var events = new List<Event>(Math.Min(count, 4096));
        for (int i = 0; i < count; i++)
        {
            if (EventCodec.Read(ref reader, Known) is { } e) events.Add(e);
        }

        return [.. events];
    }

    // Events of one host share its name, by which whoever counts hosts finds them quickly.
    private string Known(string name)
    {
        if (_names.TryGetValue(name, out string? known)) return known;
        if (_names.Count >= MostNames) _names.Clear();
        _names.Add(name, name);
        return name;
    }

    private const int MostNames = 4096;

    private enum Entry : byte
    {
        Batch,
        Tick,
        Control,
    }
}
