using System.Net;
using Streams.Events;

namespace Streams.Notify;

/// <summary>The secret address of an incoming webhook, from where only its owner can read it. It never appears as text.</summary>
public sealed class SlackWebhook
{
    private const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    private SlackWebhook(Uri address) => Address = address;

    /// <summary>The address. It is not to be written anywhere.</summary>
    internal Uri Address { get; }

    /// <summary>Reads it from a file that nobody else may read or write.</summary>
    /// <param name="path">The file; its first line is the address.</param>
    /// <exception cref="FormatException">It cannot be had from there; the message says why and what to do.</exception>
    public static SlackWebhook FromFile(string path)
    {
        if (Directory.Exists(path)) throw new FormatException($"{path} is a folder; name the file that holds the address of the webhook");
        if (!File.Exists(path))
        {
            throw new FormatException(
                $"{path} does not exist, or its folder may not be entered; put the address of the webhook there: "
                + $"install -m 0600 /dev/stdin {path}");
        }

        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            if ((File.GetUnixFileMode(file.SafeFileHandle) & Others) != 0)
                throw new FormatException($"{path} holds a secret and others may read or write it: chmod 0600 {path}");
            using var text = new StreamReader(file);
            return Parse(text.ReadLine(), path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new FormatException($"{path} cannot be read: {FailureText.Of(e)}", e);
        }
    }

    /// <summary>Takes it from an environment variable.</summary>
    /// <param name="name">The variable's name.</param>
    /// <param name="value">Its value; null when it is not set.</param>
    /// <exception cref="FormatException">It is not there or no address; the message says so.</exception>
    public static SlackWebhook FromVariable(string name, string? value)
    {
        string source = $"the environment variable {name}";
        if (string.IsNullOrEmpty(value)) throw new FormatException($"{source} is not set");
        return Parse(value, source);
    }

    /// <summary>Says what it is, not where it leads.</summary>
    public override string ToString() => "a webhook of Slack";

    // Only to a proxy on this machine may it go in the clear.
    private static SlackWebhook Parse(string? text, string source) =>
        Uri.TryCreate(text?.Trim(), UriKind.Absolute, out Uri? address)
        && (address.Scheme == Uri.UriSchemeHttps
            || (address.Scheme == Uri.UriSchemeHttp && IPAddress.TryParse(address.Host, out IPAddress? ip) && IPAddress.IsLoopback(ip)))
            ? new SlackWebhook(address)
            : throw new FormatException($"{source} does not hold the address of an incoming webhook, https://hooks.slack.com/services/…");
}
