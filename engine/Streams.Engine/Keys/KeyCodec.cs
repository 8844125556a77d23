using System.Globalization;
using System.Net;
using Streams.Events;

namespace Streams.Engine.Keys;

/// <summary>
/// Turns keys of one type into bytes, the same in every process and version, and into text for people. Each value begins with a tag of
/// its type, so 1 and "1" differ, and says its length, so no two tuples have the same bytes. Alert ids, the hashes of terms and saved
/// state are made of these bytes: their layout never changes.
/// </summary>
internal abstract class KeyCodec<T>
{
    private static KeyCodec<T>? _instance;

    /// <summary>The codec of a type.</summary>
    /// <exception cref="NotSupportedException">A type that is not a value of ours; the message names it.</exception>
    public static KeyCodec<T> Instance => _instance ??= (KeyCodec<T>)KeyCodecs.Make(typeof(T));

    /// <summary>Refuses a type that cannot be a key, before there are any; a codec is made when the first is written.</summary>
    public static void Check() => KeyCodecs.Check(typeof(T));

    public abstract void Write(ref KeyWriter output, T value);

    /// <summary>The key for people; null as <c>-</c>, the parts of a tuple separated by a comma.</summary>
    public abstract string Text(T value);

    /// <summary>Whether it is null, or a tuple with a part that is.</summary>
    public virtual bool HasNull(T value) => value is null;
}

/// <summary>Which types can be keys: what can be written down.</summary>
internal static class KeyCodecs
{
    private static readonly Dictionary<Type, Func<object>> Simple = new()
    {
        [typeof(string)] = static () => new TextCodec(),
        [typeof(bool)] = static () => new NumberCodec<bool>('b', v => v ? 1 : 0, v => v ? "true" : "false"),
        [typeof(byte)] = static () => Integer<byte>(v => v),
        [typeof(sbyte)] = static () => Integer<sbyte>(v => v),
        [typeof(short)] = static () => Integer<short>(v => v),
        [typeof(ushort)] = static () => Integer<ushort>(v => v),
        [typeof(int)] = static () => Integer<int>(v => v),
        [typeof(uint)] = static () => Integer<uint>(v => v),
        [typeof(long)] = static () => Integer<long>(v => v),
        [typeof(ulong)] = static () => new NumberCodec<ulong>('u', v => unchecked((long)v), v => v.ToString(CultureInfo.InvariantCulture)),
        [typeof(char)] = static () => new NumberCodec<char>('c', v => v, v => v.ToString()),
        [typeof(double)] = static () => new NumberCodec<double>(
            'd', BitConverter.DoubleToInt64Bits, v => v.ToString("R", CultureInfo.InvariantCulture)),
        [typeof(decimal)] = static () => new ConvertedCodec<decimal, string>(v => v.ToString(CultureInfo.InvariantCulture)),
        [typeof(DateTimeOffset)] = static () => new NumberCodec<DateTimeOffset>(
            't', v => v.UtcTicks, v => v.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture)),
        [typeof(TimeSpan)] = static () => new NumberCodec<TimeSpan>('p', v => v.Ticks, v => v.ToString("c", CultureInfo.InvariantCulture)),
        [typeof(Guid)] = static () => new ConvertedCodec<Guid, string>(v => v.ToString()),
        [typeof(IPAddress)] = static () => new ConvertedCodec<IPAddress?, string?>(v => v?.ToString()),
        [typeof(Endpoint)] = static () => new ConvertedCodec<Endpoint, (string?, int)>(v => (v.Address, v.Port), v => v.ToString()),
        [typeof(EventId)] = static () => new ConvertedCodec<EventId, (string, DateTimeOffset, ulong)>(
            v => (v.Host, v.Occurred, v.Serial), v => v.ToString()),
    };

    /// <summary>Refuses a type that cannot be a key.</summary>
    public static void Check(Type type)
    {
        if (Simple.ContainsKey(type) || type.IsEnum) return;
        Type[] parts = Nullable.GetUnderlyingType(type) is { } inner ? [inner] : IsTuple(type) ? type.GetGenericArguments() : [];
        if (parts.Length == 0)
        {
            throw new NotSupportedException(
                $"{type} cannot be a key: state must be values that can be saved. " +
                "Take strings, numbers, bools, enums, times, addresses, or tuples of them.");
        }

        if (parts.Length > MaxParts)
            throw new NotSupportedException($"A key of {parts.Length} or more parts: nest tuples, or put parts together into one text.");
        foreach (Type part in parts) Check(part);
    }

    public static object Make(Type type)
    {
        Check(type);
        if (Simple.TryGetValue(type, out Func<object>? make)) return make();
        if (type.IsEnum) return New(typeof(EnumCodec<>), type);
        if (Nullable.GetUnderlyingType(type) is { } inner) return New(typeof(NullableCodec<>), inner);
        Type[] parts = type.GetGenericArguments();
        Type codec = parts.Length switch
        {
            1 => typeof(TupleCodec<>),
            2 => typeof(TupleCodec<,>),
            3 => typeof(TupleCodec<,,>),
            4 => typeof(TupleCodec<,,,>),
            5 => typeof(TupleCodec<,,,,>),
            6 => typeof(TupleCodec<,,,,,>),
            _ => typeof(TupleCodec<,,,,,,>),
        };
        return New(codec, parts);
    }

    private const int MaxParts = 7;

    private static bool IsTuple(Type type) =>
        type.IsGenericType && type.FullName!.StartsWith("System.ValueTuple`", StringComparison.Ordinal);

    private static NumberCodec<T> Integer<T>(Func<T, long> number) where T : struct, IFormattable =>
        new('i', number, v => v.ToString(null, CultureInfo.InvariantCulture));

    private static object New(Type generic, params Type[] parts) => Activator.CreateInstance(generic.MakeGenericType(parts))!;
}

