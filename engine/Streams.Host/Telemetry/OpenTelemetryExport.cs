using System.Runtime.CompilerServices;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using Streams.Host.Live;

namespace Streams.Host.Telemetry;

/// <summary>
/// Sends the metrics to a collector of OpenTelemetry, every minute and at the end. The environment variables of the OTLP exporter
/// (OTEL_EXPORTER_OTLP_HEADERS, OTEL_METRIC_EXPORT_INTERVAL …) hold.
/// </summary>
internal sealed class OpenTelemetryExport : IDisposable
{
    // The port of OTLP over gRPC; over HTTP it is 4318 (IANA).
    private const int GrpcPort = 4317;

    // A collector that does not answer must not keep the run from its end.
    private static readonly TimeSpan StopLimit = TimeSpan.FromMilliseconds(700);

    private readonly Instruments _instruments;
    private readonly MeterProvider _provider;

    private OpenTelemetryExport(Instruments instruments, MeterProvider provider) => (_instruments, _provider) = (instruments, provider);

    /// <summary>Starts it. Its assemblies are loaded only by those who ask for it.</summary>
    /// <param name="collector">The collector's address: port 4317 is spoken to in gRPC, any other in protobuf over HTTP.</param>
    /// <param name="host">The name of this host.</param>
    /// <param name="figures">The newest figures; null while there are none.</param>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static OpenTelemetryExport Start(Uri collector, string host, Func<LiveFigures?> figures)
    {
        var instruments = new Instruments(figures);
        MeterProvider provider = Sdk.CreateMeterProviderBuilder()
            .ConfigureResource(resource => resource.AddService("streams").AddAttributes([new("host.name", host)]))
            .AddMeter(Instruments.MeterName)
            .AddMeter("System.Runtime")
            .AddOtlpExporter(options =>
            {
                options.Protocol = collector.Port == GrpcPort ? OtlpExportProtocol.Grpc : OtlpExportProtocol.HttpProtobuf;
                options.Endpoint = Endpoint(collector);
            })
            .Build();
        return new OpenTelemetryExport(instruments, provider);
    }

    /// <summary>Where metrics are sent: what is only a host and a port has them at the path that OTLP over HTTP gives them.</summary>
    public static Uri Endpoint(Uri collector) =>
        collector.Port == GrpcPort || collector.AbsolutePath != "/" ? collector : new Uri(collector, "/v1/metrics");

    /// <inheritdoc/>
    public void Dispose()
    {
        // What it sends last it sends on this thread, for as long as the collector takes.
        var ending = new Thread(_provider.Dispose) { IsBackground = true, Name = "opentelemetry" };
        ending.Start();
        ending.Join(StopLimit);
        _instruments.Dispose();
    }
}
