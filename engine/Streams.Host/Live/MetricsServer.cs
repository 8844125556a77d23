using System.Net;
using System.Text;

namespace Streams.Host.Live;

/// <summary>
/// <c>/metrics</c> for Prometheus and <c>/healthz</c> with reasons, over HTTP on loopback. What makes the page is loaded when the first one
/// asks.
/// </summary>
internal sealed class MetricsServer : IDisposable
{
    private readonly HttpListener _listener = new();
    private readonly Func<Health> _health;
    private Prometheus.CollectorRegistry? _registry;

    private MetricsServer(Func<Health> health) => _health = health;

    /// <summary>Listens from now on.</summary>
    /// <param name="address">A loopback address and a port.</param>
    /// <param name="health">How the run is.</param>
    /// <exception cref="HttpListenerException">Somebody else listens there.</exception>
    public static MetricsServer Start(IPEndPoint address, Func<Health> health)
    {
        var server = new MetricsServer(health);
        server._listener.Prefixes.Add($"http://{address}/");
        server._listener.Start();
        _ = server.Serve();
        return server;
    }

    /// <inheritdoc/>
    public void Dispose() => ((IDisposable)_listener).Dispose();

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
                response.ContentType = "text/plain; version=0.0.4; charset=utf-8";
                if (_registry is null)
                {
                    // The adapter has the values of observable instruments from the second collection on.
                    _registry = Registry();
                    await _registry.CollectAndExportAsTextAsync(Stream.Null).ConfigureAwait(false);
                }

                await _registry.CollectAndExportAsTextAsync(response.OutputStream).ConfigureAwait(false);
                break;
            case "/healthz":
                Health health = _health();
                response.StatusCode = (int)(health.IsGood ? HttpStatusCode.OK : HttpStatusCode.ServiceUnavailable);
                response.ContentType = "text/plain; charset=utf-8";
                await response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes(health.IsGood ? "ok\n" : string.Join('\n', health.Reasons) + "\n")).ConfigureAwait(false);
                break;
            default:
                response.StatusCode = (int)HttpStatusCode.NotFound;
                break;
        }
    }

    private static Prometheus.CollectorRegistry Registry()
    {
        var registry = Prometheus.Metrics.NewCustomRegistry();
        Prometheus.MeterAdapter.StartListening(new Prometheus.MeterAdapterOptions
        {
            Registry = registry,
            MetricFactory = Prometheus.Metrics.WithCustomRegistry(registry),
            InstrumentFilterPredicate = instrument => instrument.Meter.Name is Instruments.MeterName or "System.Runtime",
        });
        return registry;
    }
}
