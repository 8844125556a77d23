namespace Streams.Engine.QueryStrings;

/// <summary>
/// From one value to another, either of which may be open. What the bounds are says how values are compared: as numbers when both are
/// numbers, as dates when both are dates, as addresses when both are addresses, else as text, code unit by code unit. A value that is
/// not of the bounds' kind is in no range: a port of "none" is not above 1024.
/// </summary>
internal sealed class ValueRange
{
    private readonly Order _order;
    private readonly decimal _lowerNumber;
    private readonly decimal _upperNumber;
    private readonly UInt128 _lowerAddress;
    private readonly UInt128 _upperAddress = UInt128.MaxValue;
    private readonly bool _hasDates;
    private readonly long _firstTick;
    private readonly long _endTick = long.MaxValue;

    public ValueRange(string? lower, bool includesLower, string? upper, bool includesUpper)
    {
        Lower = lower;
        Upper = upper;
        // An open end has nothing to include; one form keeps equal queries equal.
        IncludesLower = includesLower || lower is null;
        IncludesUpper = includesUpper || upper is null;

        bool numbers = NumberOrOpen(lower, decimal.MinValue, out _lowerNumber) & NumberOrOpen(upper, decimal.MaxValue, out _upperNumber);
        bool dates = DateOrOpen(lower, out DateText first) & DateOrOpen(upper, out DateText last);
        bool addresses = AddressOrOpen(lower, UInt128.Zero, out _lowerAddress) & AddressOrOpen(upper, UInt128.MaxValue, out _upperAddress);
        _order = numbers ? Order.Number : addresses ? Order.Address : dates ? Order.Date : Order.Text;

        _hasDates = dates;
        if (lower is not null) _firstTick = IncludesLower ? first.Start : first.End;
        if (upper is not null) _endTick = IncludesUpper ? last.End : last.Start;
    }

    private enum Order
    {
        Text,
        Number,
        Address,
        Date,
    }

    /// <summary>The lower bound as written; null when open.</summary>
    public string? Lower { get; }

    public string? Upper { get; }

    public bool IncludesLower { get; }

    public bool IncludesUpper { get; }

    /// <summary>Whether nothing can lie in it.</summary>
    public bool IsEmpty
    {
        get
        {
            if (Lower is null || Upper is null) return false;
            int order = _order switch
            {
                Order.Number => _lowerNumber.CompareTo(_upperNumber),
                Order.Address => _lowerAddress.CompareTo(_upperAddress),
                Order.Date => _firstTick < _endTick ? -1 : 1,
                _ => string.CompareOrdinal(Lower, Upper),
            };
            return order > 0 || (order == 0 && !(IncludesLower && IncludesUpper));
        }
    }

    public bool Contains(string text)
    {
        switch (_order)
        {
            case Order.Number:
                return NumberText.TryParse(text, out decimal number) && Contains(number);
            case Order.Address:
                return AddressText.TryParse(text, out UInt128 address)
                    && Fits(address.CompareTo(_lowerAddress), Lower, IncludesLower)
                    && Fits(_upperAddress.CompareTo(address), Upper, IncludesUpper);
            case Order.Date:
                return DateText.TryParse(text, out DateText date) && ContainsTime(date.Start);
            default:
                return (Lower is null || Fits(string.CompareOrdinal(text, Lower), Lower, IncludesLower))
                    && (Upper is null || Fits(string.CompareOrdinal(Upper, text), Upper, IncludesUpper));
        }
    }

    public bool Contains(long number) => _order == Order.Number && Contains((decimal)number);

    public bool ContainsTime(long ticks) => _hasDates && ticks >= _firstTick && ticks < _endTick;

    private bool Contains(decimal number) =>
        Fits(number.CompareTo(_lowerNumber), Lower, IncludesLower) && Fits(_upperNumber.CompareTo(number), Upper, IncludesUpper);

    private static bool Fits(int order, string? bound, bool included) => bound is null || order > 0 || (order == 0 && included);

    private static bool NumberOrOpen(string? text, decimal open, out decimal number)
    {
        number = open;
        return text is null || NumberText.TryParse(text, out number);
    }

    private static bool DateOrOpen(string? text, out DateText date)
    {
        date = default;
        return text is null || DateText.TryParse(text, out date) || DateText.TryParseEpoch(text, out date);
    }

    private static bool AddressOrOpen(string? text, UInt128 open, out UInt128 address)
    {
        address = open;
        return text is null || AddressText.TryParse(text, out address);
    }
}
