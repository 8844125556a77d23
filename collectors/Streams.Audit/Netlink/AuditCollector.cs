using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Streams.Events;
using Streams.Events.Input;

namespace Streams.Audit.Netlink;

/// <summary>
/// The kernel's audit, live: it is the audit daemon, or reads along beside it (<see cref="SocketChoice"/>). It needs CAP_AUDIT_CONTROL
/// in the first PID and user namespaces; without it, CAP_AUDIT_READ is enough to read along.
/// </summary>
/// <remarks>
/// Three threads: one only reads the socket, one decodes and gives events out, one looks every second after the state of audit. When the
/// subscription is disposed it gives the records back to nobody, the rules stay loaded and the settings stay as they are: what the
/// kernel watches does not depend on whether Streams runs, and the next start finds it in place.
/// </remarks>
public sealed class AuditCollector : ICollector
{
    /// <summary>The name that events of this collector have.</summary>
    public const string CollectorName = "audit";

    private readonly AuditOptions _options;
    private readonly TimeProvider _time;
    private readonly IAuditRules? _rules;
    private readonly IEventAdditions? _additions;
    private readonly Func<IReadOnlyList<Event>>? _snapshot;
    private readonly ILogger _log;
    private AuditRun? _run;

    /// <summary>Makes a collector; it does nothing before it is subscribed to.</summary>
    /// <param name="options">The options.</param>
    /// <param name="time">The clock of heartbeats and of what is unfinished.</param>
    /// <param name="rules">The rules that should be loaded; null: those that are loaded are none of its business.</param>
    /// <param name="additions">What is known on this host and added to each event; null for none.</param>
    /// <param name="snapshot">Events of what was there before the first record, read once when it starts; null for none.</param>
    /// <param name="log">The log; null for none.</param>
    public AuditCollector(
        AuditOptions options, TimeProvider time, IAuditRules? rules = null, IEventAdditions? additions = null,
        Func<IReadOnlyList<Event>>? snapshot = null, ILogger? log = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.ReceiveBuffer, nameof(options));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.QueueBytes, nameof(options));
        _options = options;
        _time = time;
        _rules = rules;
        _additions = additions;
        _snapshot = snapshot;
        _log = log ?? NullLogger.Instance;
    }

    /// <summary>Looks whether this process can have the kernel's audit; nothing is changed.</summary>
    /// <param name="options">The options.</param>
    /// <param name="hasRules">Whether rules are to be loaded.</param>
    /// <returns>
    /// Why it cannot and what helps; null when it can, or when other options would do: the collector then says so when it is subscribed to.
    /// </returns>
    public static string? FindObstacle(AuditOptions options, bool hasRules)
    {
        try
        {
            using var control = new AuditControl();
            SocketChoice choice = SocketChoice.Of(options, AuditSituation.Find(control, hasRules));
            return choice is { Type: null, IsMisconfigured: false } ? choice.Reason : null;
        }
        catch (AuditException error)
        {
            return error.Message;
        }
    }

    /// <inheritdoc/>
    public string Name => CollectorName;

    /// <inheritdoc/>
    /// <remarks>
    /// <c>lost.kernel</c>: records that the kernel could not keep; <c>lost.socket</c>: records that did not fit into the socket's buffer,
    /// estimated by the serials that are missing; <c>lost.queue</c>: records dropped from the collector's queue; <c>waited_ms</c>: how long
    /// audited programs were made to wait, all together; <c>backlog</c>: the most records that were seen waiting in the kernel. What adds
    /// to the events has counters of its own among them.
    /// </remarks>
    public IReadOnlyList<KeyValuePair<string, long>> Counters => Volatile.Read(ref _run)?.Counters ?? [];

    /// <inheritdoc/>
    public IReadOnlyList<CollectorCondition> Conditions => Volatile.Read(ref _run)?.Conditions ?? [];

    /// <summary>
    /// Waits until what the kernel has recorded by some time has been decoded, and so has been given to what adds to events. It does not
    /// wait when the collector has caught up, or does not run. From any thread but one that takes the collector's events.
    /// </summary>
    /// <param name="time">The time, by the wall clock.</param>
    /// <param name="patience">It is given up so long after that time or after the call, whichever is sooner.</param>
    /// <returns>Whether it has been decoded.</returns>
    public bool WaitFor(DateTimeOffset time, TimeSpan patience)
    {
        if (Volatile.Read(ref _run) is not { } run) return true;
        long began = _time.GetTimestamp();
        while (!run.HasDecoded(time))
        {
            if (_time.GetElapsedTime(began) >= patience || _time.GetUtcNow() - time >= patience) return false;
            Thread.Sleep(1);
        }

        return true;
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">It has been subscribed to before.</exception>
    public IDisposable Subscribe(IObserver<ReadOnlyMemory<Event>> observer)
    {
        var run = new AuditRun(_options, _time, _rules, _additions, _snapshot, _log, observer);
        if (Interlocked.CompareExchange(ref _run, run, null) is not null)
            throw new InvalidOperationException("a collector is subscribed to once");
        run.Start();
        return run;
    }
}
