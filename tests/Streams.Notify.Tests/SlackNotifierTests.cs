using System.Text.Json;
using Streams.Events;
using Streams.Testing;

namespace Streams.Notify.Tests;

public sealed class SlackNotifierTests : IDisposable
{
    private readonly WebhookServer _server = new();
    private readonly ManualTime _time = new();

    public void Dispose() => _server.Dispose();

    [Fact]
    public async Task An_alert_is_a_message_with_what_one_needs_to_know()
    {
        (string head, JsonElement message) = await Sent(
            Some.Alert("bash has a socket", "bash 4242", "web-1", Events("first", "second", "third")), lines: 2);
        Assert.StartsWith("POST /services/T000/B000/hunter2 HTTP/1.1\n", head, StringComparison.Ordinal);
        Assert.Contains("Content-Type: application/json; charset=utf-8\n", head, StringComparison.Ordinal);
        Assert.Equal("HIGH network-shell on web-1: bash has a socket", message.GetProperty("text").GetString());
        Assert.Equal(
            [
                "HIGH network-shell on web-1",
                "bash has a socket",
                "Severity\nHIGH",
                "Host\nweb-1",
                "Key\nbash 4242",
                "Started\n2026-01-02 00:00:00.000Z",
                "Events\n1",
                "Alert\n0123456789abcdef0123456789abcdef",
                "```\nfirst\nsecond\n```",
            ],
            Texts(message));
    }

    [Theory]
    [InlineData("<!channel> <@U1> <#C1> <http://e.example|bank>",
        "&lt;!channel&gt; &lt;@\u2060U1&gt; &lt;#C1&gt; &lt;http:\u2060//e.example|bank&gt;")]
    [InlineData("@channel @here",
        "@\u2060channel @\u2060here")]
    [InlineData("https://e.example/?a=1&b=2",
        "https:\u2060//e.example/?a=1&amp;b=2")]
    [InlineData("*bold* _it_ ~no~ :skull:",
        "*bold* _it_ ~no~ :skull:")]
    [InlineData("a\u202eb\u001b[31m\u0000\nnext",
        "a\\u{202e}b\\u{1b}[31m\\u{0}\\nnext")]
    [InlineData("&lt;!channel&gt;",
        "&amp;lt;!channel&amp;gt;")]
    public async Task What_a_record_says_is_shown_and_not_obeyed(string hostile, string shown)
    {
        (_, JsonElement message) = await Sent(Some.Alert(hostile, hostile, hostile, Events(hostile)), lines: 5);
        JsonElement[] blocks = [.. message.GetProperty("blocks").EnumerateArray()];
        Assert.Equal($"HIGH network-shell on {shown}", Text(blocks[0]));
        Assert.Equal(shown, Text(blocks[1]));
        Assert.Contains($"Host\n{shown}", Texts(message));
        Assert.Contains($"Key\n{shown}", Texts(message));
        Assert.Equal($"```\n{shown}\n```", Text(blocks[3]));
        Assert.Equal($"HIGH network-shell on {shown}: {shown}", message.GetProperty("text").GetString());

        // Only a block of code, whose text is escaped, is markup; names in the line of the notification mean nobody.
        Assert.All(blocks[..3], block => Assert.DoesNotContain("\"mrkdwn\"", block.GetRawText(), StringComparison.Ordinal));
        Assert.True(blocks[3].GetProperty("text").GetProperty("verbatim").GetBoolean());
        Assert.False(message.GetProperty("mrkdwn").GetBoolean());
        Assert.False(message.GetProperty("link_names").GetBoolean());
    }

    [Fact]
    public async Task Evidence_cannot_end_its_block_of_code()
    {
        (_, JsonElement message) = await Sent(Some.Alert(evidence: Events("```\n*out*")), lines: 5);
        Assert.Equal("```\n\u02cb\u02cb\u02cb\\n*out*\n```", Texts(message)[^1]);
    }

