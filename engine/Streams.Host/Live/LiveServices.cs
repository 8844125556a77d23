using System.Buffers;
using System.Text.Json;
using Streams.Events;
using Streams.Host.CommandLine;
using Streams.Host.Telemetry;

namespace Streams.Host.Live;

/// <summary>What a live run tells whoever asks: the control socket, metrics and health over HTTP, OpenTelemetry.</summary>
internal sealed class LiveServices : IDisposable
{
    private readonly FigureHistory _figures;
    private readonly AdmissionClock _clock;
    private readonly Func<IEnumerable<string>> _busy;
    private readonly List<IDisposable> _started = [];

    private LiveServices(FigureHistory figures, AdmissionClock clock, Func<IEnumerable<string>> busy) =>
        (_figures, _clock, _busy) = (figures, clock, busy);

    /// <summary>Starts what the options ask for. What cannot be started is told, and the run goes on without.</summary>
    /// <param name="options">Where.</param>
    /// <param name="figures">The run's figures.</param>
    /// <param name="clock">The run's clock.</param>
    /// <param name="busy">The queries that have not returned, each as the rest of a sentence that begins with "The".</param>
    /// <param name="tell">Takes what could not be started and why.</param>
    public static LiveServices Start(
        LiveOptions options,
        FigureHistory figures,
        AdmissionClock clock,
        Func<IEnumerable<string>> busy,
        Action<string> tell)
    {
        var services = new LiveServices(figures, clock, busy);
        try
        {
            services._started.Add(ControlSocket.Start(options.Control, services.Answer));
        }
        catch (IOException e)
        {
            tell($"the control socket cannot be opened, so `streams status` cannot ask this run: {e.Message}");
        }

        if (options.Metrics.Listen is { } address)
        {
            try
            {
                var server = MetricsServer.Start(address, () => figures.Newest, services.Health);
                services._started.Add(server);
                if (address.Port == 0) tell($"metrics are at http://{server.Address}/metrics, health at http://{server.Address}/healthz");
            }
            catch (IOException e)
            {
                tell($"the metrics endpoint is disabled: {e.Message}");
            }
        }

        if (options.Metrics.OpenTelemetry is { } collector)
            services._started.Add(OpenTelemetryExport.Start(collector, options.Host, () => figures.Newest));
        return services;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        for (int i = _started.Count - 1; i >= 0; i--) _started[i].Dispose();
    }

    // Why the queries make no progress comes before that they make none.
    private Health Health()
    {
        Health health = Telemetry.Health.Of(_figures.Newest, _figures.MinuteAgo, _clock.Elapsed);
        return health with { Reasons = [.. _busy().Select(query => $"The {query}."), .. health.Reasons] };
    }

    private ReadOnlyMemory<byte>? Answer(string command)
    {
        if (command != "status") return null;
        var output = new ArrayBufferWriter<byte>(4096);
        using (var json = new Utf8JsonWriter(output, ReadableJson.WriterOptions))
        {
            json.WriteStartObject();
            json.WriteNumber("pid", Environment.ProcessId);
            Health health = Health();
            WriteTexts(json, "health", health.Reasons);
            WriteTexts(json, "notes", health.Notes);
            if (_figures.Newest is { Learning: { Count: > 0 } learning })
            {
                json.WriteStartObject("learning");
                foreach ((string query, DateTimeOffset until) in learning) json.WriteString(query, Times.Format(until));
                json.WriteEndObject();
            }

            _figures.Newest?.WriteMembers(json);
            json.WriteEndObject();
        }

        return output.WrittenMemory;
    }

    private static void WriteTexts(Utf8JsonWriter json, string name, IReadOnlyList<string> texts)
    {
        json.WriteStartArray(name);
        foreach (string text in texts) json.WriteStringValue(text);
        json.WriteEndArray();
    }
}
