using System.ComponentModel;
using System.Runtime.InteropServices;
using Streams.Events.Tables;

namespace Streams.Audit.Netlink;

/// <summary>The kernel refused something about its audit.</summary>
public sealed class AuditException : IOException
{
    /// <summary>Makes an exception.</summary>
    /// <param name="doing">What was tried: completes <c>the kernel refuses to …</c>.</param>
    /// <param name="number">Why: an error number of <c>errno.h</c>.</param>
    public AuditException(string doing, int number)
        : base($"the kernel refuses to {doing}: {Errno.Name(number) ?? $"error {number}"} ({new Win32Exception(number).Message})") =>
        Number = number;

    /// <summary>Why: an error number of <c>errno.h</c>.</summary>
    public int Number { get; }

    internal static AuditException Last(string doing) => new(doing, Marshal.GetLastPInvokeError());
}
