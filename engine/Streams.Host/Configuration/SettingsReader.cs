using System.Text;
using System.Text.Json;
using Streams.Host.CommandLine;

namespace Streams.Host.Configuration;

/// <summary>Reads streams.config.json: JSON, comments and trailing commas allowed. Every mistake is reported, not only the first.</summary>
internal ref struct SettingsReader
{
    private static readonly string[] Keys = ["queries", "cache", "host", "shards", "lateness", "$schema"];

    private readonly ReadOnlySpan<byte> _text;
    private readonly string _file;
    private readonly string _root;
    private readonly List<Problem> _problems = [];
    private Utf8JsonReader _json;

    private SettingsReader(ReadOnlySpan<byte> text, string file, string root)
    {
        _text = text;
        _file = file;
        _root = root;
        _json = new Utf8JsonReader(text, new JsonReaderOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
    }

    /// <summary>Reads a configuration.</summary>
    /// <param name="text">The file's content, UTF-8.</param>
    /// <param name="file">The file's name, for messages.</param>
    /// <param name="defaults">What the keys that are not there mean.</param>
    /// <param name="root">What relative paths are relative to.</param>
    public static (Settings Settings, IReadOnlyList<Problem> Problems) Read(ReadOnlySpan<byte> text, string file, Settings defaults, string root)
    {
        if (text.StartsWith("\ufeff"u8)) text = text[3..];
        if (text.Trim(" \t\r\n"u8).IsEmpty) return (defaults, [new Problem(file, 1, 1, "is empty; write {} to keep every default")]);
        var reader = new SettingsReader(text, file, root);
        try
        {
            return (reader.ReadAll(defaults), reader._problems);
        }
        catch (JsonException e)
        {
            // The message ends with a path and a position of its own, which counts from 0.
            string message = e.Message.Split(" LineNumber:", 2)[0];
            if (reader._json.BytesConsumed >= text.TrimEnd(" \t\r\n"u8).Length) message = "ends too early; close what is open: \", } or ]";
            reader._problems.Add(new Problem(file, (int)(e.LineNumber ?? 0) + 1, (int)(e.BytePositionInLine ?? 0) + 1, message));
            return (defaults, reader._problems);
        }
    }

    private Settings ReadAll(Settings settings)
    {
        _json.Read();
        if (_json.TokenType != JsonTokenType.StartObject)
        {
            Add("must be an object: { \"queries\": \"queries\" }");
            return settings;
        }

        var seen = new HashSet<string>(StringComparer.Ordinal);
        while (_json.Read() && _json.TokenType == JsonTokenType.PropertyName)
        {
            string key = _json.GetString()!;
            if (!Keys.Contains(key)) Add($"unknown key \"{key}\"{Nearest.Suggestion(key, Keys)}");
            else if (!seen.Add(key)) Add($"\"{key}\" is there twice");
            _json.Read();
            settings = Apply(settings, key);
            _json.Skip();
        }

        while (_json.Read()) { }
        return settings;
    }

    private Settings Apply(Settings settings, string key)
    {
        switch (key)
        {
            case "queries": return Text(key) is { } queries ? settings with { Queries = Path.GetFullPath(queries, _root) } : settings;
            case "cache": return Text(key) is { } cache ? settings with { Cache = Path.GetFullPath(cache, _root) } : settings;
            case "host": return Text(key) is { } host ? settings with { Host = host } : settings;
            case "lateness": return Duration(key) is { } lateness ? settings with { Lateness = lateness } : settings;
            case "shards":
                if (_json.TokenType == JsonTokenType.Number && _json.TryGetInt32(out int shards) && shards is >= 1 and <= 256) return settings with { Shards = shards };
                Add("\"shards\" must be a whole number from 1 to 256");
                return settings;
            default: return settings;
        }
    }

    private readonly string? Text(string key)
    {
        if (_json.TokenType == JsonTokenType.String && _json.GetString() is { Length: > 0 } text) return text;
        Add($"\"{key}\" must be a text, not empty");
        return null;
    }

    private readonly TimeSpan? Duration(string key)
    {
        if (_json.TokenType == JsonTokenType.String && Durations.TryParse(_json.GetString()!, out TimeSpan duration)) return duration;
        Add($"\"{key}\" must be a duration such as \"5s\" or \"2m\"");
        return null;
    }

    private readonly void Add(string message)
    {
        ReadOnlySpan<byte> before = _text[..(int)_json.TokenStartIndex];
        int line = before.Count((byte)'\n') + 1;
        int column = Encoding.UTF8.GetCharCount(before[(before.LastIndexOf((byte)'\n') + 1)..]) + 1;
        _problems.Add(new Problem(_file, line, column, message));
    }
}
