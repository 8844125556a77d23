using System.Reactive;

namespace Streams.Testing;

/// <summary>What an observer was told, and when: seconds after <see cref="VirtualTime.Start"/>.</summary>
public readonly record struct Recorded<T>(double Time, T Value)
{
    /// <inheritdoc/>
    public override string ToString() => FormattableString.Invariant($"{Value}@{Time}");
}

/// <summary>The notifications of a test, with the names that tests of Rx have everywhere.</summary>
public static class ReactiveTest
{
    /// <summary>An element at a time, in seconds.</summary>
    public static Recorded<Notification<T>> OnNext<T>(double time, T value) => new(time, Notification.CreateOnNext(value));

    /// <summary>A failure at a time, in seconds.</summary>
    public static Recorded<Notification<T>> OnError<T>(double time, Exception error) => new(time, Notification.CreateOnError<T>(error));

    /// <summary>The end at a time, in seconds.</summary>
    public static Recorded<Notification<T>> OnCompleted<T>(double time) => new(time, Notification.CreateOnCompleted<T>());
}
