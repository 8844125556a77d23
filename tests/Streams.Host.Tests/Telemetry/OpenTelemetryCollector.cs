using System.Net;
using System.Threading.Channels;

namespace Streams.Host.Tests.Telemetry;

/// <summary>What receives OTLP over HTTP, as a collector of OpenTelemetry does.</summary>
internal sealed class OpenTelemetryCollector : IDisposable
{
    private readonly HttpListener _listener;
    private readonly Channel<(string Path, string? Type, byte[] Body)> _received = Channel.CreateUnbounded<(string, string?, byte[])>();

    private OpenTelemetryCollector(HttpListener listener, int port)
    {
        (_listener, Address) = (listener, new Uri($"http://127.0.0.1:{port}"));
        _ = Receive();
    }

    public Uri Address { get; }

    /// <summary>What was sent.</summary>
    public ChannelReader<(string Path, string? Type, byte[] Body)> Received => _received.Reader;

    public static OpenTelemetryCollector Start()
    {
        while (true)
        {
            using var probe = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
            probe.Start();
            int port = ((IPEndPoint)probe.LocalEndpoint).Port;
            probe.Stop();
            var listener = new HttpListener();
            listener.Prefixes.Add($"http://127.0.0.1:{port}/");
            try
            {
                listener.Start();
                return new OpenTelemetryCollector(listener, port);
            }
            catch (HttpListenerException)
            {
                // Somebody else has taken the port meanwhile.
                ((IDisposable)listener).Dispose();
            }
        }
    }

    public void Dispose() => ((IDisposable)_listener).Dispose();

    private async Task Receive()
    {
        try
        {
            while (true)
            {
                HttpListenerContext context = await _listener.GetContextAsync();
                using var body = new MemoryStream();
                await context.Request.InputStream.CopyToAsync(body);
                context.Response.ContentType = "application/x-protobuf";
                context.Response.Close();
                _received.Writer.TryWrite((context.Request.Url!.AbsolutePath, context.Request.ContentType, body.ToArray()));
            }
        }
        catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
        {
            _received.Writer.TryComplete();
        }
    }
}