    [Fact]
    public async Task Whatever_is_too_long_for_Slack_is_cut_between_letters()
    {
        string longest = string.Concat(Enumerable.Repeat("&", 5000));
        (_, JsonElement message) = await Sent(
            Some.Alert(longest, longest, longest, Events([.. Enumerable.Repeat(longest, 20)])), lines: 20);
        JsonElement[] blocks = [.. message.GetProperty("blocks").EnumerateArray()];
        Assert.InRange(Text(blocks[0]).Length, 100, 150);
        Assert.All(Texts(message), text => Assert.InRange(text.Length, 1, 3000));
        Assert.All(Texts(message), text => Assert.DoesNotMatch("&(?!amp;)", text.Replace("ATT&CK", "", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("HTTP/1.1 429 Too Many Requests\r\nRetry-After: 30", true, 30.0)]
    [InlineData("HTTP/1.1 503 Service Unavailable\r\nRetry-After: Fri, 02 Jan 2026 00:01:00 GMT", true, 60.0)]
    [InlineData("HTTP/1.1 500 Internal Server Error", true, null)]
    [InlineData("HTTP/1.1 400 Bad Request", false, null)]
    [InlineData("HTTP/1.1 404 Not Found", false, null)]
    [InlineData("HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1/", false, null)]
    public async Task What_Slack_has_no_time_for_is_for_later_and_what_it_refuses_is_not(string answer, bool later, double? after)
    {
        DeliveryException failure = await Failure(answer, "no_service");
        Assert.Equal(later, failure.IsTransient);
        Assert.Equal(after, failure.RetryAfter?.TotalSeconds);
        Assert.Contains(answer.Split(' ')[1] + " no_service", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_answer_that_does_not_come_in_time_is_for_later()
    {
        using SlackNotifier notifier = Notifier(5);
        Task notifying = Task.Run(
            () => notifier.Notify(Some.Alert(), TestContext.Current.CancellationToken), TestContext.Current.CancellationToken);
        Assert.Equal(TimeSpan.FromSeconds(10), await _time.Fire());
        var failure = await Assert.ThrowsAsync<DeliveryException>(
            () => notifying.WaitAsync(Some.Patience, TestContext.Current.CancellationToken));
        Assert.Equal("Slack has not answered within 10 s", failure.Message);
        Assert.True(failure.IsTransient);
    }

    [Fact]
    public void Nobody_there_is_for_later_and_the_address_stays_a_secret()
    {
        using SlackNotifier notifier = Notifier(5);
        _server.Dispose();
        var failure = Assert.Throws<DeliveryException>(() => notifier.Notify(Some.Alert(), TestContext.Current.CancellationToken));
        Assert.True(failure.IsTransient);
        Assert.DoesNotContain("hunter2", failure.ToString(), StringComparison.Ordinal);
    }

    private static Event[] Events(params ReadOnlySpan<string> texts)
    {
        var events = new Event[texts.Length];
        for (int i = 0; i < texts.Length; i++) events[i] = VirtualTime.Note(i, texts[i]);
        return events;
    }

    private static string Text(JsonElement block) => block.GetProperty("text").GetProperty("text").GetString()!;

    private static string[] Texts(JsonElement message) =>
    [
        .. message.GetProperty("blocks").EnumerateArray().SelectMany(block => block.TryGetProperty("fields", out JsonElement fields)
            ? fields.EnumerateArray().Select(field => field.GetProperty("text").GetString()!)
            : [Text(block)]),
    ];

    private async Task<(string Head, JsonElement Message)> Sent(Alert alert, int lines)
    {
        using SlackNotifier notifier = Notifier(lines);
        Task<(string Head, string Body)> serving = _server.Serve();
        await Task.Run(() => notifier.Notify(alert, TestContext.Current.CancellationToken), TestContext.Current.CancellationToken)
            .WaitAsync(Some.Patience);
        (string head, string body) = await serving;
        return (head, JsonElement.Parse(body));
    }

    private async Task<DeliveryException> Failure(string answer, string body)
    {
        using SlackNotifier notifier = Notifier(5);
        Task serving = _server.Serve(answer, body);
        var failure = await Assert.ThrowsAsync<DeliveryException>(
            () => Task.Run(() => notifier.Notify(Some.Alert(), TestContext.Current.CancellationToken)).WaitAsync(Some.Patience));
        await serving;
        return failure;
    }

    private SlackNotifier Notifier(int lines) => new(
        new SlackOptions { Webhook = SlackWebhook.FromVariable("HOOK", _server.Address), EvidenceLines = lines },
        e => ((Note)e).Text,
        _time);
}
