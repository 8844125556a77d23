namespace Streams.Notify;

/// <summary>How a <see cref="SlackNotifier"/> reaches its channel.</summary>
public sealed record SlackOptions
{
    /// <summary>The address of the incoming webhook; whoever knows it may post, so it is a secret.</summary>
    public required SlackWebhook Webhook { get; init; }

    /// <summary>How long one attempt may take.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How many events of an alert's evidence are shown.</summary>
    public int EvidenceLines { get; init; } = 5;
}
