using System.Globalization;
using System.Text.RegularExpressions;
using Streams.Events;
using Streams.Host.CommandLine;
using Streams.Host.Configuration;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Streams.Host.Examples;

/// <summary>Reads <c>NAME.test.yaml</c>. docs/query-examples.md describes the form.</summary>
internal sealed partial class ExampleReader
{
    private static readonly DateTimeOffset DefaultStart = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly string[] ExampleKeys = ["name", "query", "host", "start", "learn", "input", "alerts"];
    private static readonly string[] EventKeys = ["at", "lines", "document", "gap", "records", "repeat", "every", "arrives"];
    private static readonly string[] AlertKeys = ["start", "update", "end", "key", "host", "count", "message", "severity", "techniques"];

    private const int MostRepeats = 100_000;

    private readonly string _file;
    private readonly string _query;
    private readonly List<Problem> _problems = [];
    private uint _serial = 1;

    private ExampleReader(string file)
    {
        _file = file;
        _query = Path.GetFileName(file)[..^Suffix.Length];
    }

    /// <summary>How the files are called.</summary>
    public const string Suffix = ".test.yaml";

    /// <summary>Reads the examples of a file.</summary>
    /// <param name="text">Its content.</param>
    /// <param name="file">Its path; the part before <see cref="Suffix"/> is the query's name.</param>
    public static (IReadOnlyList<Example> Examples, IReadOnlyList<Problem> Problems) Read(TextReader text, string file)
    {
        var reader = new ExampleReader(file);
        try
        {
            var yaml = new YamlStream();
            yaml.Load(text);
            List<Example> examples = [];
            foreach (YamlDocument document in yaml.Documents)
            {
                if (document.RootNode is not YamlSequenceNode list)
                {
                    reader.Add(document.RootNode, "must be a list of examples, each beginning with \"- name:\"");
                    continue;
                }

                foreach (YamlNode node in list)
                {
                    if (reader.ReadExample(node) is { } example) examples.Add(example);
                }
            }

            return (examples, reader._problems);
        }
        catch (YamlException e)
        {
            reader._problems.Add(new Problem(file, (int)e.Start.Line, (int)e.Start.Column, e.Message));
            return ([], reader._problems);
        }
    }

    private Example? ReadExample(YamlNode node)
    {
        int before = _problems.Count;
        _serial = 1;
        if (Map(node, ExampleKeys, "an example") is not { } map) return null;

        string name = Text(map, "name") ?? "";
        if (name.Length == 0) Add(node, "has no name; say in words what it shows");
        string host = Text(map, "host") ?? "localhost";
        TimeSpan? learn = Text(map, "learn") is { } period ? Duration(map["learn"], period) : null;
        DateTimeOffset start = Text(map, "start") is { } written
            ? Time(map["start"], written, DefaultStart)
            : FirstStamp(map) ?? DefaultStart;

        List<ExampleInput> input = [];
        DateTimeOffset now = start;
        foreach (YamlNode entry in List(map, "input", node)) ReadInput(entry, start, host, input, ref now);
        List<ExpectedAlert> alerts = [];
        foreach (YamlNode entry in List(map, "alerts", node))
        {
            if (ReadAlert(entry, start) is { } alert) alerts.Add(alert);
        }

        return _problems.Count > before ? null : new Example
        {
            File = _file,
            Line = (int)node.Start.Line,
            Name = name,
            Query = Text(map, "query") ?? _query,
            Host = host,
            Start = start,
            Learn = learn,
            Input = input,
            Alerts = alerts,
        };
    }

    private void ReadInput(YamlNode node, DateTimeOffset start, string host, List<ExampleInput> input, ref DateTimeOffset now)
    {
        int line = (int)node.Start.Line;
        if (node is not YamlMappingNode any)
        {
            Add(node, "must be one of lines, document, gap, heartbeat, advance");
        }
        else if (Has(any, "advance"))
        {
            if (Map(node, ["advance"], "an advance") is not { } map) return;
            now += Duration(map["advance"], Text(map, "advance") ?? "") ?? TimeSpan.Zero;
            input.Add(new AdvanceInput(line, now));
        }
        else if (Has(any, "heartbeat"))
        {
            if (Map(node, ["heartbeat", "at"], "a heartbeat") is not { } map) return;
            if (Text(map, "at") is { } at) now = Time(map["at"], at, start);
            input.Add(new HeartbeatInput(line, now, Text(map, "heartbeat") is { Length: > 0 } named ? named : host));
        }
        else
        {
            ReadEvents(node, start, host, input, ref now);
        }
    }

