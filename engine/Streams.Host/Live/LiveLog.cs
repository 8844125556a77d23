using Microsoft.Extensions.Logging;

namespace Streams.Host.Live;

/// <summary>What a live run has to say to the operator.</summary>
internal static partial class LiveLog
{
    /// <summary>Kernel audit is out of reach.</summary>
    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "kernel audit cannot be read: this process has neither CAP_AUDIT_CONTROL nor CAP_AUDIT_READ; run it as root, or follow a log with --follow FILE")]
    public static partial void NoAudit(ILogger log);

    /// <summary>A right is missing.</summary>
    [LoggerMessage(Level = LogLevel.Warning, Message = "without {Capability}, {Without}")]
    public static partial void Lacks(ILogger log, string capability, string without);
}
