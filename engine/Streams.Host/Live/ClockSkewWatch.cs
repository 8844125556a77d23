using System.Buffers;
using System.Text.Json;
using Streams.Events;
using Streams.Events.Input;
using Streams.Host.CommandLine;

namespace Streams.Host.Live;

/// <summary>
/// Reports hosts whose events claim to have occurred later than they can have: more than a minute after they were admitted. One report a
/// host and hour. A host that is behind is not reported, because a backlog looks the same. Of at most <see cref="MaxHosts"/> hosts; those
/// beyond are counted in the next report.
/// </summary>
internal sealed class ClockSkewWatch
{
    /// <summary>How many hosts are known to have been reported within the hour.</summary>
    public const int MaxHosts = 10_000;

    private static readonly TimeSpan Pause = TimeSpan.FromHours(1);

    private readonly Dictionary<string, DateTimeOffset> _reported = new(StringComparer.Ordinal);
    private ulong _serial;
    private long _unreported;

    /// <summary>The reports that a batch gives cause for; none for nearly all.</summary>
    /// <param name="batch">What was admitted.</param>
    public Event[] Look(Batch batch)
    {
        if (batch.Admitted is not { } admitted || batch.IsOwn) return [];
        long latest = (admitted + Batch.MaxAhead).UtcTicks;
        List<Event>? reports = null;
        foreach (Event e in batch.Events.Span)
        {
            if (e.OccurredTicks > latest && IsNew(e.Host, admitted)) (reports ??= []).Add(Report(e, admitted));
        }

        return reports is null ? [] : [.. reports];
    }

    private bool IsNew(string host, DateTimeOffset now)
    {
        if (_reported.TryGetValue(host, out DateTimeOffset last) && now - last < Pause) return false;
        if (_reported.Count >= MaxHosts && !_reported.ContainsKey(host))
        {
            foreach ((string known, DateTimeOffset reported) in _reported)
                if (now - reported >= Pause)
                    _reported.Remove(known);
            if (_reported.Count >= MaxHosts)
            {
                _unreported++;
                return false;
            }
        }

        _reported[host] = now;
        return true;
    }

    private Document Report(Event e, DateTimeOffset admitted)
    {
        TimeSpan skew = e.Occurred - admitted;
        var json = new ArrayBufferWriter<byte>(512);
        using (var writer = new Utf8JsonWriter(json, ReadableJson.WriterOptions))
        {
            writer.WriteStartObject();
            writer.WriteString("@timestamp", admitted.UtcDateTime);
            writer.WriteStartObject("host");
            writer.WriteString("name", e.Host);
            writer.WriteEndObject();
            writer.WriteStartObject("event");
            writer.WriteString("kind", "event");
            writer.WriteString("module", "streams");
            writer.WriteString("action", "clock-skewed");
            writer.WriteEndObject();
            writer.WriteString(
                "message",
                $"The clock of {e.Host} is {Durations.Format(skew)} ahead: an event of its {e.Collector} collector claims {e.Occurred:u}");
            writer.WriteStartObject("streams");
            writer.WriteStartObject("clock");
            writer.WriteString("claimed", e.Occurred.UtcDateTime);
            writer.WriteString("admitted", admitted.UtcDateTime);
            writer.WriteNumber("skew_ms", (long)skew.TotalMilliseconds);
            writer.WriteString("ahead", Durations.Format(skew));
            writer.WriteString("collector", e.Collector);
            if (_unreported > 0) writer.WriteNumber("unreported", _unreported);
            writer.WriteEndObject();
            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        _unreported = 0;
        return new Document(e.Host, Outage.Process, admitted, ++_serial, json.WrittenMemory.ToArray());
    }
}