    private void ReadEvents(YamlNode node, DateTimeOffset start, string host, List<ExampleInput> input, ref DateTimeOffset now)
    {
        if (Map(node, EventKeys, "an input") is not { } map) return;
        if (map.Keys.Count(key => key is "lines" or "document" or "gap") != 1)
        {
            Add(node, "must have one of lines, document, gap, heartbeat, advance");
            return;
        }

        YamlMappingNode? document = null;
        if (map.TryGetValue("document", out YamlNode? field) && (document = field as YamlMappingNode) is null)
        {
            Add(field, "document must be a map of fields");
            return;
        }

        List<string> lines = map.TryGetValue("lines", out YamlNode? written) ? Lines(written) : [];
        long lost = Number(map, "records", 0, long.MaxValue) ?? 0;
        if (Text(map, "at") is { } at) now = Time(map["at"], at, start);
        else if (lines.Select(Stamp).LastOrDefault(stamp => stamp is not null) is { } stamp) now = stamp;

        long repeat = Number(map, "repeat", 1, MostRepeats) ?? 1;
        TimeSpan every = Text(map, "every") is { } pause ? Duration(map["every"], pause) ?? TimeSpan.Zero : TimeSpan.Zero;
        DateTimeOffset? arrives = Text(map, "arrives") is { } arrival ? Time(map["arrives"], arrival, start) : null;
        for (long i = 0; i < repeat; i++)
        {
            if (i > 0) now += every;
            DateTimeOffset occurs = now;
            uint serial = _serial++;
            int line = (int)node.Start.Line;
            if (Text(map, "gap") is { } cause)
                input.Add(new EventInput(line, occurs, new Gap(host, ExampleEvents.Audit, occurs, occurs, serial, lost, cause), arrives));
            else if (document is null)
                input.Add(new LinesInput(line, occurs, [.. lines.Select(text => Stamped(text, occurs, serial, i))], arrives));
            else if (Event(document, occurs, host, serial) is { } made)
                input.Add(new EventInput(line, occurs, made, arrives));
        }
    }

    private Event? Event(YamlMappingNode document, DateTimeOffset time, string host, uint serial)
    {
        try
        {
            return ExampleEvents.Make(document, time, host, serial);
        }
        catch (FormatException e)
        {
            Add(document, e.Message);
            return null;
        }
    }

    private long? Number(Dictionary<string, YamlNode> map, string key, long least, long most)
    {
        if (Text(map, key) is not { } text) return null;
        if (long.TryParse(text, CultureInfo.InvariantCulture, out long number) && number >= least && number <= most) return number;
        Add(map[key], most == long.MaxValue ? $"must be a whole number from {least} on" : $"must be a whole number from {least} to {most}");
        return null;
    }

    // audit(@) takes the entry's time and a serial of its own; {i} counts a repeated entry from 1.
    private static string Stamped(string line, DateTimeOffset time, uint serial, long index)
    {
        long milliseconds = time.ToUnixTimeMilliseconds();
        string stamp = string.Create(CultureInfo.InvariantCulture, $"audit({milliseconds / 1000}.{milliseconds % 1000:000}:{serial})");
        return line.Replace("audit(@)", stamp, StringComparison.Ordinal)
            .Replace("{i}", (index + 1).ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);
    }

    private ExpectedAlert? ReadAlert(YamlNode node, DateTimeOffset start)
    {
        if (Map(node, AlertKeys, "an alert") is not { } map) return null;
        string[] transitions = [.. AlertKeys[..3].Where(map.ContainsKey)];
        if (transitions.Length != 1)
        {
            Add(node, "must say one of start, update, end, with its time, or \"any\"");
            return null;
        }

        string when = Text(map, transitions[0]) ?? "";
        return new ExpectedAlert
        {
            Line = (int)node.Start.Line,
            Status = transitions[0] switch { "start" => AlertStatus.Start, "update" => AlertStatus.Update, _ => AlertStatus.End },
            Time = when == "any" ? null : Time(map[transitions[0]], when, start),
            Key = Text(map, "key"),
            Host = Text(map, "host"),
            Count = Number(map, "count", 0, long.MaxValue),
            Message = Text(map, "message"),
            Severity = SeverityOf(map),
            Techniques = map.TryGetValue("techniques", out YamlNode? techniques) ? Lines(techniques, "techniques") : null,
        };
    }

