using System.Globalization;
using System.Text.Json;
using Streams.Events.Decoding;

namespace Streams.Events;

public sealed partial class AuditEvent
{
    private readonly AuditDocument? _document;

    private AuditEvent(string host, string collector, DateTimeOffset occurred, ulong serial, AuditDocument document)
        : base(host, collector, occurred, serial)
    {
        _records = [];
        _document = document;
        RecordTypeBits = BitOf(document.Type);
    }

    /// <summary>Whether it came as a document and has no records.</summary>
    public bool IsDocument => _document is not null;

    /// <summary>The document that it came as; empty when it has records.</summary>
    internal ReadOnlyMemory<byte> Json => _document?.Json ?? default;

    /// <summary>
    /// An event that came as an Auditbeat document of its auditd module. The same field names work on it, and it is written as it came.
    /// </summary>
    /// <param name="json">One JSON object, UTF-8; it must not change any more.</param>
    /// <param name="collector">The collector.</param>
    /// <param name="host">The host; without it the document's <c>host.name</c>, else its <c>agent.name</c>.</param>
    /// <exception cref="FormatException">It is no JSON object, or has no <c>@timestamp</c>, or no host.</exception>
    public static AuditEvent FromDocument(ReadOnlyMemory<byte> json, string collector, string? host = null)
    {
        AuditDocument document;
        try
        {
            document = new AuditDocument(json);
        }
        catch (JsonException mistake)
        {
            throw new FormatException($"Not a JSON object: {mistake.Message}", mistake);
        }

        if (!DateTimeOffset.TryParse(document.Text("@timestamp"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal,
            out DateTimeOffset occurred))
        {
            throw new FormatException("The document has no @timestamp that is a time.");
        }

        host ??= document.Text("host.name") ?? document.Text("agent.name") ?? document.Text("agent.hostname");
        if (string.IsNullOrEmpty(host)) throw new FormatException("The document names no host: it has no host.name and no agent.name.");
        _ = ulong.TryParse(document.Text("auditd.sequence"), NumberStyles.None, CultureInfo.InvariantCulture, out ulong serial);
        return new AuditEvent(host, collector, occurred, serial, document);
    }
}
