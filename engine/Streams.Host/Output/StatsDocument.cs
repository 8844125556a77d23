using System.Text.Json;
using Streams.Events;

namespace Streams.Host.Output;

/// <summary>The figures of a run as one JSON object, for <c>--stats</c>.</summary>
internal static class StatsDocument
{
    /// <summary>Writes the object, indented.</summary>
    public static void Write(RunFigures run, Stream output)
    {
        using var json = new Utf8JsonWriter(output, ReadableJson.IndentedOptions);
        json.WriteStartObject();
        json.WriteNumber("records", run.Records);
        json.WriteNumber("events", run.Events);
        json.WriteStartObject("bad_lines");
        foreach (BadLines bad in run.BadLines)
        {
            if (bad.Count > 0) json.WriteNumber(bad.Kind, bad.Count);
        }

        json.WriteEndObject();
        json.WriteNumber("torn", run.Torn);
        json.WriteNumber("late", run.Late);
        json.WriteNumber("repeated", run.Repeated);
        json.WriteStartObject("faulty");
        foreach ((string cause, long count) in run.Faulty)
        {
            if (count > 0) json.WriteNumber(cause.Split('.')[^1], count);
        }

        json.WriteEndObject();
        json.WriteStartObject("alerts");
        foreach ((string query, long count) in run.Alerts) json.WriteNumber(query, count);
        json.WriteEndObject();
        json.WriteNumber("open", run.Open);
        json.WriteNumber("seconds", Math.Round(run.Elapsed.TotalSeconds, 3));
        json.WriteBoolean("interrupted", run.Interrupted);
        json.WriteEndObject();
    }
}
