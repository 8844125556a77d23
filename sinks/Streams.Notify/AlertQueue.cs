using Streams.Events;

namespace Streams.Notify;

/// <summary>
/// The bounded queue in front of a notifier, and the thread that empties it: whoever adds an alert never waits, however slow or dead the
/// destination is. What the destination may take later is tried again and holds back what follows, so that their order stays; when the
/// queue is full the oldest alert is dropped and counted.
/// </summary>
public sealed class AlertQueue : IDisposable
{
    // What a cancelled delivery may still take to return before its thread is left behind.
    private static readonly TimeSpan Leaving = TimeSpan.FromMilliseconds(200);

    private readonly INotifier _notifier;
    private readonly AlertQueueOptions _options;
    private readonly TimeProvider _time;
    private readonly Action<string> _tell;
    private readonly Action<long>? _settled;
    private readonly object _gate = new();
    private readonly Queue<Alert> _waiting = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly CancellationTokenSource _abandoned = new();
    private readonly Thread _worker;
    private bool _isFailing;
    private bool _isDelivering;
    private bool _isDropping;
    private long _written;
    private long _dropped;
    private long _failed;
    private long _retried;

    /// <summary>Starts the thread.</summary>
    /// <param name="notifier">The destination; the queue's own from now on.</param>
    /// <param name="options">How much it holds and how long it waits.</param>
    /// <param name="time">The clock of the retries.</param>
    /// <param name="tell">
    /// Takes what the operator should know: that the destination fails, once until it works again, and that alerts are dropped, once until
    /// all have gone out. From any thread; it must not wait.
    /// </param>
    /// <param name="settled">
    /// Takes how many alerts have been written, or dropped for want of room, of all that were added; after each, on the queue's thread.
    /// Null for nothing.
    /// </param>
    public AlertQueue(INotifier notifier, AlertQueueOptions options, TimeProvider time, Action<string> tell, Action<long>? settled = null)
    {
        ArgumentNullException.ThrowIfNull(notifier);
        ArgumentNullException.ThrowIfNull(options);
        _notifier = notifier;
        _options = options;
        _time = time;
        _tell = tell;
        _settled = settled;
        _worker = new Thread(Work) { IsBackground = true, Name = notifier.Name };
        _worker.Start();
    }

    /// <summary>The notifier's name.</summary>
    public string Name => _notifier.Name;

    /// <summary>
    /// What was counted: alerts <c>written</c>, <c>dropped</c> for want of room or time, <c>failed</c> (refused for good), <c>queued</c> at
    /// this moment, and how often one was <c>retried</c>. May be read from any thread.
    /// </summary>
    public IReadOnlyList<KeyValuePair<string, long>> Counters
    {
        get
        {
            lock (_gate)
            {
                return
                [
                    new("written", _written),
                    new("dropped", _dropped),
                    new("failed", _failed),
                    new("retried", _retried),
                    new("queued", _waiting.Count),
                ];
            }
        }
    }

    /// <summary>Takes an alert; never waits. From any thread; after <see cref="Dispose"/> it is dropped.</summary>
    public void Add(Alert alert)
    {
        bool beginsToDrop = false;
        lock (_gate)
        {
            if (_stopping.IsCancellationRequested)
            {
                _dropped++;
                return;
            }

            if (_waiting.Count == _options.Capacity)
            {
                _waiting.Dequeue();
                _dropped++;
                beginsToDrop = !_isDropping;
                _isDropping = true;
            }

            _waiting.Enqueue(alert);
            Monitor.PulseAll(_gate);
        }

        if (beginsToDrop)
        {
            _tell(FormattableString.Invariant(
                $"error: {Name}: it takes no alerts, or too slowly: {_options.Capacity:N0} wait, the oldest are dropped"));
        }
    }

    /// <summary>Waits until all that was added has gone out, or been refused.</summary>
    /// <param name="stop">Ends the waiting.</param>
    public void Wait(CancellationToken stop)
    {
        using CancellationTokenRegistration woken = stop.Register(() =>
        {
            lock (_gate) Monitor.PulseAll(_gate);
        });
        lock (_gate)
        {
            while ((_waiting.Count > 0 || _isDelivering) && !stop.IsCancellationRequested) Monitor.Wait(_gate);
        }
    }

    /// <summary>
    /// Delivers what waits, without retries, in at most <see cref="AlertQueueOptions.StopLimit"/>; the rest is counted as dropped.
    /// </summary>
    public void Dispose()
    {
        if (_stopping.IsCancellationRequested) return;
        lock (_gate)
        {
            _stopping.Cancel();
            Monitor.PulseAll(_gate);
        }

        if (!_worker.Join(_options.StopLimit))
        {
            _abandoned.Cancel();
            lock (_gate)
            {
                _dropped += _waiting.Count;
                _waiting.Clear();
            }

            // A write to a terminal that stands still cannot be interrupted.
            if (!_worker.Join(Leaving))
            {
                Count(ref _dropped);
                return;
            }
        }

        _notifier.Dispose();
        _stopping.Dispose();
        _abandoned.Dispose();
    }

    private void Work()
    {
        while (Take() is { } alert)
        {
            TimeSpan wait = _options.FirstRetry;
            while (!TryDeliver(alert, wait, out TimeSpan asked))
            {
                using var pause = new CancellationTokenSource(asked, _time);
                WaitHandle.WaitAny([pause.Token.WaitHandle, _stopping.Token.WaitHandle]);
                if (wait < _options.LongestRetry) wait *= 2;
            }

            _settled?.Invoke(Settled);
        }
    }

    private long Settled
    {
        get
        {
            lock (_gate) return _written + _dropped;
        }
    }

    private Alert? Take()
    {
        lock (_gate)
        {
            _isDelivering = false;
            if (_waiting.Count == 0)
            {
                _isDropping = false;
                Monitor.PulseAll(_gate);
            }

            while (_waiting.Count == 0)
            {
                if (_stopping.IsCancellationRequested) return null;
                Monitor.Wait(_gate);
            }

            _isDelivering = true;
            return _waiting.Dequeue();
        }
    }

    // False when the alert is to be tried again after a while.
    private bool TryDeliver(Alert alert, TimeSpan wait, out TimeSpan asked)
    {
        asked = default;
        try
        {
            _notifier.Notify(alert, _abandoned.Token);
            Count(ref _written);
            if (_isFailing) _tell($"{Name}: alerts are delivered again");
            _isFailing = false;
            return true;
        }
        catch (OperationCanceledException) when (_abandoned.IsCancellationRequested)
        {
            Count(ref _dropped);
            return true;
        }
        catch (Exception e)
        {
            // A notifier that is wrong must not take the others with it.
            var failure = e as DeliveryException;
            bool again = failure is { IsTransient: true } && !_stopping.IsCancellationRequested;
            if (!_isFailing) _tell($"{Name}: an alert was not delivered{(again ? " and is tried again" : "")}: {FailureText.Of(e)}");
            _isFailing = true;
            Count(ref again ? ref _retried : ref _failed);
            asked = failure?.RetryAfter is { } after && after > wait ? after : wait;
            if (asked > _options.LongestRetry) asked = _options.LongestRetry;
            return !again;
        }
    }

    private void Count(ref long counter)
    {
        lock (_gate) counter++;
    }
}
