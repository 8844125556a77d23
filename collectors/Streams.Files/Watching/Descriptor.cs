using System.Runtime.InteropServices;

namespace Streams.Files.Watching;

/// <summary>A file descriptor of the kernel.</summary>
internal sealed class Descriptor : SafeHandle
{
    public Descriptor(int number) : base(-1, ownsHandle: true) => SetHandle(number);

    public override bool IsInvalid => handle == -1;

    public int Number => (int)handle;

    /// <summary>An eventfd: readable, for ever, once it is signalled, which ends a poll.</summary>
    public static Descriptor Event() => new(Libc.EventDescriptor(0, Libc.CloseOnExec));

    public void Signal() => Libc.Write(this, [1, 0, 0, 0, 0, 0, 0, 0], 8);

    protected override bool ReleaseHandle() => Libc.Close(handle) == 0;
}
