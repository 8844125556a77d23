using Streams.Events;
using Streams.Host.Running;
using Streams.Notify;

namespace Streams.Host.Live;

/// <summary>
/// Standard output as one of the places that alerts go to. That it cannot be written is kept in the output and ends the run.
/// </summary>
internal sealed class StandardOutputNotifier(AlertOutput output) : INotifier
{
    /// <inheritdoc/>
    public string Name => "stdout";

    /// <inheritdoc/>
    public void Notify(Alert alert, CancellationToken stop)
    {
        output.Write(alert);
        output.Flush();
        if (output.Failure is { } failure) throw new DeliveryException(failure.Message, isTransient: false, inner: failure);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
