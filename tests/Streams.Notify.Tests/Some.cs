using System.Text.Json;
using Streams.Events;
using Streams.Testing;

namespace Streams.Notify.Tests;

/// <summary>Alerts for tests.</summary>
internal static class Some
{
    /// <summary>How long something that must come may take before a test gives up.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>An alert with a message.</summary>
    public static Alert Alert(string message = "a shell", string key = "k", string? host = "web-1", params Event[] evidence) => new()
    {
        Id = "0123456789abcdef0123456789abcdef",
        Revision = 1,
        Status = AlertStatus.Start,
        Query = "network-shell",
        Description = "A shell with a socket",
        Severity = Severity.High,
        Key = key,
        Host = host,
        Message = message,
        Timestamp = VirtualTime.Start,
        Started = VirtualTime.Start,
        Trigger = new EventId("web-1", VirtualTime.Start, 1),
        Evidence = evidence,
    };

    /// <summary>The messages of alerts that stand in lines of JSON.</summary>
    public static string[] Messages(IEnumerable<string> lines) =>
        [.. lines.Select(line => JsonElement.Parse(line).GetProperty("message").GetString()!)];
}
