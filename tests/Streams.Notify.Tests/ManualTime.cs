using System.Threading.Channels;

namespace Streams.Notify.Tests;

/// <summary>A clock whose timers go off when the test says so.</summary>
internal sealed class ManualTime : TimeProvider
{
    private readonly Channel<Timer> _timers = Channel.CreateUnbounded<Timer>();

    public override DateTimeOffset GetUtcNow() => new(2026, 1, 2, 0, 0, 0, TimeSpan.Zero);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer(callback, state, dueTime);
        _timers.Writer.TryWrite(timer);
        return timer;
    }

    /// <summary>Waits for the next timer to be set and lets it go off.</summary>
    /// <returns>When it would have.</returns>
    public async Task<TimeSpan> Fire()
    {
        Timer timer = await _timers.Reader.ReadAsync().AsTask().WaitAsync(Some.Patience);
        timer.Fire();
        return timer.Due;
    }

    internal sealed class Timer(TimerCallback callback, object? state, TimeSpan due) : ITimer
    {
        public TimeSpan Due => due;

        public void Fire() => callback(state);

        public bool Change(TimeSpan dueTime, TimeSpan period) => true;

        public void Dispose()
        {
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
