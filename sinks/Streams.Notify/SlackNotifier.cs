using System.Buffers;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using Streams.Events;

namespace Streams.Notify;

/// <summary>
/// Posts alerts to a channel of Slack through an incoming webhook (docs.slack.dev, "Sending messages using incoming webhooks"). What Slack
/// has no time for (429, 5xx, no connection) is to be tried again, when it says so; what it refuses is not.
/// </summary>
public sealed class SlackNotifier : INotifier
{
    private const int LongestAnswer = 200;
    private const int LongestResponse = 64 * 1024;

    private readonly SlackOptions _options;
    private readonly Func<Event, string> _evidence;
    private readonly TimeProvider _time;
    private readonly HttpClient _client;
    private readonly ArrayBufferWriter<byte> _message = new(4096);

    /// <summary>Makes one; nothing is sent yet.</summary>
    /// <param name="options">Where to and how.</param>
    /// <param name="evidence">Shows an event of an alert's evidence in one line.</param>
    /// <param name="time">The clock of the time limit.</param>
    public SlackNotifier(SlackOptions options, Func<Event, string> evidence, TimeProvider time)
    {
        (_options, _evidence, _time) = (options, evidence, time);

        // A redirect would take the alert to somebody else.
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        };
        _client = new HttpClient(handler)
        {
            Timeout = Timeout.InfiniteTimeSpan,
            MaxResponseContentBufferSize = LongestResponse,
        };
    }

    /// <inheritdoc/>
    public string Name => "slack";

    /// <inheritdoc/>
    public void Notify(Alert alert, CancellationToken stop)
    {
        _message.ResetWrittenCount();
        SlackMessage.Write(alert, _evidence, _options.EvidenceLines, _message);
        using var limit = new CancellationTokenSource(_options.Timeout, _time);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, stop);
        using var request = new HttpRequestMessage(HttpMethod.Post, _options.Webhook.Address)
        {
            Content = new ReadOnlyMemoryContent(_message.WrittenMemory),
        };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json", "utf-8");
        try
        {
            using HttpResponseMessage response = _client.Send(request, end.Token);
            if (response.StatusCode != HttpStatusCode.OK) throw Refused(response);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            throw new DeliveryException(
                string.Create(CultureInfo.InvariantCulture, $"Slack has not answered within {_options.Timeout.TotalSeconds:0.###} s"),
                isTransient: true);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw new DeliveryException($"Slack cannot be reached: {FailureText.Of(e)}", isTransient: true, inner: e);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    private DeliveryException Refused(HttpResponseMessage response)
    {
        var status = (int)response.StatusCode;
        bool later = response.StatusCode is HttpStatusCode.TooManyRequests or HttpStatusCode.RequestTimeout || status >= 500;
        string remedy = response.StatusCode is HttpStatusCode.Forbidden or HttpStatusCode.NotFound or HttpStatusCode.Gone
            ? "; the webhook may have been removed: make a new one and put its address in place of the old one"
            : "";
        return new DeliveryException(
            string.Create(CultureInfo.InvariantCulture, $"Slack answered {status} {Answer(response)}{remedy}"),
            later,
            RetryAfter(response.Headers.RetryAfter));
    }

    // A word such as `invalid_payload` or `channel_is_archived` says what is wrong.
    private static string Answer(HttpResponseMessage response)
    {
        using var text = new StreamReader(response.Content.ReadAsStream());
        var answer = new char[LongestAnswer];
        return new string(answer, 0, text.ReadBlock(answer));
    }

    private TimeSpan? RetryAfter(RetryConditionHeaderValue? asked) => asked switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } => date - _time.GetUtcNow(),
        _ => null,
    };
}
