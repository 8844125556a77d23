using System.Text.Json;
using Streams.Events;
using Streams.Host.CommandLine;

namespace Streams.Host.Configuration;

/// <summary>
/// An object of the configuration. Reading a key makes it known; <see cref="Close"/> reports those that nobody asked for. A value that is
/// not what it must be is reported, and the default stays.
/// </summary>
internal sealed class SettingsSection
{
    private readonly SettingsNode? _node;
    private readonly string _path;
    private readonly SettingsProblems _problems;
    private readonly List<string> _asked = [];
    private readonly List<SettingsSection> _sections = [];
    private IReadOnlyDictionary<string, string> _others = new Dictionary<string, string>();

    /// <summary>The whole file.</summary>
    public SettingsSection(SettingsNode root, SettingsProblems problems)
        : this(root, "", problems)
    {
    }

    private SettingsSection(SettingsNode? node, string path, SettingsProblems problems) =>
        (_node, _path, _problems) = (node, path, problems);

    /// <summary>An object in this one; empty when it is not there.</summary>
    public SettingsSection Section(string key)
    {
        string path = $"{_path}{key}.";
        if (_sections.Find(section => section._path == path) is { } known) return known;
        SettingsNode? node = Find(key);
        if (node is not null && node.Kind != JsonTokenType.StartObject)
        {
            Add(node, key, "must be an object: { … }");
            node = null;
        }

        var made = new SettingsSection(node, path, _problems);
        _sections.Add(made);
        return made;
    }

    /// <summary>Whether the key is there, and not null.</summary>
    public bool Has(string key) => Find(key) is { Kind: not JsonTokenType.Null };

    /// <summary>Where a value stands; null when it is not there.</summary>
    public SettingPlace? Place(string key) =>
        Find(key) is { } node ? new SettingPlace($"{_path}{key}", _problems.File, node.Line, node.Column) : null;

    /// <summary>A text that is not empty.</summary>
    public string Text(string key, string otherwise) => OptionalText(key) ?? otherwise;

    /// <summary>A text that is not empty; null when it is not there.</summary>
    public string? OptionalText(string key) =>
        Find(key) is not { } node ? null
        : node is { Kind: JsonTokenType.String, Text.Length: > 0 } ? node.Text
        : Wrong(node, key, "must be a text, not empty");

    /// <summary>A path, absolute; one that is relative is so to the file's folder.</summary>
    public string Path(string key, string otherwise) => OptionalPath(key) ?? otherwise;

    /// <summary>A path, absolute; null when it is not there, or when there cannot be a file by it.</summary>
    public string? OptionalPath(string key) =>
        OptionalText(key) is { } path && Check(key, PathFault.Find) ? System.IO.Path.GetFullPath(path, _problems.Root) : null;

    /// <summary>One of some words.</summary>
    public T Choice<T>(string key, T otherwise, params (string Word, T Value)[] choices)
    {
        if (Find(key) is not { } node) return otherwise;
        foreach ((string word, T value) in choices)
        {
            if (node.Kind == JsonTokenType.String && node.Text == word) return value;
        }

        string[] words = [.. choices.Select(c => c.Word)];
        string suggestion = node.Kind == JsonTokenType.String ? Nearest.Suggestion(node.Text, words) : "";
        Add(node, key, $"must be one of {string.Join(", ", words)}{suggestion}");
        return otherwise;
    }

    /// <summary>A whole number.</summary>
    public long Whole(string key, long otherwise, long least, long most) => OptionalWhole(key, least, most) ?? otherwise;

    /// <summary>A whole number; null when it is not there.</summary>
    public long? OptionalWhole(string key, long least, long most)
    {
        if (Find(key) is not { } node) return null;
        if (node.Whole is { } whole && whole >= least && whole <= most) return whole;
        Add(node, key, $"must be a whole number from {least} to {most}");
        return null;
    }

    /// <summary>True or false.</summary>
    public bool Truth(string key, bool otherwise)
    {
        if (Find(key) is not { } node) return otherwise;
        if (node.Kind is JsonTokenType.True or JsonTokenType.False) return node.Kind == JsonTokenType.True;
        Add(node, key, "must be true or false");
        return otherwise;
    }

    /// <summary>A duration such as <c>5s</c>.</summary>
    public TimeSpan Duration(string key, TimeSpan otherwise)
    {
        if (Find(key) is not { } node) return otherwise;
        if (node.Kind == JsonTokenType.String && Durations.TryParse(node.Text, out TimeSpan duration)) return duration;
        Add(node, key, "must be a duration such as \"5s\" or \"2m\"");
        return otherwise;
    }

    /// <summary>A number of bytes, such as 1048576 or <c>"50 MiB"</c>.</summary>
    public long Bytes(string key, long otherwise)
    {
        if (Find(key) is not { } node) return otherwise;
        if (node.Whole is >= 0 and var whole) return whole;
        if (node.Kind == JsonTokenType.String && Sizes.TryParse(node.Text, out long bytes)) return bytes;
        Add(node, key, "must be a number of bytes such as 1048576 or \"50 MiB\"");
        return otherwise;
    }

    /// <summary>A list of texts; null when it is not there.</summary>
    public IReadOnlyList<string>? Texts(string key)
    {
        if (Find(key) is not { } node) return null;
        if (node.Kind == JsonTokenType.StartArray && node.Items.TrueForAll(item => item.Kind == JsonTokenType.String))
            return [.. node.Items.Select(item => item.Text)];
        Add(node, key, "must be a list of texts: [\"…\"]");
        return null;
    }

