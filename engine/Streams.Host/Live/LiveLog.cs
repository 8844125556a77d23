using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;

namespace Streams.Host.Live;

/// <summary>What a live run has to say to the operator.</summary>
internal static partial class LiveLog
{
    /// <summary>Kernel audit is out of reach.</summary>
    [LoggerMessage(Level = LogLevel.Warning, Message = "kernel audit is not watched: {Obstacle}; or follow a log with --follow FILE")]
    public static partial void NoAudit(ILogger log, string obstacle);

    /// <summary>The rules are left alone.</summary>
    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "audit rules are compiled for x86_64 and aarch64 only, not for {Machine}: those that are loaded are left alone and what "
            + "they ask for is read; load yours with auditctl (./streams rules --machine aarch64 prints them)")]
    public static partial void NoRules(ILogger log, Architecture machine);

    /// <summary>What others may write says nothing of what was.</summary>
    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "what the settings of audit were is not kept, so after a kill they cannot be put back: {Distrust}")]
    public static partial void NotKept(ILogger log, string distrust);

    /// <summary>A right is missing.</summary>
    [LoggerMessage(Level = LogLevel.Warning, Message = "without {Capability}, {Without}")]
    public static partial void Lacks(ILogger log, string capability, string without);
}
