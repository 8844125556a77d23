using System.Net;
using System.Net.Sockets;
using System.Text;
using Streams.Events;
using Streams.Host.Live;

namespace Streams.Host.Telemetry;

/// <summary>
/// <c>/metrics</c> for Prometheus and <c>/healthz</c> with reasons, over HTTP on loopback. What makes the page is loaded when the first one
/// asks.
/// </summary>
internal sealed class MetricsServer : IDisposable
{
    // Between finding a free port and taking it somebody else may have it.
    private const int Attempts = 20;

    private readonly HttpListener _listener;
    private readonly Func<LiveFigures?> _figures;
    private readonly Func<Health> _health;
    private PrometheusPage? _page;

    private MetricsServer(HttpListener listener, IPEndPoint address, Func<LiveFigures?> figures, Func<Health> health) =>
        (_listener, Address, _figures, _health) = (listener, address, figures, health);

    /// <summary>Where it listens.</summary>
    public IPEndPoint Address { get; }

    /// <summary>Listens from now on.</summary>
    /// <param name="address">A loopback address and a port; port 0 takes a free one.</param>
    /// <param name="figures">The newest figures of the run; null while there are none.</param>
    /// <param name="health">How the run is.</param>
    /// <exception cref="IOException">It cannot listen there; the message says where, why and what to do.</exception>
    public static MetricsServer Start(IPEndPoint address, Func<LiveFigures?> figures, Func<Health> health)
    {
        if (!IPAddress.IsLoopback(address.Address)) throw new ArgumentException("is no loopback address", nameof(address));
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                var chosen = new IPEndPoint(address.Address, address.Port > 0 ? address.Port : FreePort(address.Address));
                var server = new MetricsServer(Listen(chosen), chosen, figures, health);
                _ = server.Serve();
                return server;
            }
            catch (Exception e) when (e is HttpListenerException or SocketException)
            {
                if (address.Port == 0 && attempt < Attempts) continue;
                throw new IOException(
                    $"http://{address}: {FailureText.Of(e)}; stop what listens there, "
                    + "or name another address with \"metrics\": { \"listen\": \"127.0.0.1:9470\" }",
                    e);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => ((IDisposable)_listener).Dispose();

    // The listener answers only those who call it by a name that it knows, so no page of the web can have the browser ask it under
    // another.
    private static HttpListener Listen(IPEndPoint address)
    {
        var listener = new HttpListener();
        try
        {
            listener.Prefixes.Add($"http://{address}/");
            if (address.Address.Equals(IPAddress.Loopback)) listener.Prefixes.Add($"http://localhost:{address.Port}/");
            listener.Start();
            return listener;
        }
        catch
        {
            ((IDisposable)listener).Dispose();
            throw;
        }
    }

    private static int FreePort(IPAddress address)
    {
        using var probe = new TcpListener(address, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }

    private async Task Serve()
    {
        while (_listener.IsListening)
        {
            HttpListenerContext context;
            try
            {
                context = await _listener.GetContextAsync().ConfigureAwait(false);
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException or InvalidOperationException)
            {
                return;
            }

            try
            {
                await Answer(context).ConfigureAwait(false);
            }
            catch (Exception e) when (e is HttpListenerException or IOException or ObjectDisposedException)
            {
                // Whoever asked has gone.
            }
        }
    }

    private async Task Answer(HttpListenerContext context)
    {
        using HttpListenerResponse response = context.Response;
        if (context.Request.HttpMethod is not ("GET" or "HEAD"))
        {
            response.StatusCode = (int)HttpStatusCode.MethodNotAllowed;
            return;
        }

        switch (context.Request.Url?.AbsolutePath)
        {
            case "/metrics":
                response.ContentType = PrometheusPage.ContentType;
                _page ??= new PrometheusPage(_figures);
                await _page.Write(response.OutputStream).ConfigureAwait(false);
                break;
            case "/healthz":
                Health health = _health();
                response.StatusCode = (int)(health.IsGood ? HttpStatusCode.OK : HttpStatusCode.ServiceUnavailable);
                response.ContentType = "text/plain; charset=utf-8";
                await response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes(health.Text)).ConfigureAwait(false);
                break;
            default:
                response.StatusCode = (int)HttpStatusCode.NotFound;
                break;
        }
    }
}
