using System.Globalization;
using System.Runtime.InteropServices;
using Streams.Audit.Netlink;

namespace Streams.Audit.Tests.Netlink;

public sealed class AuditSocketTests
{
    [Fact]
    public void What_another_socket_sends_is_refused_by_the_kernel()
    {
        Assert.SkipUnless(
            OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess, "needs root: nobody else may send to an audit socket");
        using AuditSocket records = Open();
        using AuditSocket forger = Open();
        var to = new Libc.NetlinkAddress { Family = Libc.AfNetlink, Port = Port(records) };
        byte[] message = NetlinkMessage.Request(1300, sequence: 0, "audit(1.000:1): arch=c000003e"u8);
        Assert.Equal(-1, Libc.SendTo(forger, message, message.Length, 0, in to, Marshal.SizeOf<Libc.NetlinkAddress>()));
        Assert.Equal(Libc.Econnrefused, Marshal.GetLastPInvokeError());
    }

    private static AuditSocket Open()
    {
        try
        {
            return AuditSocket.Open();
        }
        catch (AuditException error)
        {
            Assert.Skip(error.Message);
            throw;
        }
    }

    // sk, protocol, port, groups, …, the inode at the end.
    private static uint Port(AuditSocket socket)
    {
        string inode = File.ResolveLinkTarget($"/proc/self/fd/{socket.Descriptor}", returnFinalTarget: false)!.Name["socket:[".Length..^1];
        string[] line = File.ReadLines("/proc/net/netlink")
            .Select(text => text.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Single(fields => fields[^1] == inode);
        return uint.Parse(line[2], CultureInfo.InvariantCulture);
    }
}
