using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Streams.Events;

namespace Streams.Audit.Netlink;

/// <summary>
/// What the collector finds out about itself: each is an event among those of the kernel, and a line in the log. Safe for several threads.
/// </summary>
public sealed partial class AuditReports
{
    // More than can wait for an engine that has stopped taking events; what is more is in the log only, and counted.
    private const int Limit = 4096;

    private readonly string _host;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly ConcurrentQueue<Event> _waiting = new();
    private readonly Action _wake;
    private long _serial;
    private long _dropped;

    /// <summary>Makes an empty list.</summary>
    /// <param name="host">The host that the events name.</param>
    /// <param name="time">The wall clock.</param>
    /// <param name="log">The log.</param>
    /// <param name="wake">Called when an event waits.</param>
    internal AuditReports(string host, TimeProvider time, ILogger log, Action wake)
    {
        _host = host;
        _time = time;
        _log = log;
        _wake = wake;
    }

    /// <summary>Events that found no room, and are in the log only.</summary>
    internal long Dropped => Interlocked.Read(ref _dropped);

    /// <summary>Tells something that is as it should be.</summary>
    /// <param name="action">The event's action, for instance <c>audit-repaired</c>.</param>
    /// <param name="message">A sentence for people. What others have written is put in as it is: it is escaped where it is shown.</param>
    /// <param name="details">Fields below <c>streams.audit</c>: strings or numbers.</param>
    public void Tell(string action, string message, params ReadOnlySpan<(string Name, object? Value)> details)
    {
        LogTold(_log, message);
        Add(action, message, details);
    }

    /// <summary>Tells something that somebody should look at.</summary>
    /// <inheritdoc cref="Tell"/>
    public void Warn(string action, string message, params ReadOnlySpan<(string Name, object? Value)> details)
    {
        LogWarned(_log, message);
        Add(action, message, details);
    }

    /// <summary>Tells the same of rules: an event of each, and one line in the log, which names the first few.</summary>
    /// <param name="action">The events' action.</param>
    /// <param name="rules">The rules' texts; none is nothing to tell.</param>
    /// <param name="ofOne">What is said of one: <c>is loaded again</c>.</param>
    /// <param name="ofMany">What is said of several: <c>are loaded again</c>.</param>
    internal void TellOfRules(string action, IReadOnlyList<string> rules, string ofOne, string ofMany)
    {
        if (rules.Count == 0) return;
        string summary = Summary(rules, ofOne, ofMany);
        LogTold(_log, summary);
        AddOfRules(action, rules, ofOne);
    }

    /// <summary>The same of what somebody should look at; under a lock it may have been so for long.</summary>
    /// <inheritdoc cref="TellOfRules"/>
    internal void WarnOfRules(string action, IReadOnlyList<string> rules, string ofOne, string ofMany, bool isLocked)
    {
        if (rules.Count == 0) return;
        string summary = Summary(rules, ofOne, ofMany);
        LogWarned(_log, summary);
        AddOfRules(action, rules, ofOne, ("locked", isLocked ? "yes" : "no"));
    }

    /// <summary>Takes what waits.</summary>
    internal bool TryTake(out Event report) => _waiting.TryDequeue(out report!);

    /// <summary>A gap that was noticed aside from the records.</summary>
    internal void AddGap(DateTimeOffset from, long records, string cause) =>
        Enqueue(new Gap(_host, AuditCollector.CollectorName, from, _time.GetUtcNow(), NextSerial(), records, cause));

    private static string Summary(IReadOnlyList<string> rules, string ofOne, string ofMany)
    {
        const int shown = 3;
        if (rules.Count == 1) return $"the rule {rules[0]} {ofOne}";
        string others = rules.Count > shown ? $"; and {rules.Count - shown} more" : "";
        return $"{rules.Count} rules {ofMany}: {string.Join("; ", rules.Take(shown))}{others}";
    }

    private void AddOfRules(
        string action, IReadOnlyList<string> rules, string ofOne, params ReadOnlySpan<(string Name, object? Value)> details)
    {
        foreach (string rule in rules) Add(action, $"the rule {rule} {ofOne}", [("rule", rule), .. details]);
    }

    private void Add(string action, string message, ReadOnlySpan<(string Name, object? Value)> details)
    {
        (string Name, object? Value)[] facts = details.ToArray();
        Enqueue(OwnReport.Make(
            _host, AuditCollector.CollectorName, action, message, _time.GetUtcNow(), NextSerial(), "audit",
            facts.Length > 0 ? json => WriteFacts(json, facts) : null, "configuration"));
    }

    private static void WriteFacts(Utf8JsonWriter json, IEnumerable<(string Name, object? Value)> facts)
    {
        foreach ((string name, object? value) in facts)
        {
            switch (value)
            {
                case null: break;
                case int or uint or long: json.WriteNumber(name, Convert.ToInt64(value, CultureInfo.InvariantCulture)); break;
                default: json.WriteString(name, value.ToString()); break;
            }
        }
    }

    private ulong NextSerial() => (ulong)Interlocked.Increment(ref _serial);

    private void Enqueue(Event report)
    {
        if (_waiting.Count >= Limit)
        {
            Interlocked.Increment(ref _dropped);
            return;
        }

        _waiting.Enqueue(report);
        _wake();
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "audit: {Text}")]
    private static partial void LogTold(ILogger log, string text);

    [LoggerMessage(Level = LogLevel.Warning, Message = "audit: {Text}")]
    private static partial void LogWarned(ILogger log, string text);
}
