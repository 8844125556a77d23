using Streams.Events;
using Streams.Events.Input;
using Streams.Host.Output;

namespace Streams.Host.Running;

/// <summary>Where the input of a replay comes from.</summary>
internal abstract class InputSource
{
    /// <summary>What was read so far.</summary>
    public abstract RunFigures Figures { get; }

    /// <summary>How far it has come: bytes read, bytes there are (0 when nobody knows), records read. Read from another thread.</summary>
    public abstract (long Read, long Total, long Records) Progress { get; }

    /// <summary>The events at which reading failed; null where the input says it itself.</summary>
    public virtual FaultLog? Faults => null;

    /// <summary>Reads to the end, or until it is stopped.</summary>
    /// <param name="work">Takes each entry, on the caller's thread.</param>
    /// <param name="idle">Called before waiting for more.</param>
    /// <param name="stop">Stops it.</param>
    /// <returns>Whether it came to the end.</returns>
    public abstract bool Run(Action<InputRecord> work, Action idle, CancellationToken stop);

    /// <summary>Tells on standard error what could not be read.</summary>
    /// <returns>The exit code that this means.</returns>
    public abstract int Report();
}
