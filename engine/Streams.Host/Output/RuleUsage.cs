using System.Globalization;
using System.Text;
using Streams.Events;

namespace Streams.Host.Output;

/// <summary>How many events and bytes come from the rules of each key.</summary>
internal sealed class RuleUsage
{
    // Keys are few; who can write records can make up more.
    private const int MostKeys = 1000;

    private const string NoKey = "(no key)";

    private const string Others = "(other keys)";

    private readonly Dictionary<string, Usage> _keys = new(StringComparer.Ordinal);
    private DateTimeOffset _first = DateTimeOffset.MaxValue;
    private DateTimeOffset _last = DateTimeOffset.MinValue;

    /// <summary>Counts an event: under each of its keys.</summary>
    public void Add(AuditEvent made)
    {
        long bytes = 0;
        for (int at = 0; at < made.RecordCount; at++) bytes += made.Record(at).Text.Length;
        if (made.Occurred < _first) _first = made.Occurred;
        if (made.Occurred > _last) _last = made.Occurred;
        IReadOnlyList<string> keys = made.Tags;
        if (keys.Count == 0) Add(NoKey, bytes);
        foreach (string key in keys) Add(key, bytes);
    }

    /// <summary>A table, the most bytes first.</summary>
    public string Render()
    {
        if (_keys.Count == 0) return "no audit event was read\n";
        long bytes = _keys.Values.Sum(usage => usage.Bytes);
        double seconds = Math.Max(1, (_last - _first).TotalSeconds);
        int width = Math.Max(Others.Length, _keys.Keys.Max(key => TerminalText.Escape(key).Length));
        var text = new StringBuilder();
        text.Append("key".PadRight(width)).Append("      events  events/s       bytes  share  bytes/event\n");
        IEnumerable<KeyValuePair<string, Usage>> largestFirst = _keys
            .OrderByDescending(each => each.Value.Bytes)
            .ThenBy(each => each.Key, StringComparer.Ordinal);
        foreach ((string key, Usage usage) in largestFirst)
        {
            double share = bytes == 0 ? 0 : (double)usage.Bytes / bytes;
            text.Append(TerminalText.Escape(key).PadRight(width)).Append(
                CultureInfo.InvariantCulture,
                $"{usage.Events,12:N0}{usage.Events / seconds,10:N2}{usage.Bytes,12:N0}{share,7:P0}{usage.Bytes / usage.Events,13:N0}\n");
        }

        return text.ToString();
    }

    private void Add(string key, long bytes)
    {
        if (!_keys.ContainsKey(key) && _keys.Count >= MostKeys) key = Others;
        _keys[key] = _keys.TryGetValue(key, out Usage usage) ? new Usage(usage.Events + 1, usage.Bytes + bytes) : new Usage(1, bytes);
    }

    private readonly record struct Usage(long Events, long Bytes);
}
