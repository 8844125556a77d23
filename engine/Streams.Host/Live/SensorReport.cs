using Streams.Events;

namespace Streams.Host.Live;

/// <summary>Makes what this process reports about itself: documents of <c>event.module: streams</c> with <c>streams.sensor.*</c>.</summary>
internal static class SensorReport
{
    /// <summary>The actions.</summary>
    public const string Down = "sensor-down", Stopped = "sensor-stopped", Suspended = "machine-suspended";

    /// <summary>Makes a report.</summary>
    /// <param name="host">The host.</param>
    /// <param name="action">What happened.</param>
    /// <param name="message">The same as a sentence.</param>
    /// <param name="from">Since when nothing was watched.</param>
    /// <param name="to">Until when; when the report occurred.</param>
    /// <param name="serial">Its number.</param>
    /// <param name="facts">What else is known, by the names of <c>streams.sensor.*</c>.</param>
    public static Document Make(
        string host, string action, string message, DateTimeOffset from, DateTimeOffset to, ulong serial,
        params (string Name, bool Value)[] facts) =>
        OwnReport.Make(host, Outage.Process, action, message, to, serial, "sensor", json =>
        {
            json.WriteString("from", FieldValue.From(from).ToString());
            json.WriteString("to", FieldValue.From(to).ToString());
            json.WriteNumber("seconds", (long)(to - from).TotalSeconds);
            foreach ((string name, bool value) in facts) json.WriteBoolean(name, value);
        });
}
