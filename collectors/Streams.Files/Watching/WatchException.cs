using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Streams.Files.Watching;

/// <summary>The kernel refused something about watching files.</summary>
public sealed class WatchException : IOException
{
    internal WatchException(string message) : base(message)
    {
    }

    internal WatchException(string doing, int number)
        : base($"the kernel refuses to {doing}: {new Win32Exception(number).Message} (error {number})") => Number = number;

    /// <summary>Why: an error number of <c>errno.h</c>.</summary>
    public int Number { get; }

    internal static WatchException Last(string doing) => new(doing, Marshal.GetLastPInvokeError());
}
