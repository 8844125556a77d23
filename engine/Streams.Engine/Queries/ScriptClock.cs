using System.Reactive.Concurrency;

namespace Streams.Engine.Shards;

/// <summary>The clock as scripts name it before any shard is there: it stands for that of the shard at work.</summary>
internal sealed class ScriptClock : IScheduler, ISchedulerPeriodic, IStopwatchProvider, IServiceProvider
{
    public static readonly ScriptClock Instance = new();

    private ScriptClock()
    {
    }

    public DateTimeOffset Now => Shard.Current.Clock.Now;

    public IDisposable Schedule<TState>(TState state, Func<IScheduler, TState, IDisposable> action) =>
        Shard.Current.Clock.Schedule(state, action);

    public IDisposable Schedule<TState>(TState state, TimeSpan dueTime, Func<IScheduler, TState, IDisposable> action) =>
        Shard.Current.Clock.Schedule(state, dueTime, action);

    public IDisposable Schedule<TState>(TState state, DateTimeOffset dueTime, Func<IScheduler, TState, IDisposable> action) =>
        Shard.Current.Clock.Schedule(state, dueTime, action);

    public IDisposable SchedulePeriodic<TState>(TState state, TimeSpan period, Func<TState, TState> action) =>
        Shard.Current.Clock.SchedulePeriodic(state, period, action);

    public IStopwatch StartStopwatch() => Shard.Current.Clock.StartStopwatch();

    object? IServiceProvider.GetService(Type serviceType) =>
        serviceType == typeof(ISchedulerPeriodic) || serviceType == typeof(IStopwatchProvider) ? this : null;
}
