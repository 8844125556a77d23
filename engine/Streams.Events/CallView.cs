using System.Globalization;

namespace Streams.Events;

/// <summary>The system call of an audit event as numbers, read from its records when asked.</summary>
public readonly struct CallView(AuditEvent source)
{
    private static readonly Field[] Arguments = [.. Enumerable.Range(0, 4).Select(i => Field.Of($"auditd.data.a{i}"))];

    /// <summary>One of the first four arguments as the kernel saw it; null when the records have none.</summary>
    /// <param name="index">From 0 to 3.</param>
    public ulong? Argument(int index) =>
        ulong.TryParse(source[Arguments[index]].ToString(), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong value) ? value : null;

    /// <summary>What the call returned when it succeeded, for instance a descriptor; null when it failed or the records do not say.</summary>
    public long? Returned =>
        source.Result == AuditResult.Success && long.TryParse(source.Data("exit"), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long value)
            ? value
            : null;
}
