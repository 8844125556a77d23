using System.Runtime.InteropServices;

namespace Streams.Audit.Netlink;

/// <summary>A netlink socket of the audit family.</summary>
internal sealed class AuditSocket : SafeHandle
{
    // AUDIT_NLGRP_READLOG of linux/audit.h.
    private const int ReadLogGroup = 1;

    private static readonly Libc.NetlinkAddress Kernel = new() { Family = Libc.AfNetlink };

    private volatile bool _hasReadAlong;

    private AuditSocket(int descriptor) : base(-1, ownsHandle: true) => SetHandle(descriptor);

    public override bool IsInvalid => handle == -1;

    /// <summary>The number, for poll.</summary>
    public int Descriptor => (int)handle;

    /// <summary>Opens a socket; the kernel gives it a port of its own.</summary>
    /// <exception cref="AuditException">The kernel has no audit, or there is no more memory or descriptor.</exception>
    public static AuditSocket Open()
    {
        int descriptor = Libc.Socket(Libc.AfNetlink, Libc.SockRaw | Libc.SockCloexec, Libc.NetlinkAudit);
        if (descriptor < 0) throw AuditException.Last("open an audit socket");
        var socket = new AuditSocket(descriptor);
        var any = new Libc.NetlinkAddress { Family = Libc.AfNetlink };
        int length = Marshal.SizeOf<Libc.NetlinkAddress>();

        // What is connected to the kernel takes nothing that another process sends to it alone (netlink_getsockbyportid of
        // net/netlink/af_netlink.c).
        if (Libc.Bind(socket, in any, length) == 0 && Libc.Connect(socket, in Kernel, length) == 0) return socket;
        AuditException error = AuditException.Last("bind an audit socket");
        socket.Dispose();
        throw error;
    }

    /// <summary>
    /// Whether it was ever in the group of those who read along: until then, all that it takes is what the kernel sent to it alone.
    /// </summary>
    public bool HasReadAlong => _hasReadAlong;

    /// <summary>Joins or leaves the group of those who read along; false when the kernel refuses.</summary>
    public bool TryReadAlong(bool on)
    {
        if (on) _hasReadAlong = true;
        return TrySet(Libc.SolNetlink, on ? Libc.NetlinkAddMembership : Libc.NetlinkDropMembership, ReadLogGroup);
    }

    /// <summary>Sends a message to the kernel, which has carried it out when this returns.</summary>
    /// <exception cref="AuditException">It could not be sent.</exception>
    public void Send(ReadOnlySpan<byte> message, string doing)
    {
        while (Libc.SendTo(this, message, message.Length, 0, in Kernel, Marshal.SizeOf<Libc.NetlinkAddress>()) < 0)
        {
            if (Marshal.GetLastPInvokeError() != Libc.Eintr) throw AuditException.Last(doing);
        }
    }

    /// <summary>Takes the next message of the kernel, waiting for it.</summary>
    /// <param name="buffer">Where to; a longer message is cut.</param>
    /// <param name="milliseconds">How long to wait at most.</param>
    /// <returns>Its length; 0 for one that another process sent; -1 when the time is over.</returns>
    /// <exception cref="AuditException">The socket is broken.</exception>
    public int Receive(Span<byte> buffer, int milliseconds)
    {
        for (; ; )
        {
            int length = Marshal.SizeOf<Libc.NetlinkAddress>();
            int got = (int)Libc.ReceiveFrom(this, buffer, buffer.Length, Libc.MsgDontwait, out Libc.NetlinkAddress from, ref length);
            if (got >= 0) return from.Port == 0 ? got : 0;
            switch (Marshal.GetLastPInvokeError())
            {
                case Libc.Eagain when !IsReadable(milliseconds):
                    return -1;
                case Libc.Eagain or Libc.Eintr or Libc.Enobufs:
                    continue;
                default:
                    throw AuditException.Last("read the audit socket");
            }
        }
    }

    /// <summary>The size of its buffer as the kernel counts: twice what was asked for.</summary>
    public int ReceiveBuffer
    {
        get
        {
            int length = sizeof(int);
            return Libc.GetSocketOption(this, Libc.SolSocket, Libc.SoRcvbuf, out int size, ref length) == 0 ? size : 0;
        }
    }

    /// <summary>Sets an option; false when the kernel refuses.</summary>
    public bool TrySet(int level, int option, int value) => Libc.SetSocketOption(this, level, option, in value, sizeof(int)) == 0;

    protected override bool ReleaseHandle() => Libc.Close(handle) == 0;

    private bool IsReadable(int milliseconds)
    {
        Span<Libc.PollDescriptor> wait = [new() { Descriptor = Descriptor, Events = Libc.PollIn }];
        return Libc.Poll(wait, 1, milliseconds) != 0;
    }
}
