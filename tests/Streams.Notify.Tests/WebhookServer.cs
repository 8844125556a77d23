using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Streams.Notify.Tests;

/// <summary>A server on loopback that answers what the test says, one connection after the other.</summary>
internal sealed class WebhookServer : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

    public WebhookServer() => _listener.Start();

    /// <summary>Its address, with a path that is a secret.</summary>
    public string Address => $"http://{_listener.LocalEndpoint}/services/T000/B000/hunter2";

    /// <summary>Takes one request.</summary>
    /// <param name="answer">The answer's lines, without its length.</param>
    /// <param name="body">The answer's body.</param>
    /// <returns>The head and the body of the request.</returns>
    public async Task<(string Head, string Body)> Serve(string answer = "HTTP/1.1 200 OK", string body = "ok")
    {
        using var patience = new CancellationTokenSource(Some.Patience);
        using TcpClient client = await _listener.AcceptTcpClientAsync(patience.Token);
        NetworkStream stream = client.GetStream();
        using var reader = new StreamReader(stream, Encoding.Latin1);
        var head = new StringBuilder();
        int length = 0;
        while (await reader.ReadLineAsync(patience.Token) is { Length: > 0 } line)
        {
            head.Append(line).Append('\n');
            if (line.StartsWith("Content-Length: ", StringComparison.Ordinal)) length = int.Parse(line["Content-Length: ".Length..], null);
        }

        var posted = new char[length];
        await reader.ReadBlockAsync(posted, patience.Token);
        string text = $"{answer}\r\nConnection: close\r\nContent-Length: {body.Length}\r\n\r\n{body}";
        await stream.WriteAsync(Encoding.ASCII.GetBytes(text), patience.Token);
        return (head.ToString(), Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(posted)));
    }

    public void Dispose() => _listener.Dispose();
}
