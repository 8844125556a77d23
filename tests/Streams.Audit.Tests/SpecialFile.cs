using System.Diagnostics;
using System.Net.Sockets;

namespace Streams.Audit.Tests;

/// <summary>What may be in the place of a log and is not a regular file.</summary>
internal static class SpecialFile
{
    /// <summary>Makes one.</summary>
    /// <param name="kind">FIFO, open FIFO (that has a writer), folder, socket, device or dangling link.</param>
    /// <param name="path">Where.</param>
    /// <returns>What keeps it there; null for nothing.</returns>
    public static IDisposable? Make(string kind, string path)
    {
        switch (kind)
        {
            case "folder":
                Directory.CreateDirectory(path);
                return null;
            case "device":
                File.CreateSymbolicLink(path, "/dev/null");
                return null;
            case "dangling link":
                File.CreateSymbolicLink(path, path + ".none");
                return null;
            case "socket":
                var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                socket.Bind(new UnixDomainSocketEndPoint(path));
                return socket;
            default:
                using (var made = Process.Start("mkfifo", [path])) made.WaitForExit();
                return kind == "FIFO" ? null : new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite, 0);
        }
    }
}
