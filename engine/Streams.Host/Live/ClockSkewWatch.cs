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
        string ahead = Durations.Format(skew);
        long unreported = _unreported;
        _unreported = 0;
        return OwnReport.Make(
            e.Host, Outage.Process, "clock-skewed",
            $"The clock of {e.Host} is {ahead} ahead: an event of its {e.Collector} collector claims {e.Occurred:u}",
            admitted, ++_serial, "clock", json =>
            {
                json.WriteString("claimed", e.Occurred.UtcDateTime);
                json.WriteString("admitted", admitted.UtcDateTime);
                json.WriteNumber("skew_ms", (long)skew.TotalMilliseconds);
                json.WriteString("ahead", ahead);
                json.WriteString("collector", e.Collector);
                if (unreported > 0) json.WriteNumber("unreported", unreported);
            });
    }
}
