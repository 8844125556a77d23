using System.Buffers;
using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using Streams.Events;

namespace Streams.Notify;

/// <summary>
/// Runs a command for each alert, with the alert as one line of JSON on its standard input. Exit code 0 says that it has it; after any
/// other it is not run again for the same alert, since nobody knows what it has done by then.
/// </summary>
/// <param name="options">What to run.</param>
/// <param name="time">The clock of the time limit.</param>
public sealed class CommandNotifier(CommandOptions options, TimeProvider time) : INotifier
{
    private const int LongestComplaint = 300;

    private readonly ArrayBufferWriter<byte> _line = new(4096);

    /// <inheritdoc/>
    public string Name => "command";

    private string Program => options.Argv[0];

    /// <inheritdoc/>
    public void Notify(Alert alert, CancellationToken stop)
    {
        _line.ResetWrittenCount();
        AlertDocument.Write(alert, _line);
        _line.Write("\n"u8);
        using Process process = Start();
        using var limit = new CancellationTokenSource(options.Timeout, time);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, stop);
        try
        {
            Run(process, end.Token).GetAwaiter().GetResult();
        }
        catch (OperationCanceledException)
        {
            Kill(process);
            stop.ThrowIfCancellationRequested();
            string fault = string.Create(
                CultureInfo.InvariantCulture,
                $"{Program} ran for more than {options.Timeout.TotalSeconds:0.###} s and was killed");
            throw new DeliveryException(fault, isTransient: false);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    private Process Start()
    {
        // Its output is not ours: standard output carries alerts.
        var start = new ProcessStartInfo(Program, options.Argv.Skip(1))
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception e)
        {
            throw new DeliveryException($"{Program} cannot be run: {FailureText.Of(e)}", isTransient: false, inner: e);
        }
    }

    private async Task Run(Process process, CancellationToken end)
    {
        var complaint = new char[LongestComplaint];
        Task output = process.StandardOutput.BaseStream.CopyToAsync(Stream.Null, end);
        Task<int> complaining = Read(process.StandardError, complaint, end);
        await Feed(process, end).ConfigureAwait(false);
        await process.WaitForExitAsync(end).ConfigureAwait(false);
        if (process.ExitCode == 0) return;

        // A program that it left behind may hold the pipes open: the time limit is for that too.
        await output.WaitAsync(end).ConfigureAwait(false);
        string said = new string(complaint, 0, await complaining.WaitAsync(end).ConfigureAwait(false)).Trim();
        string reason = said.Length > 0 ? $": {said}" : "";
        throw new DeliveryException(
            string.Create(CultureInfo.InvariantCulture, $"{Program} ended with exit code {process.ExitCode}{reason}"),
            isTransient: false);
    }

    private async Task Feed(Process process, CancellationToken end)
    {
        try
        {
            Stream input = process.StandardInput.BaseStream;
            await input.WriteAsync(_line.WrittenMemory, end).ConfigureAwait(false);
            await input.DisposeAsync().ConfigureAwait(false);
        }
        catch (IOException)
        {
            // It need not read all; its exit code says what it makes of that.
        }
    }

    // Keeps the beginning and reads the rest, so that the program is not held up.
    private static async Task<int> Read(StreamReader errors, char[] kept, CancellationToken end)
    {
        int length = await errors.ReadBlockAsync(kept, end).ConfigureAwait(false);
        await errors.BaseStream.CopyToAsync(Stream.Null, end).ConfigureAwait(false);
        return length;
    }

    private static void Kill(Process process)
    {
        try
        {
            process.Kill(entireProcessTree: true);
        }
        catch (Exception e) when (e is InvalidOperationException or AggregateException or Win32Exception)
        {
            // It has ended meanwhile, or may not be killed.
        }
    }
}
