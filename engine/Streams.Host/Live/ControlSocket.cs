using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;
using Streams.Events;

namespace Streams.Host.Live;

/// <summary>
/// The Unix socket on which a running process is asked things: a line with a command, a line of JSON back. It is for its owner alone
/// (0600), and whoever is at the other end must be root or the user that this process runs as.
/// </summary>
internal sealed class ControlSocket : IDisposable
{
    private const int LongestCommand = 4096;
    private const int LongestPath = 107; // sun_path and its end, unix(7)
    private const string Remedy = "name another socket with \"control\" in the configuration";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly Socket _listener;
    private readonly string _path;
    private readonly Func<string, ReadOnlyMemory<byte>?> _answer;

    private ControlSocket(Socket listener, string path, Func<string, ReadOnlyMemory<byte>?> answer) =>
        (_listener, _path, _answer) = (listener, path, answer);

    /// <summary>Listens from now on.</summary>
    /// <param name="path">Where; its folder is made when it is not there, for its owner alone.</param>
    /// <param name="answer">The answer to a command, a line of JSON; null for a command that there is not. Called on any thread.</param>
    /// <exception cref="IOException">It cannot listen there; the message says why and what to do.</exception>
    public static ControlSocket Start(string path, Func<string, ReadOnlyMemory<byte>?> answer)
    {
        const UnixFileMode owner = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        if (Encoding.UTF8.GetByteCount(path) > LongestPath)
            throw new IOException($"{path}: it is longer than the {LongestPath} bytes that the path of a socket may have; {Remedy}");
        var address = new UnixDomainSocketEndPoint(path);
        var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!, owner | UnixFileMode.UserExecute);
            if (File.Exists(path))
            {
                if (IsAlive(address)) throw new IOException($"{path}: another run of Streams listens there; {Remedy}");
                // A socket has no length, and nothing in it that could be lost.
                if (new FileInfo(path).Length > 0) throw new IOException($"{path}: a file is there that is no socket; {Remedy}");
                File.Delete(path);
            }

            listener.Bind(address);
            File.SetUnixFileMode(path, owner);
            listener.Listen(8);
        }
        catch (Exception e) when (e is SocketException or UnauthorizedAccessException)
        {
            listener.Dispose();
            throw new IOException($"{path}: {FailureText.Of(e)}; {Remedy}", e);
        }
        catch
        {
            listener.Dispose();
            throw;
        }

        var socket = new ControlSocket(listener, path, answer);
        _ = socket.Accept();
        return socket;
    }

    /// <summary>Asks a running process.</summary>
    /// <returns>Its answer, a line of JSON.</returns>
    /// <exception cref="SocketException">Nobody listens there, or it may not be asked.</exception>
    /// <exception cref="IOException">It did not answer.</exception>
    public static byte[] Ask(string path, string command)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified)
        {
            ReceiveTimeout = (int)Patience.TotalMilliseconds,
            SendTimeout = (int)Patience.TotalMilliseconds,
        };
        socket.Connect(new UnixDomainSocketEndPoint(path));
        socket.Send(Encoding.UTF8.GetBytes(command + "\n"));
        using var stream = new NetworkStream(socket);
        using var answer = new MemoryStream();
        stream.CopyTo(answer);
        return answer.Length > 0 ? answer.ToArray() : throw new IOException("it did not answer");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _listener.Dispose();
        File.Delete(_path);
    }

    private static bool IsAlive(UnixDomainSocketEndPoint address)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Connect(address);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private async Task Accept()
    {
        while (true)
        {
            try
            {
                Socket peer = await _listener.AcceptAsync().ConfigureAwait(false);
                _ = Serve(peer);
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private async Task Serve(Socket peer)
    {
        using Socket _ = peer;
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            if (!IsTrusted(peer)) return;
            byte[] buffer = new byte[LongestCommand];
            int length = 0;
            while (length < buffer.Length && !buffer.AsSpan(0, length).Contains((byte)'\n'))
            {
                int read = await peer.ReceiveAsync(buffer.AsMemory(length), patience.Token).ConfigureAwait(false);
                if (read == 0) return;
                length += read;
            }

            string command = Encoding.UTF8.GetString(buffer, 0, length).TrimEnd('\n');
            ReadOnlyMemory<byte> answer = _answer(command) ?? "{\"error\":\"there is no such command\"}"u8.ToArray();
            while (answer.Length > 0) answer = answer[await peer.SendAsync(answer, patience.Token).ConfigureAwait(false)..];
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // Whoever asked has gone.
        }
    }

    // struct ucred of SO_PEERCRED, unix(7): pid, uid, gid, each 32 bits.
    private static bool IsTrusted(Socket peer)
    {
        const int solSocket = 1, soPeerCred = 17;
        Span<byte> credentials = stackalloc byte[12];
        if (peer.GetRawSocketOption(solSocket, soPeerCred, credentials) != credentials.Length) return false;
        uint uid = BitConverter.IsLittleEndian
            ? BinaryPrimitives.ReadUInt32LittleEndian(credentials[4..])
            : BinaryPrimitives.ReadUInt32BigEndian(credentials[4..]);
        return uid == 0 || uid == EffectiveUser.Id;
    }
}
