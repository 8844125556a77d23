namespace Streams.Audit.Netlink;

/// <summary>What each record begins with: <c>audit(1364481363.243:24287): </c>.</summary>
internal static class RecordStamp
{
    // 9999-12-31T23:59:59Z, the last second that a DateTimeOffset can hold.
    private const long MaxSeconds = 253_402_300_799;

    /// <summary>Reads it; false when the record does not begin so.</summary>
    /// <param name="record">What the kernel sent; it may end in a line feed or a NUL.</param>
    /// <param name="time">Milliseconds since 1970 UTC.</param>
    /// <param name="serial">The serial.</param>
    /// <param name="text">What follows, without the end.</param>
    public static bool TryRead(ReadOnlySpan<byte> record, out long time, out uint serial, out ReadOnlySpan<byte> text)
    {
        time = 0;
        serial = 0;
        text = default;
        if (!record.StartsWith("audit("u8)) return false;
        int i = 6;
        if (!Number(record, ref i, MaxSeconds, out long seconds) || !Is(record, i++, (byte)'.')) return false;
        int fraction = i;
        if (!Number(record, ref i, 999, out long milliseconds) || i - fraction != 3 || !Is(record, i++, (byte)':')) return false;
        if (!Number(record, ref i, uint.MaxValue, out long number)) return false;
        if (!Is(record, i++, (byte)')') || !Is(record, i++, (byte)':')) return false;
        if (Is(record, i, (byte)' ')) i++;
        int end = record.Length;
        while (end > i && record[end - 1] is 0 or (byte)'\n') end--;
        time = seconds * 1000 + milliseconds;
        serial = (uint)number;
        text = record[i..end];
        return true;
    }

    private static bool Number(ReadOnlySpan<byte> record, ref int i, long most, out long number)
    {
        int start = i;
        number = 0;
        for (; (uint)i < (uint)record.Length && (uint)(record[i] - '0') <= 9; i++)
        {
            number = number * 10 + (record[i] - '0');
            if (number > most) return false;
        }

        return i > start;
    }

    private static bool Is(ReadOnlySpan<byte> record, int index, byte expected) =>
        (uint)index < (uint)record.Length && record[index] == expected;
}
