using System.Text.Json.Nodes;
using Streams.Testing;

namespace Streams.Events.Tests.Decoding.Golden;

/// <summary>The records of go-libaudit's own tests and what it makes of them, see fixtures/go-libaudit/SOURCE.md.</summary>
internal static class GoLibaudit
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "fixtures", "go-libaudit");

    /// <summary>Each record as an event of its own, with the fields that go-libaudit reads from it.</summary>
    public static IEnumerable<(string Name, AuditEvent Event, JsonObject Golden)> Records()
    {
        foreach (string file in Directory.GetFiles(Path.Combine(Folder, "auparse"), "*.golden").Order(StringComparer.Ordinal))
        {
            foreach (JsonNode? golden in JsonNode.Parse(File.ReadAllText(file))!.AsArray())
            {
                // A line that is no record has null.
                if (golden is null) continue;
                string type = golden["record_type"]!.GetValue<string>();
                string raw = $"type={type.ToUpperInvariant()} msg={golden["raw_msg"]!.GetValue<string>()}";
                yield return ($"{Path.GetFileName(file)} {type} {golden["sequence"]}", Audit.Log("host", [raw])[0], golden.AsObject());
            }
        }
    }

    /// <summary>Each case of several records, with the event that go-libaudit makes of them.</summary>
    public static IEnumerable<(string Name, AuditEvent Event, JsonObject Golden)> Events()
    {
        foreach (string file in Directory.GetFiles(Path.Combine(Folder, "aucoalesce"), "*.yaml").Order(StringComparer.Ordinal))
        {
            Dictionary<string, List<string>> cases = ReadCases(file);
            foreach (JsonNode? golden in JsonNode.Parse(File.ReadAllText(Path.ChangeExtension(file, ".json.golden")))!.AsArray())
            {
                string name = golden!["test_name"]!.GetValue<string>();
                IReadOnlyList<AuditEvent> events = Audit.Log("host", cases[name]);
                yield return ($"{Path.GetFileNameWithoutExtension(file)} {name}", events[0], golden["event"]!.AsObject());
            }
        }
    }

    // The files are YAML of one form: "  name: |" and the records, indented, below it.
    private static Dictionary<string, List<string>> ReadCases(string file)
    {
        var cases = new Dictionary<string, List<string>>();
        List<string> current = [];
        foreach (string line in File.ReadAllLines(file))
        {
            if (line.StartsWith("    type=", StringComparison.Ordinal)) current.Add(line.Trim(' '));
            else if (line.StartsWith("  ", StringComparison.Ordinal) && line.TrimEnd().EndsWith(": |", StringComparison.Ordinal))
                cases.Add(Title(line, ": |"), current = []);
            else if (line.StartsWith("  ", StringComparison.Ordinal) && line.TrimEnd().EndsWith(": >", StringComparison.Ordinal))
                cases.Add(Title(line, ": >"), current = []);
        }

        return cases;
    }

    private static string Title(string line, string end) => line.Trim()[..^end.Length].Trim('\'', '"');
}