    /// <summary>Where the elements of a list stand; nothing when it is not there.</summary>
    public IReadOnlyList<(string File, int Line, int Column)> Places(string key) =>
        Find(key)?.Items.Select(item => (_problems.File, item.Line, item.Column)).ToArray() ?? [];

    /// <summary>A list of paths, absolute; null when it is not there, or when there cannot be a file by one of them.</summary>
    /// <param name="key">The key.</param>
    /// <param name="fault">What is wrong with a path beside what is with any; null for nothing.</param>
    public IReadOnlyList<string>? Paths(string key, Func<string, string?>? fault = null) =>
        Texts(key) is { } paths && Check(key, path => PathFault.Find(path) ?? fault?.Invoke(path))
            ? [.. paths.Select(path => System.IO.Path.GetFullPath(path, _problems.Root))]
            : null;

    /// <summary>A list whose elements are read one by one; nothing when it is not there.</summary>
    /// <param name="key">The key.</param>
    /// <param name="what">What an element must be, for the message.</param>
    /// <param name="read">Reads one; null reports it.</param>
    public IReadOnlyList<T>? List<T>(string key, string what, Func<SettingsNode, SettingsSection, T?> read)
        where T : class
    {
        if (Find(key) is not { } node) return null;
        if (node.Kind != JsonTokenType.StartArray)
        {
            Add(node, key, $"must be a list of {what}");
            return null;
        }

        var list = new List<T>();
        foreach (SettingsNode item in node.Items)
        {
            var section = new SettingsSection(item.Kind == JsonTokenType.StartObject ? item : null, $"{_path}{key}.", _problems);
            if (read(item, section) is { } element) list.Add(element);
            else Add(item, key, $"must hold {what} only");
            section.Close();
        }

        return list;
    }

    /// <summary>Reports a value that is wrong for a reason that only its reader knows.</summary>
    public void Report(string key, string message)
    {
        if (Find(key) is { } node) Add(node, key, message);
    }

    /// <summary>
    /// Reports each text in which something is wrong where it stands: of a list its elements, of objects among them their member
    /// <c>path</c>, else the value itself.
    /// </summary>
    /// <param name="key">The key.</param>
    /// <param name="fault">What is wrong with a text, to be put behind it; null for nothing.</param>
    /// <returns>Whether nothing is.</returns>
    public bool Check(string key, Func<string, string?> fault)
    {
        bool isRight = true;
        foreach (SettingsNode text in TextsOf(Find(key)))
        {
            if (fault(text.Text) is not { } found) continue;
            Add(text, key, $"\"{TextLimit(text.Text)}\" {found}");
            isRight = false;
        }

        return isRight;
    }

    /// <summary>Keys that other programs have here: one of them is reported with what to do instead.</summary>
    public void KnowOthers(IReadOnlyDictionary<string, string> remedies) => _others = remedies;

    /// <summary>Reports the keys that nobody asked for, here and in the sections below.</summary>
    public void Close()
    {
        foreach (SettingsSection section in _sections) section.Close();
        if (_node is null) return;
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach ((string name, int line, int column, _) in _node.Members)
        {
            if (!_asked.Contains(name)) _problems.Add(line, column, Unknown(name));
            else if (!seen.Add(name)) _problems.Add(line, column, $"\"{_path}{name}\" is there twice");
        }
    }

    private string Unknown(string name) => _others.TryGetValue(name, out string? remedy)
        ? $"\"{_path}{name}\" is no key here: {remedy}"
        : $"unknown key \"{_path}{name}\"{Nearest.Suggestion(name, _asked)}";

    private SettingsNode? Find(string key)
    {
        if (!_asked.Contains(key)) _asked.Add(key);
        int last = _node?.Members.FindLastIndex(member => member.Name == key) ?? -1;
        return last < 0 ? null : _node!.Members[last].Value;
    }

    private static IEnumerable<SettingsNode> TextsOf(SettingsNode? node) => node?.Kind switch
    {
        JsonTokenType.String => [node],
        JsonTokenType.StartArray => node.Items.SelectMany(TextsOf),
        JsonTokenType.StartObject => node.Members.Where(member => member.Name == "path").SelectMany(member => TextsOf(member.Value)),
        _ => [],
    };

    // A message is one line, and an operator knows what was written from its beginning.
    private static string TextLimit(string text) => text.Length <= 100 ? text : text[..100] + "…";

    private string? Wrong(SettingsNode node, string key, string message)
    {
        Add(node, key, message);
        return null;
    }

    private void Add(SettingsNode node, string key, string message) => _problems.Add(node.Line, node.Column, $"\"{_path}{key}\" {message}");
}

/// <summary>The mistakes found in a configuration file, by their places.</summary>
/// <param name="file">The file's name, for messages.</param>
/// <param name="root">What relative paths are relative to.</param>
internal sealed class SettingsProblems(string file, string root)
{
    private readonly SortedList<(int Line, int Column, int Number), Problem> _problems = [];

    /// <summary>The file's name.</summary>
    public string File => file;

    /// <summary>What relative paths are relative to.</summary>
    public string Root => root;

    /// <summary>In the order of the file.</summary>
    public IReadOnlyList<Problem> All => [.. _problems.Values];

    /// <summary>Adds one.</summary>
    public void Add(int line, int column, string message) =>
        _problems.Add((line, column, _problems.Count), new Problem(file, line, column, message));
}
