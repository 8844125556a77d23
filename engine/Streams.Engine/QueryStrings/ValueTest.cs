using System.Collections.Frozen;
using System.Globalization;
using System.Text.RegularExpressions;
using Streams.Events;

namespace Streams.Engine.QueryStrings;

/// <summary>What is asked of one value of a field, prepared for the kinds that a field may hold.</summary>
internal abstract class ValueTest
{
    public abstract bool Accepts(string text);

    public abstract bool Accepts(long number);

    public abstract bool Accepts(bool truth);

    /// <param name="ticks">100 ns since the year 1, UTC.</param>
    public abstract bool AcceptsTime(long ticks);

    public bool Accepts(in FieldValue value)
    {
        switch (value.Kind)
        {
            case FieldValueKind.Text:
                return Accepts(value.Text());
            case FieldValueKind.Number:
                return Accepts(value.Number);
            case FieldValueKind.Truth:
                return Accepts(value.Truth);
            case FieldValueKind.Time:
                return AcceptsTime(value.Time.UtcTicks);
            case FieldValueKind.List:
                for (int i = 0; i < value.TextCount; i++)
                {
                    if (Accepts(value.Text(i))) return true;
                }

                return false;
            default:
                return false;
        }
    }
}

/// <summary>The value is one of those written, each read as the field's kind asks: text, number, truth value, date, address,
/// network.</summary>
internal sealed class SetTest : ValueTest
{
    private readonly string? _single;
    private readonly FrozenSet<string> _texts;
    private readonly FrozenSet<long>? _numbers;
    private readonly FrozenSet<UInt128>? _addresses;
    private readonly Network[] _networks;
    private readonly DateText[] _dates;
    private readonly bool _true;
    private readonly bool _false;

    public SetTest(IEnumerable<string> values)
    {
        var texts = new HashSet<string>(values, StringComparer.Ordinal);
        HashSet<long>? numbers = null;
        HashSet<UInt128>? addresses = null;
        var networks = new List<Network>();
        var dates = new List<DateText>();
        foreach (string text in texts)
        {
            bool isNumber = NumberText.TryParse(text, out decimal number) && decimal.IsInteger(number);
            if (isNumber && number is >= long.MinValue and <= long.MaxValue) (numbers ??= []).Add((long)number);
            if (AddressText.TryParse(text, out UInt128 address)) (addresses ??= []).Add(address);
            if (Network.Parse(text, out Network network) == Network.Reading.Network) networks.Add(network);
            if (DateText.TryParse(text, out DateText date) || DateText.TryParseEpoch(text, out date)) dates.Add(date);
        }

        _single = texts.Count == 1 ? texts.First() : null;
        _texts = texts.ToFrozenSet(StringComparer.Ordinal);
        _numbers = numbers?.ToFrozenSet();
        _addresses = addresses?.ToFrozenSet();
        _networks = [.. networks];
        _dates = [.. dates];
        _true = texts.Contains("true");
        _false = texts.Contains("false");
    }

    public override bool Accepts(string text)
    {
        if (_single is null ? _texts.Contains(text) : text == _single) return true;
        // Equal IPv4 addresses are equal texts; only what has a colon has several spellings.
        bool asAddress = _networks.Length > 0 || (_addresses is not null && text.Contains(':', StringComparison.Ordinal));
        if (!asAddress || !AddressText.TryParse(text, out UInt128 address)) return false;
        if (_addresses is not null && _addresses.Contains(address)) return true;
        foreach (Network network in _networks)
        {
            if (network.Contains(address)) return true;
        }

        return false;
    }

    public override bool Accepts(long number) => _numbers is not null && _numbers.Contains(number);

    public override bool Accepts(bool truth) => truth ? _true : _false;

    public override bool AcceptsTime(long ticks)
    {
        foreach (DateText date in _dates)
        {
            if (ticks >= date.Start && ticks < date.End) return true;
        }

        return false;
    }
}

/// <summary>A test of how the value is written in the document.</summary>
internal abstract class WrittenTest : ValueTest
{
    protected abstract bool Accepts(ReadOnlySpan<char> text);

    public sealed override bool Accepts(string text) => Accepts(text.AsSpan());

    public sealed override bool Accepts(bool truth) => Accepts(truth ? "true" : "false");

    public sealed override bool Accepts(long number)
    {
        Span<char> text = stackalloc char[20];
        number.TryFormat(text, out int length, provider: CultureInfo.InvariantCulture);
        return Accepts(text[..length]);
    }

    public sealed override bool AcceptsTime(long ticks)
    {
        Span<char> text = stackalloc char[24];
        new DateTime(ticks).TryFormat(text, out int length, "yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);
        return Accepts(text[..length]);
    }
}

/// <summary>The value fits a pattern of <c>*</c> and <c>?</c>.</summary>
internal sealed class WildcardTest(WildcardPattern pattern) : WrittenTest
{
    protected override bool Accepts(ReadOnlySpan<char> text) => pattern.IsMatch(text);
}

/// <summary>The whole value fits a regular expression.</summary>
internal sealed class RegexTest(string pattern) : WrittenTest
{
    private readonly Regex _regex = new(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);

    protected override bool Accepts(ReadOnlySpan<char> text) => _regex.IsMatch(text);
}

/// <summary>The value lies in a range.</summary>
internal sealed class RangeTest(ValueRange range) : ValueTest
{
    public override bool Accepts(string text) => range.Contains(text);

    public override bool Accepts(long number) => range.Contains(number);

    public override bool Accepts(bool truth) => false;

    public override bool AcceptsTime(long ticks) => range.ContainsTime(ticks);
}
