using System.Reactive.Concurrency;
using System.Reactive.Disposables;

namespace Streams.Engine.Shards;

/// <summary>
/// The only time that queries have: it moves with the input and fires what is due in the order (due, creation). A callback that throws
/// is charged to its query and disturbs nobody else. Cancelled timers are dropped when they make up half of the heap.
/// </summary>
internal sealed class ShardClock(Shard shard) : IScheduler, ISchedulerPeriodic, IStopwatchProvider, IServiceProvider, IDeadlines
{
    private static readonly TimeSpan ShortestPeriod = TimeSpan.FromMilliseconds(1);

    private PriorityQueue<ClockTimer, Deadline> _timers = new();
    private long _created;
    private int _cancelled;

    /// <summary>Ticks of 100 ns, UTC; long.MinValue before the first input.</summary>
    public long Ticks { get; private set; } = long.MinValue;

    public bool Started => Ticks != long.MinValue;

    public DateTimeOffset Now => new(Started ? Ticks : 0, TimeSpan.Zero);

    public int Pending => _timers.Count - _cancelled;

    internal int Queued => _timers.Count;

    public void Start(long ticks) => Ticks = ticks;

    /// <summary>Fires all that is due up to a time, setting the clock to each due time; then it is that time.</summary>
    public void AdvanceTo(long ticks)
    {
        while (_timers.TryPeek(out ClockTimer? timer, out Deadline deadline) && deadline.Due <= ticks)
        {
            _timers.Dequeue();
            if (timer.IsCancelled)
            {
                _cancelled--;
                continue;
            }

            if (deadline.Due > Ticks) Ticks = deadline.Due;
            timer.HasFired = true;
            shard.FireClock(timer, deadline);
        }

        if (ticks > Ticks) Ticks = ticks;
    }

    public void Arm(long due, IDueTarget target) => Add(new TargetTimer(target), due);

    /// <summary>Puts a timer back that was put off, at its old place; not one that was cancelled meanwhile.</summary>
    public void ArmAgain(ClockTimer timer, Deadline deadline)
    {
        if (timer.IsCancelled) return;
        timer.HasFired = false;
        _timers.Enqueue(timer, deadline);
    }

    public IDisposable Schedule<TState>(TState state, Func<IScheduler, TState, IDisposable> action) => Add(state, Ticks, action);

    public IDisposable Schedule<TState>(TState state, TimeSpan dueTime, Func<IScheduler, TState, IDisposable> action) =>
        Add(state, After(dueTime), action);

    public IDisposable Schedule<TState>(TState state, DateTimeOffset dueTime, Func<IScheduler, TState, IDisposable> action) =>
        Add(state, Math.Max(dueTime.UtcTicks, Ticks), action);

    public IDisposable SchedulePeriodic<TState>(TState state, TimeSpan period, Func<TState, TState> action)
    {
        if (period < ShortestPeriod)
            throw new ArgumentOutOfRangeException(nameof(period), period, "A period must be at least one millisecond.");
        var timer = new PeriodicTimer<TState>(this, state, period.Ticks, action);
        Add(timer, After(period));
        return timer;
    }

    public IStopwatch StartStopwatch() => new ShardStopwatch(this, Ticks);

    // Rx asks for services by type. Long-running work, which would be a thread of its own with real waiting, is not among them.
    object? IServiceProvider.GetService(Type serviceType) =>
        serviceType == typeof(ISchedulerPeriodic) || serviceType == typeof(IStopwatchProvider) ? this : null;

    private long After(TimeSpan time)
    {
        if (time.Ticks <= 0) return Ticks;
        return time.Ticks > DateTime.MaxValue.Ticks - Ticks ? DateTime.MaxValue.Ticks : Ticks + time.Ticks;
    }

    private ActionTimer<TState> Add<TState>(TState state, long due, Func<IScheduler, TState, IDisposable> action)
    {
        var timer = new ActionTimer<TState>(this, state, action);
        Add(timer, due);
        return timer;
    }

    private void Add(ClockTimer timer, long due)
    {
        timer.Claim(shard);
        timer.HasFired = false;
        _timers.Enqueue(timer, new Deadline(due, _created++));
    }

    private void Cancelled(ClockTimer timer)
    {
        if (timer.HasFired || ++_cancelled <= 64 || _cancelled * 2 <= _timers.Count) return;
        var alive = new PriorityQueue<ClockTimer, Deadline>(_timers.Count - _cancelled);
        foreach ((ClockTimer item, Deadline deadline) in _timers.UnorderedItems)
            if (!item.IsCancelled)
                alive.Enqueue(item, deadline);
        _timers = alive;
        _cancelled = 0;
    }

    private sealed class TargetTimer(IDueTarget target) : ClockTimer
    {
        public override void Fire(long due) => target.Fire(due);

        public override void Claim(Shard shard)
        {
            base.Claim(shard);
            Run = target.Run;
        }
    }

    private sealed class ActionTimer<TState>(ShardClock clock, TState state, Func<IScheduler, TState, IDisposable> action)
        : ClockTimer, IDisposable
    {
        private readonly SingleAssignmentDisposable _rest = new();

        public override void Fire(long due) => _rest.Disposable = action(clock, state);

        public void Dispose()
        {
            if (!IsCancelled)
            {
                IsCancelled = true;
                clock.Cancelled(this);
            }

            _rest.Dispose();
        }
    }

    private sealed class PeriodicTimer<TState>(ShardClock clock, TState state, long period, Func<TState, TState> action)
        : ClockTimer, IDisposable
    {
        private TState _state = state;

        public override void Fire(long due)
        {
            // One that was put off does not make up for the periods that it has missed.
            clock.Add(this, Math.Max(due, clock.Ticks) + period);
            _state = action(_state);
        }

        // The one that is charged stays who started it.
        public override void Claim(Shard shard)
        {
            if (Run is null) base.Claim(shard);
        }

        public void Dispose()
        {
            if (IsCancelled) return;
            IsCancelled = true;
            clock.Cancelled(this);
        }
    }

    private sealed class ShardStopwatch(ShardClock clock, long start) : IStopwatch
    {
        public TimeSpan Elapsed => TimeSpan.FromTicks(clock.Ticks - start);
    }
}

/// <summary>A timer on the shard clock. It remembers on whose behalf it was created: query, host and event.</summary>
internal abstract class ClockTimer
{
    public QueryRun? Run { get; protected set; }

    public HostScope? Host { get; private set; }

    public Streams.Events.Event? Cause { get; private set; }

    public bool IsCancelled { get; protected set; }

    public bool HasFired { get; set; }

    public abstract void Fire(long due);

    public virtual void Claim(Shard shard)
    {
        Run = shard.Run;
        Host = shard.Host;
        Cause = shard.Event;
    }
}