    private Severity? SeverityOf(Dictionary<string, YamlNode> map)
    {
        if (Text(map, "severity") is not { } text) return null;
        if (Enum.TryParse(text, ignoreCase: true, out Severity severity) && Enum.IsDefined(severity)) return severity;
        string known = string.Join(", ", Enum.GetNames<Severity>().Select(name => name.ToLowerInvariant()));
        Add(map["severity"], $"{text} is not a severity: {known}");
        return null;
    }

    private Dictionary<string, YamlNode>? Map(YamlNode node, string[] keys, string what)
    {
        if (node is not YamlMappingNode mapping)
        {
            Add(node, $"{what} must be a map of {string.Join(", ", keys)}");
            return null;
        }

        var map = new Dictionary<string, YamlNode>(StringComparer.Ordinal);
        foreach ((YamlNode key, YamlNode value) in mapping)
        {
            string name = (key as YamlScalarNode)?.Value ?? "";
            if (keys.Contains(name)) map[name] = value;
            else Add(key, $"unknown key \"{name}\" of {what}{Nearest.Suggestion(name, keys)}");
        }

        return map;
    }

    private static bool Has(YamlMappingNode map, string key) => map.Children.ContainsKey(new YamlScalarNode(key));

    private YamlSequenceNode List(Dictionary<string, YamlNode> map, string key, YamlNode example)
    {
        if (!map.TryGetValue(key, out YamlNode? node))
        {
            Add(example, $"has no {key}{(key == "alerts" ? "; write \"alerts: []\" when there are to be none" : "")}");
            return new YamlSequenceNode();
        }

        if (node is YamlSequenceNode list) return list;
        if (node is not YamlScalarNode { Value: null or "" }) Add(node, $"{key} must be a list");
        return new YamlSequenceNode();
    }

    private List<string> Lines(YamlNode node, string what = "lines")
    {
        switch (node)
        {
            case YamlScalarNode { Value: { } text }:
                return [.. text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)];
            case YamlSequenceNode list when list.All(line => line is YamlScalarNode):
                return [.. list.Select(line => ((YamlScalarNode)line).Value ?? "")];
            default:
                Add(node, $"{what} must be a text or a list of texts");
                return [];
        }
    }

    private string? Text(Dictionary<string, YamlNode> map, string key)
    {
        if (!map.TryGetValue(key, out YamlNode? node)) return null;
        if (node is YamlScalarNode scalar) return scalar.Value ?? "";
        Add(node, $"{key} must be a single value");
        return null;
    }

    private TimeSpan? Duration(YamlNode node, string text)
    {
        if (Durations.TryParse(text, out TimeSpan duration)) return duration;
        Add(node, $"{text} is no duration such as 10s, 5m, 24h");
        return null;
    }

    private DateTimeOffset Time(YamlNode node, string text, DateTimeOffset start)
    {
        if (Durations.TryParse(text.StartsWith('+') ? text[1..] : text, out TimeSpan offset)) return start + offset;
        if (Times.TryParse(text, out DateTimeOffset time)) return time;
        Add(node, $"{text} is no time such as +10s or 2026-01-01T00:00:10Z");
        return start;
    }

    private static DateTimeOffset? FirstStamp(Dictionary<string, YamlNode> map) =>
        map.TryGetValue("input", out YamlNode? input) && input is YamlSequenceNode list
            ? list
                .SelectMany(entry => entry.AllNodes.OfType<YamlScalarNode>())
                .Select(scalar => Stamp(scalar.Value ?? ""))
                .FirstOrDefault(stamp => stamp is not null)
            : null;

    private static DateTimeOffset? Stamp(string line) =>
        WrittenStamp().Match(line) is { Success: true } match
        && long.TryParse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture, out long seconds) && seconds < 100_000_000_000
            ? DateTimeOffset.FromUnixTimeMilliseconds(seconds * 1000 + int.Parse(match.Groups[2].ValueSpan, CultureInfo.InvariantCulture))
            : null;

    private void Add(YamlNode node, string message) =>
        _problems.Add(new Problem(_file, (int)node.Start.Line, (int)node.Start.Column, message));

    [GeneratedRegex(@"audit\(([0-9]{1,12})\.([0-9]{3}):[0-9]+\)")]
    private static partial Regex WrittenStamp();
}