internal sealed class TextCodec : KeyCodec<string?>
{
    public override void Write(ref KeyWriter output, string? value) => output.Text(value);

    public override string Text(string? value) => value ?? "-";
}

internal sealed class NumberCodec<T>(char tag, Func<T, long> number, Func<T, string> text) : KeyCodec<T>
{
    public override void Write(ref KeyWriter output, T value)
    {
        output.Tag(tag);
        output.Number(number(value));
    }

    public override string Text(T value) => text(value);
}

internal sealed class EnumCodec<T> : KeyCodec<T> where T : struct, Enum
{
    public override void Write(ref KeyWriter output, T value)
    {
        output.Tag('i');
        output.Number(Convert.ToInt64(value, CultureInfo.InvariantCulture));
    }

    public override string Text(T value) => value.ToString();
}

internal sealed class ConvertedCodec<T, TOther>(Func<T, TOther> convert, Func<T, string>? text = null) : KeyCodec<T>
{
    public override void Write(ref KeyWriter output, T value) => KeyCodec<TOther>.Instance.Write(ref output, convert(value));

    public override string Text(T value) => text is null ? KeyCodec<TOther>.Instance.Text(convert(value)) : text(value);

    public override bool HasNull(T value) => KeyCodec<TOther>.Instance.HasNull(convert(value));
}

internal sealed class NullableCodec<T> : KeyCodec<T?> where T : struct
{
    private readonly KeyCodec<T> _inner = KeyCodec<T>.Instance;

    public override void Write(ref KeyWriter output, T? value)
    {
        if (value is { } some) _inner.Write(ref output, some);
        else output.Tag('0');
    }

    public override string Text(T? value) => value is { } some ? _inner.Text(some) : "-";

    public override bool HasNull(T? value) => value is not { } some || _inner.HasNull(some);
}

internal sealed class TupleCodec<T1> : KeyCodec<ValueTuple<T1>>
{
    private readonly KeyCodec<T1> _1 = KeyCodec<T1>.Instance;

    public override void Write(ref KeyWriter output, ValueTuple<T1> value)
    {
        output.Tag('(');
        _1.Write(ref output, value.Item1);
        output.Tag(')');
    }

    public override string Text(ValueTuple<T1> value) => _1.Text(value.Item1);

    public override bool HasNull(ValueTuple<T1> value) => _1.HasNull(value.Item1);
}

internal sealed class TupleCodec<T1, T2> : KeyCodec<(T1, T2)>
{
    private readonly KeyCodec<T1> _1 = KeyCodec<T1>.Instance;
    private readonly KeyCodec<T2> _2 = KeyCodec<T2>.Instance;

    public override void Write(ref KeyWriter output, (T1, T2) value)
    {
        output.Tag('(');
        _1.Write(ref output, value.Item1);
        _2.Write(ref output, value.Item2);
        output.Tag(')');
    }

    public override string Text((T1, T2) value) => $"{_1.Text(value.Item1)}, {_2.Text(value.Item2)}";

    public override bool HasNull((T1, T2) value) => _1.HasNull(value.Item1) || _2.HasNull(value.Item2);
}

internal sealed class TupleCodec<T1, T2, T3> : KeyCodec<(T1, T2, T3)>
{
    private readonly KeyCodec<T1> _1 = KeyCodec<T1>.Instance;
    private readonly KeyCodec<T2> _2 = KeyCodec<T2>.Instance;
    private readonly KeyCodec<T3> _3 = KeyCodec<T3>.Instance;

    public override void Write(ref KeyWriter output, (T1, T2, T3) value)
    {
        output.Tag('(');
        _1.Write(ref output, value.Item1);
        _2.Write(ref output, value.Item2);
        _3.Write(ref output, value.Item3);
        output.Tag(')');
    }

