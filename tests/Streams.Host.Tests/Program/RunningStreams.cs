using System.Diagnostics;
using System.Text;
using System.Threading.Channels;

namespace Streams.Host.Tests.Program;

/// <summary>A <c>streams run</c> of a test that follows a log: it needs no rights, and nothing outside of its folder.</summary>
internal sealed class RunningStreams : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly Process _process;
    private readonly StringBuilder _errors = new();
    private readonly Channel<string> _lines = Channel.CreateUnbounded<string>();

    private RunningStreams(Process process)
    {
        _process = process;
        _ = Listen();
    }

    /// <summary>Its standard output.</summary>
    public StreamReader Output => _process.StandardOutput;

    /// <summary>What it has said on standard error.</summary>
    public string Errors
    {
        get
        {
            lock (_errors) return _errors.ToString();
        }
    }

    /// <summary>Writes the configuration of a run.</summary>
    /// <param name="folder">Where its socket, its state and its log are.</param>
    /// <param name="more">More members, each with a comma in front.</param>
    /// <returns>The file.</returns>
    public static string Configure(DirectoryInfo folder, string more = "")
    {
        string config = Path.Combine(folder.FullName, "streams.config.json");
        File.WriteAllText(
            config,
            $$"""{ "control": "control.sock", "state": { "path": "state" }, "host": "web-1","""
            + $$""" "collectors": { "files": { "enabled": false } }{{more}} }""");
        File.SetUnixFileMode(config, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return config;
    }

    /// <summary>Starts one that follows <c>audit.log</c> in a folder.</summary>
    public static RunningStreams Start(DirectoryInfo folder, string more, params string[] args)
    {
        string log = Path.Combine(folder.FullName, "audit.log");
        if (!File.Exists(log)) File.WriteAllText(log, "");
        return new RunningStreams(Built.Start(["run", "--config", Configure(folder, more), "--follow", log, .. args]));
    }

    /// <summary>Waits until it says a line with a text.</summary>
    public async Task<string> Says(string text)
    {
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            while (true)
            {
                string line = await _lines.Reader.ReadAsync(patience.Token);
                if (line.Contains(text, StringComparison.Ordinal)) return line;
            }
        }
        catch (Exception e) when (e is OperationCanceledException or ChannelClosedException)
        {
            throw new InvalidOperationException($"it does not say \"{text}\":\n{Errors}");
        }
    }

    /// <summary>Stops it with a signal, by default as Ctrl-C does.</summary>
    /// <returns>Its exit code.</returns>
    public async Task<int> Stop(string signal = "INT")
    {
        using Process kill = Process.Start("kill", [$"-{signal}", $"{_process.Id}"]);
        return await End();
    }

    /// <summary>Waits until it has ended.</summary>
    /// <returns>Its exit code.</returns>
    public async Task<int> End()
    {
        await _process.WaitForExitAsync().WaitAsync(Patience);
        return _process.ExitCode;
    }

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill();
        _process.Dispose();
    }

    private async Task Listen()
    {
        while (await _process.StandardError.ReadLineAsync() is { } line)
        {
            lock (_errors) _errors.Append(line).Append('\n');
            _lines.Writer.TryWrite(line);
        }

        _lines.Writer.TryComplete();
    }
}
