using Streams.Events;
using Streams.Host.Running;
using Streams.Notify;

namespace Streams.Host.Live;

/// <summary>
/// Where the alerts of a live run go: standard output and the notifiers, each behind a queue of its own, so that neither a paused terminal
/// nor a dead webhook holds up the engine or each other.
/// </summary>
internal sealed class AlertQueues : IDisposable
{
    // Many more than fit a screen: a pipe that somebody reads later should have them all.
    private const int OutputCapacity = 16 * 1024;

    private readonly AlertQueue _output;
    private readonly AlertQueue[] _queues;

    /// <summary>Starts the queues.</summary>
    /// <param name="output">Standard output.</param>
    /// <param name="notifiers">The other places.</param>
    /// <param name="time">The clock of the retries.</param>
    /// <param name="tell">Takes what the operator should know, from any thread; it must not wait.</param>
    /// <param name="written">
    /// Takes how many alerts have gone to standard output, or were dropped for want of room there, of all that were added.
    /// </param>
    public AlertQueues(AlertOutput output, IEnumerable<INotifier> notifiers, TimeProvider time, Action<string> tell, Action<long> written)
    {
        var options = new AlertQueueOptions();

        // That standard output fails ends the run, which says why.
        void TellOfOutput(string message)
        {
            if (output.Failure is null) tell(message);
        }

        _output = new AlertQueue(
            new StandardOutputNotifier(output), options with { Capacity = OutputCapacity }, time, TellOfOutput, written);
        _queues = [_output, .. notifiers.Select(notifier => new AlertQueue(notifier, options, time, tell))];
    }

    /// <summary>What each has counted, by its name.</summary>
    public IEnumerable<(string Name, IReadOnlyList<KeyValuePair<string, long>> Counters)> Counters =>
        _queues.Select(queue => (queue.Name, queue.Counters));

    /// <summary>Takes a transition to all of them; never waits.</summary>
    public void Add(Alert alert)
    {
        foreach (AlertQueue queue in _queues) queue.Add(alert);
    }

    /// <summary>Waits until standard output has all, however slowly it is read.</summary>
    public void WaitForOutput(CancellationToken stop) => _output.Wait(stop);

    /// <summary>Lets all that waits go out, for at most a second.</summary>
    public void Dispose() => Parallel.ForEach(_queues, queue => queue.Dispose());
}
