using System.Runtime.InteropServices;

namespace Streams.Audit.Netlink;

/// <summary>A descriptor (eventfd) that becomes readable, for ever, when it is signalled: ends a poll.</summary>
internal sealed class WakeDescriptor : SafeHandle
{
    private const int Cloexec = 0x80000;

    public WakeDescriptor() : base(-1, ownsHandle: true)
    {
        SetHandle(Libc.EventDescriptor(0, Cloexec));
        if (IsInvalid) throw AuditException.Last("make an event descriptor");
    }

    public override bool IsInvalid => handle == -1;

    public int Descriptor => (int)handle;

    public void Signal() => Libc.Write(this, [1, 0, 0, 0, 0, 0, 0, 0], 8);

    protected override bool ReleaseHandle() => Libc.Close(handle) == 0;
}
