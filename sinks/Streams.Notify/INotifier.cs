using Streams.Events;

namespace Streams.Notify;

/// <summary>
/// Takes alerts to one destination. An <see cref="AlertQueue"/> calls it on a thread of its own, with one alert at a time.
/// </summary>
public interface INotifier : IDisposable
{
    /// <summary>How it is called in figures and messages: <c>file</c>, <c>command</c>, <c>slack</c>.</summary>
    string Name { get; }

    /// <summary>Delivers a transition; returns when the destination has it.</summary>
    /// <param name="alert">The transition.</param>
    /// <param name="stop">Gives up: the process ends.</param>
    /// <exception cref="DeliveryException">The destination does not have it.</exception>
    void Notify(Alert alert, CancellationToken stop);
}
