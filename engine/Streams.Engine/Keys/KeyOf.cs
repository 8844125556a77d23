namespace Streams.Engine.Keys;

/// <summary>
/// A key that may be null, as a dictionary's key. Null is a key like any other: what has no address is a group of its own.
/// </summary>
internal readonly struct KeyOf<T>(T value) : IEquatable<KeyOf<T>>
{
    public T Value { get; } = value;

    public bool Equals(KeyOf<T> other) => EqualityComparer<T>.Default.Equals(Value, other.Value);

    public override bool Equals(object? obj) => obj is KeyOf<T> other && Equals(other);

    public override int GetHashCode() => Value is null ? 0 : EqualityComparer<T>.Default.GetHashCode(Value);
}
