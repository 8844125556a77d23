using System.Text.Json;

namespace Streams.Events;

/// <summary>
/// ECS <c>related.*</c> of an alert: every user, address, host and hash that its evidence names, wherever it stands there, so that one
/// search finds all alerts about it.
/// </summary>
internal sealed class RelatedValues
{
    // Values beyond are not in the lists: an index leaves out longer keywords, and a value that was cut is another one.
    private const int LongestValue = 256;
    private const int MaxValues = 64;

    private static readonly Field[] Users = OfNames(
        "user", "user.audit", "user.effective", "user.target", "user.changes", "source.user", "destination.user");

    private static readonly Field[] Addresses =
        Fields("related.ip", "source.ip", "destination.ip", "source.nat.ip", "destination.nat.ip");

    private static readonly Field[] Hosts = Fields("related.hosts", "source.domain", "destination.domain");

    private static readonly Field[] Hashes =
    [
        Field.Of("related.hash"),
        .. Tables.AlertFieldTable.All.Select(field => field.Field).Where(field => field.Name.Contains(".hash.", StringComparison.Ordinal)),
        .. Tables.AlertFieldTable.All.Where(field => field.Path is ["file", "hash", _]).Select(field => Field.Of($"hash.{field.Path[^1]}")),
    ];

    private readonly Values _users = new("user");
    private readonly Values _addresses = new("ip");
    private readonly Values _hosts = new("hosts");
    private readonly Values _hashes = new("hash");

    /// <summary>Adds what an event names.</summary>
    public void Add(Event evidence)
    {
        Add(_users, evidence, Field.Of("related.user"));

        // A user without a name is known by its number.
        for (int i = 0; i < Users.Length; i += 2)
        {
            if (!Add(_users, evidence, Users[i])) Add(_users, evidence, Users[i + 1]);
        }

        foreach (Field field in Addresses) Add(_addresses, evidence, field, text => Decoding.Addresses.TryParse(text, out _));
        _hosts.Add(evidence.Host);
        foreach (Field field in Hosts) Add(_hosts, evidence, field);
        foreach (Field field in Hashes) Add(_hashes, evidence, field);
    }

    /// <summary>Writes the object, when there is anything in it.</summary>
    /// <param name="json">Where to.</param>
    /// <param name="truncated">Takes the names of the lists that are not whole.</param>
    public void Write(Utf8JsonWriter json, List<string> truncated)
    {
        Values[] lists = [_users, _addresses, _hosts, _hashes];
        if (Array.TrueForAll(lists, list => list.Texts.Count == 0)) return;
        json.WriteStartObject("related");
        foreach (Values list in lists)
        {
            if (list.IsCut) truncated.Add($"related.{list.Name}");
            if (list.Texts.Count == 0) continue;
            json.WriteStartArray(list.Name);
            foreach (string text in list.Texts) json.WriteStringValue(text);
            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    private static Field[] Fields(params string[] names) => Array.ConvertAll(names, Field.Of);

    private static Field[] OfNames(params string[] users) => [.. users.SelectMany(user => Fields($"{user}.name", $"{user}.id"))];

    private static bool Add(Values values, Event evidence, Field field, Predicate<string>? isWanted = null)
    {
        FieldValue found = AlertFields.Read(evidence, field);
        bool isAny = false;
        for (int i = 0; i < Math.Max(found.TextCount, found.IsMissing ? 0 : 1); i++)
        {
            string text = found.TextCount > 0 ? found.Text(i) : found.ToString();
            if (text.Length == 0 || isWanted?.Invoke(text) == false) continue;
            values.Add(text);
            isAny = true;
        }

        return isAny;
    }

    private sealed class Values(string name)
    {
        private readonly HashSet<string> _known = new(StringComparer.Ordinal);

        public string Name { get; } = name;

        public List<string> Texts { get; } = [];

        public bool IsCut { get; private set; }

        public void Add(string text)
        {
            if (text.Length > LongestValue || (Texts.Count == MaxValues && !_known.Contains(text))) IsCut = true;
            else if (_known.Add(text)) Texts.Add(text);
        }
    }
}
