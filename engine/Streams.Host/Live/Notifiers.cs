using Streams.Host.Configuration;
using Streams.Host.Output;
using Streams.Notify;

namespace Streams.Host.Live;

/// <summary>The notifiers of the configuration.</summary>
internal static class Notifiers
{
    private const int EvidenceColumns = 300;

    /// <summary>Makes them; nothing is sent yet.</summary>
    /// <param name="settings">Which.</param>
    /// <param name="time">The clock of their time limits.</param>
    /// <exception cref="FormatException">One cannot be had; the message says why and what to do.</exception>
    public static IReadOnlyList<INotifier> Make(AlertSettings settings, TimeProvider time)
    {
        var notifiers = new List<INotifier>();
        if (settings.File is { } file) notifiers.Add(new FileNotifier(file));
        if (settings.Command is { } command) notifiers.Add(new CommandNotifier(command, time));
        if (Webhook(settings) is { } webhook)
        {
            notifiers.Add(new SlackNotifier(
                new SlackOptions { Webhook = webhook }, shown => EvidenceLine.Render(shown, showHost: false, EvidenceColumns), time));
        }

        return notifiers;
    }

    private static SlackWebhook? Webhook(AlertSettings settings)
    {
        if (settings.SlackWebhookFile is { } file) return SlackWebhook.FromFile(file);
        if (settings.SlackWebhookVariable is not { } variable) return null;
        SlackWebhook webhook = SlackWebhook.FromVariable(variable, Environment.GetEnvironmentVariable(variable));

        // What this process starts inherits its environment, and need not know.
        Environment.SetEnvironmentVariable(variable, null);
        return webhook;
    }
}
