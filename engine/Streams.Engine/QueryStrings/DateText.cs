namespace Streams.Engine.QueryStrings;

/// <summary>
/// A date as Elasticsearch's <c>strict_date_optional_time</c> has it: a year, and as much of month, day, hour, minute, second, fraction
/// and zone as is said. It stands for the whole span that it leaves open: <c>2024-05</c> for the month. Without a zone it is UTC.
/// </summary>
/// <param name="Start">The first instant, in ticks of 100 ns since the year 1, UTC.</param>
/// <param name="End">The first instant after it.</param>
internal readonly record struct DateText(long Start, long End)
{
    public static bool TryParse(ReadOnlySpan<char> text, out DateText date)
    {
        date = default;
        if (!Digits(ref text, 4, out int year) || year == 0) return false;
        int month = 1, day = 1;
        if (text.IsEmpty) return Calendar(year, 1, 1, static start => start.AddYears(1), out date);
        if (!Take(ref text, '-') || !Digits(ref text, 2, out month)) return false;
        if (text.IsEmpty) return Calendar(year, month, 1, static start => start.AddMonths(1), out date);
        if (!Take(ref text, '-') || !Digits(ref text, 2, out day)) return false;
        if (!Calendar(year, month, day, static start => start.AddDays(1), out date)) return false;
        if (text.IsEmpty) return true;
        return Take(ref text, 'T') && TryTime(text, ref date);
    }

    /// <summary>Milliseconds since 1970, which Elasticsearch's dates may also be.</summary>
    public static bool TryParseEpoch(ReadOnlySpan<char> text, out DateText date)
    {
        date = default;
        const long Limit = 253_402_300_800_000;
        if (!long.TryParse(text, System.Globalization.NumberStyles.AllowLeadingSign, null, out long milliseconds)) return false;
        if (milliseconds <= -62_135_596_800_000 || milliseconds >= Limit) return false;
        long start = DateTime.UnixEpoch.Ticks + (milliseconds * TimeSpan.TicksPerMillisecond);
        date = new DateText(start, start + TimeSpan.TicksPerMillisecond);
        return true;
    }

    private static bool TryTime(ReadOnlySpan<char> text, ref DateText date)
    {
        int minute = 0, second = 0;
        if (!Digits(ref text, 2, out int hour) || hour > 23) return false;
        long unit = TimeSpan.TicksPerHour;
        long fraction = 0;
        if (Take(ref text, ':'))
        {
            if (!Digits(ref text, 2, out minute) || minute > 59) return false;
            unit = TimeSpan.TicksPerMinute;
            if (Take(ref text, ':'))
            {
                if (!Digits(ref text, 2, out second) || second > 59) return false;
                unit = TimeSpan.TicksPerSecond;
                if ((Take(ref text, '.') || Take(ref text, ',')) && !Fraction(ref text, ref unit, out fraction)) return false;
            }
        }

        if (!Zone(text, out long offset)) return false;
        long start = date.Start + (hour * TimeSpan.TicksPerHour) + (minute * TimeSpan.TicksPerMinute) + (second * TimeSpan.TicksPerSecond)
            + fraction - offset;
        if (start < 0 || start > DateTime.MaxValue.Ticks - TimeSpan.TicksPerDay) return false;
        date = new DateText(start, start + unit);
        return true;
    }

    private static bool Fraction(ref ReadOnlySpan<char> text, ref long unit, out long ticks)
    {
        ticks = 0;
        int digits = 0;
        while (digits < 9 && !text.IsEmpty && char.IsAsciiDigit(text[0]))
        {
            // A tick is the seventh digit; what is finer is cut off.
            if (unit > 1)
            {
                unit /= 10;
                ticks += (text[0] - '0') * unit;
            }

            text = text[1..];
            digits++;
        }

        return digits > 0;
    }

    private static bool Zone(ReadOnlySpan<char> text, out long offset)
    {
        offset = 0;
        if (text.IsEmpty || text is "Z") return true;
        int sign = text[0] switch { '+' => 1, '-' => -1, _ => 0 };
        if (sign == 0) return false;
        text = text[1..];
        int minutes = 0;
        if (!Digits(ref text, 2, out int hours) || hours > 18) return false;
        if (!text.IsEmpty)
        {
            Take(ref text, ':');
            if (!Digits(ref text, 2, out minutes) || minutes > 59 || !text.IsEmpty) return false;
        }

        offset = sign * ((hours * TimeSpan.TicksPerHour) + (minutes * TimeSpan.TicksPerMinute));
        return true;
    }

    private static bool Calendar(int year, int month, int day, Func<DateTime, DateTime> next, out DateText date)
    {
        date = default;
        if (month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month)) return false;
        var start = new DateTime(year, month, day);
        date = new DateText(start.Ticks, year == 9999 ? DateTime.MaxValue.Ticks : next(start).Ticks);
        return true;
    }

    private static bool Digits(ref ReadOnlySpan<char> text, int count, out int value)
    {
        value = 0;
        if (text.Length < count) return false;
        for (int i = 0; i < count; i++)
        {
            if (!char.IsAsciiDigit(text[i])) return false;
            value = (value * 10) + (text[i] - '0');
        }

        text = text[count..];
        return true;
    }

    private static bool Take(ref ReadOnlySpan<char> text, char c)
    {
        if (text.IsEmpty || text[0] != c) return false;
        text = text[1..];
        return true;
    }
}