    public override string Text((T1, T2, T3) value) => $"{_1.Text(value.Item1)}, {_2.Text(value.Item2)}, {_3.Text(value.Item3)}";

    public override bool HasNull((T1, T2, T3) value) =>
        _1.HasNull(value.Item1) || _2.HasNull(value.Item2) || _3.HasNull(value.Item3);
}

/// <summary>Longer tuples go through their head and the rest, tagged as one tuple within the other.</summary>
internal abstract class LongTupleCodec<T, THead, TRest> : KeyCodec<T>
{
    private readonly KeyCodec<THead> _head = KeyCodec<THead>.Instance;
    private readonly KeyCodec<TRest> _rest = KeyCodec<TRest>.Instance;

    public override void Write(ref KeyWriter output, T value)
    {
        (THead head, TRest rest) = Split(value);
        output.Tag('(');
        _head.Write(ref output, head);
        _rest.Write(ref output, rest);
        output.Tag(')');
    }

    public override string Text(T value)
    {
        (THead head, TRest rest) = Split(value);
        return $"{_head.Text(head)}, {_rest.Text(rest)}";
    }

    public override bool HasNull(T value)
    {
        (THead head, TRest rest) = Split(value);
        return _head.HasNull(head) || _rest.HasNull(rest);
    }

    protected abstract (THead Head, TRest Tail) Split(T value);
}

internal sealed class TupleCodec<T1, T2, T3, T4> : LongTupleCodec<(T1, T2, T3, T4), (T1, T2), (T3, T4)>
{
    protected override ((T1, T2) Head, (T3, T4) Tail) Split((T1, T2, T3, T4) v) => ((v.Item1, v.Item2), (v.Item3, v.Item4));
}

internal sealed class TupleCodec<T1, T2, T3, T4, T5> : LongTupleCodec<(T1, T2, T3, T4, T5), (T1, T2), (T3, T4, T5)>
{
    protected override ((T1, T2) Head, (T3, T4, T5) Tail) Split((T1, T2, T3, T4, T5) v) =>
        ((v.Item1, v.Item2), (v.Item3, v.Item4, v.Item5));
}

internal sealed class TupleCodec<T1, T2, T3, T4, T5, T6> : LongTupleCodec<(T1, T2, T3, T4, T5, T6), (T1, T2, T3), (T4, T5, T6)>
{
    protected override ((T1, T2, T3) Head, (T4, T5, T6) Tail) Split((T1, T2, T3, T4, T5, T6) v) =>
        ((v.Item1, v.Item2, v.Item3), (v.Item4, v.Item5, v.Item6));
}

internal sealed class TupleCodec<T1, T2, T3, T4, T5, T6, T7> : LongTupleCodec<(T1, T2, T3, T4, T5, T6, T7), (T1, T2, T3), (T4, T5, T6, T7)>
{
    protected override ((T1, T2, T3) Head, (T4, T5, T6, T7) Tail) Split((T1, T2, T3, T4, T5, T6, T7) v) =>
        ((v.Item1, v.Item2, v.Item3), (v.Item4, v.Item5, v.Item6, v.Item7));
}

/// <summary>Bytes of keys, gathered in a buffer that starts on the stack.</summary>
internal ref struct KeyWriter(Span<byte> start)
{
    private Span<byte> _buffer = start;
    private int _length;

    public readonly ReadOnlySpan<byte> Written => _buffer[.._length];

    public void Tag(char tag) => Room(1)[0] = (byte)tag;

    public void Bytes(ReadOnlySpan<byte> bytes)
    {
        Number(bytes.Length);
        bytes.CopyTo(Room(bytes.Length));
    }

    public void Number(long number) => System.Buffers.Binary.BinaryPrimitives.WriteInt64LittleEndian(Room(8), number);

    public void Text(string? text)
    {
        if (text is null)
        {
            Tag('0');
            return;
        }

        // UTF-16 as it is: texts with lone surrogates stay different from each other, and nothing is converted.
        ReadOnlySpan<byte> bytes = System.Runtime.InteropServices.MemoryMarshal.AsBytes(text.AsSpan());
        Span<byte> room = Room(5 + bytes.Length);
        room[0] = (byte)'s';
        System.Buffers.Binary.BinaryPrimitives.WriteInt32LittleEndian(room[1..], bytes.Length);
        bytes.CopyTo(room[5..]);
    }

    private Span<byte> Room(int bytes)
    {
        if (_length + bytes > _buffer.Length)
        {
            Span<byte> larger = new byte[Math.Max(_buffer.Length * 2, _length + bytes)];
            Written.CopyTo(larger);
            _buffer = larger;
        }

        Span<byte> room = _buffer.Slice(_length, bytes);
        _length += bytes;
        return room;
    }
}
