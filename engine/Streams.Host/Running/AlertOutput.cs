using System.Buffers;
using System.Text;
using Streams.Events;
using Streams.Host.Output;

namespace Streams.Host.Running;

/// <summary>
/// Puts alerts on standard output, as JSON or as blocks. What goes wrong there is kept and ends the run; it is not thrown into the
/// engine, on one of whose threads it is called.
/// </summary>
/// <param name="output">Standard output.</param>
/// <param name="json">Whether alerts are written as JSON.</param>
/// <param name="progress">The line that gives way to them.</param>
/// <param name="failed">Called when nothing more can be written.</param>
/// <param name="faults">Counts the evidence that could not be written.</param>
internal sealed class AlertOutput(StandardOutput output, bool json, Progress progress, Action failed, FaultLog faults)
{
    private readonly Lock _gate = new();
    private readonly bool _isTerminal = Terminal.IsOutput;
    private readonly bool _colour = Terminal.HasColour;
    private readonly int _width = Terminal.OutputWidth;

    /// <summary>Why nothing more can be written; null while it can.</summary>
    public IOException? Failure { get; private set; }

    /// <summary>Writes a transition.</summary>
    public void Write(Alert alert) => Try(() =>
    {
        if (json)
        {
            AlertDocument.Write(alert, output.Next);
            output.Next.Write("\n"u8);
        }
        else
        {
            Encoding.UTF8.GetBytes(AlertBlock.Render(alert, _colour, _width), output.Next);
        }

        foreach (Event shown in alert.Evidence)
        {
            if (shown.TakeFault(out Exception? error) is not EventFault.None and var fault) faults.Add(fault, shown, error);
        }

        output.Written();
        if (_isTerminal) progress.Without(output.Flush);
    });

    /// <summary>Writes out what is waiting.</summary>
    public void Flush() => Try(output.Flush);

    private void Try(Action write)
    {
        lock (_gate)
        {
            if (Failure is not null) return;
            try
            {
                write();
            }
            catch (IOException e)
            {
                Failure = e;
                failed();
            }
        }
    }
}
