using System.Globalization;
using System.Text;
using System.Text.Json;
using Streams.Host.CommandLine;

namespace Streams.Host.Output;

/// <summary>The figures of a running process as people read them.</summary>
internal static class StatusReport
{
    /// <summary>The report, without a last line end.</summary>
    /// <param name="status">The answer of the control socket.</param>
    public static string Render(ReadOnlyMemory<byte> status)
    {
        using JsonDocument document = JsonDocument.Parse(status);
        JsonElement root = document.RootElement;
        var text = new StringBuilder();
        int pid = root.GetProperty("pid").GetInt32();
        bool hasFigures = root.TryGetProperty("seconds", out JsonElement seconds);
        string since = hasFigures ? $"up {Durations.Format(TimeSpan.FromSeconds(seconds.GetDouble()))}" : "has only just started";
        text.Append(CultureInfo.InvariantCulture, $"pid {pid}, {since}");
        foreach (JsonElement reason in root.GetProperty("health").EnumerateArray())
            text.Append("\n  ! ").Append(TerminalText.Escape(reason.GetString()!));
        if (root.TryGetProperty("notes", out JsonElement notes))
        {
            foreach (JsonElement note in notes.EnumerateArray()) text.Append("\n  - ").Append(TerminalText.Escape(note.GetString()!));
        }

        if (!hasFigures) return text.ToString();
        AddGroups(text, root, "collectors");
        text.Append("\nengine");
        Add(text, root.GetProperty("engine"), "");
        AddGroups(text, root, "outputs");
        text.Append("\nalerts");
        foreach (JsonProperty query in root.GetProperty("alerts").EnumerateObject())
        {
            long alerts = query.Value.GetInt64();
            if (alerts > 0) text.Append(CultureInfo.InvariantCulture, $"\n  {TerminalText.Escape(query.Name),-28} {alerts,12:N0}");
        }

        if (text[^1] == 's') text.Append(" none");
        return text.ToString();
    }

    private static void AddGroups(StringBuilder text, JsonElement root, string name)
    {
        if (!root.TryGetProperty(name, out JsonElement groups)) return;
        foreach (JsonProperty group in groups.EnumerateObject())
        {
            text.Append('\n').Append(group.Name);
            Add(text, group.Value, "");
        }
    }

    private static void Add(StringBuilder text, JsonElement figures, string prefix)
    {
        foreach (JsonProperty figure in figures.EnumerateObject())
        {
            if (figure.Value.ValueKind == JsonValueKind.Object) Add(text, figure.Value, $"{prefix}{figure.Name}.");
            else text.Append(CultureInfo.InvariantCulture, $"\n  {prefix + figure.Name,-28} {figure.Value.GetInt64(),12:N0}");
        }
    }
}
