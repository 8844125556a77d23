using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;

namespace Streams.Live.Tests;

/// <summary>A <c>streams run</c> of a test: a process of its own with a configuration, state and control socket of its own.</summary>
internal sealed partial class LiveStreams : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly Channel<JsonElement> _alerts = Channel.CreateUnbounded<JsonElement>();
    private readonly StringBuilder _output = new();
    private readonly StringBuilder _errors = new();
    private readonly List<JsonElement> _seen = [];
    private readonly Task _reading;
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _telling;
    private readonly List<(string Text, TaskCompletionSource Said)> _awaited = [];

    private LiveStreams(Process process, string ready)
    {
        _process = process;
        _reading = Read();
        _telling = Listen(ready);
    }

    /// <summary>The program.</summary>
    public static string Program { get; } = Path.Combine(AppContext.BaseDirectory, "streams");

    /// <summary>Where compiled scripts are kept: out of the user's cache, and those of one test serve the next.</summary>
    public static string Cache { get; } = Path.Combine(AppContext.BaseDirectory, "cache");

    /// <summary>Everything on standard output, when the process has ended.</summary>
    public string Output => _output.ToString();

    /// <summary>The alerts on standard output, when the process has ended.</summary>
    public IEnumerable<JsonElement> Alerts =>
        Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonElement.Parse(line));

    /// <summary>The alerts that were waited for, and those that came before them.</summary>
    public IReadOnlyList<JsonElement> Seen => _seen;

    /// <summary>What it has said on standard error so far.</summary>
    public string Errors
    {
        get
        {
            lock (_errors) return _errors.ToString();
        }
    }

    /// <summary>The process.</summary>
    public int Id => _process.Id;

    /// <summary>Starts one and waits until it watches.</summary>
    /// <param name="folder">Where its configuration and its state are put.</param>
    /// <param name="collectors">The <c>collectors</c> of its configuration, JSON.</param>
    /// <param name="args">More arguments.</param>
    public static Task<LiveStreams> Start(string folder, string collectors, params string[] args) =>
        StartUnder([], folder, collectors, args);

    /// <summary>Starts one by another program and its arguments, which becomes it: <c>setpriv</c>, <c>unshare</c>.</summary>
    public static async Task<LiveStreams> StartUnder(string[] launcher, string folder, string collectors, params string[] args)
    {
        string config = Path.Combine(folder, "streams.config.json");
        await File.WriteAllTextAsync(
            config,
            $$"""
            {
              "control": "control.sock", "state": { "path": "state" }, "metrics": { "enabled": false }, "host": "web-1",
              "collectors": {{collectors}}
            }
            """);
        File.SetUnixFileMode(config, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        string[] words = [.. launcher, Program, "run", "--config", config, "--json", .. args];
        var start = new ProcessStartInfo(words[0], words[1..])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["XDG_CACHE_HOME"] = Cache },
        };
        var streams = new LiveStreams(Process.Start(start)!, "streams: watching");
        try
        {
            await streams._ready.Task.WaitAsync(Patience);
        }
        catch (TimeoutException)
        {
            await streams.DisposeAsync();
            throw new InvalidOperationException($"it does not watch:\n{streams.Errors}");
        }

        return streams;
    }

    /// <summary>Waits for a transition of an alert.</summary>
    /// <param name="query">Its query.</param>
    /// <param name="matches">What else it must be; null for nothing.</param>
    public async Task<JsonElement> Alert(string query, Func<JsonElement, bool>? matches = null)
    {
        using var patience = new CancellationTokenSource(Patience);
        foreach (JsonElement seen in _seen)
        {
            if (Is(seen)) return seen;
        }

        try
        {
            while (true)
            {
                JsonElement alert = await _alerts.Reader.ReadAsync(patience.Token);
                _seen.Add(alert);
                if (Is(alert)) return alert;
            }
        }
        catch (Exception e) when (e is OperationCanceledException or ChannelClosedException)
        {
            string others = string.Join('\n', _seen.Select(a => $"{Query(a)}: {a.GetProperty("message").GetString()}"));
            throw new InvalidOperationException($"no alert of {query} came; there were:\n{others}\nand it said:\n{Errors}");
        }

        bool Is(JsonElement alert) => Query(alert) == query && matches?.Invoke(alert) != false;
    }

    /// <summary>Waits until it has said something on standard error.</summary>
    public async Task Said(string text)
    {
        var said = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_errors)
        {
            if (_errors.ToString().Contains(text, StringComparison.Ordinal)) return;
            _awaited.Add((text, said));
        }

        try
        {
            await said.Task.WaitAsync(Patience);
        }
        catch (TimeoutException)
        {
            throw new InvalidOperationException($"it did not say \"{text}\" but:\n{Errors}");
        }
    }

    /// <summary>Stops it with SIGTERM.</summary>
    /// <returns>Its exit code.</returns>
    public async Task<int> Stop()
    {
        if (!_process.HasExited) _ = Kill(_process.Id, Terminate);
        await _process.WaitForExitAsync().WaitAsync(Patience);
        await Task.WhenAll(_reading, _telling).WaitAsync(Patience);
        return _process.ExitCode;
    }

    /// <summary>Ends it with SIGKILL: nothing of it has time for anything.</summary>
    public async Task KillNow()
    {
        _process.Kill();
        await _process.WaitForExitAsync().WaitAsync(Patience);
        await Task.WhenAll(_reading, _telling).WaitAsync(Patience);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) await Stop();
        _process.Dispose();
    }

    private static string? Query(JsonElement alert) => alert.GetProperty("rule").GetProperty("name").GetString();

    private async Task Read()
    {
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
        {
            // A kill may cut the last one.
            if (!line.EndsWith('}') && _process.HasExited) break;
            _output.Append(line).Append('\n');
            _alerts.Writer.TryWrite(JsonElement.Parse(line));
        }

        _alerts.Writer.TryComplete();
    }

    private async Task Listen(string ready)
    {
        while (await _process.StandardError.ReadLineAsync() is { } line)
        {
            lock (_errors)
            {
                _errors.Append(line).Append('\n');
                foreach ((_, TaskCompletionSource said) in _awaited.Where(awaited => line.Contains(awaited.Text, StringComparison.Ordinal)))
                    said.TrySetResult();
            }

            if (line.StartsWith(ready, StringComparison.Ordinal)) _ready.TrySetResult();
        }

        _ready.TrySetException(new InvalidOperationException($"it ended:\n{Errors}"));
    }

    private const int Terminate = 15;

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}
