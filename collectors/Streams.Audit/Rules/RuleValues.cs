using System.Globalization;
using System.Text;
using Streams.Events.Tables;

namespace Streams.Audit.Rules;

/// <summary>Reads the values of fields.</summary>
internal static class RuleValues
{
    private const uint Unset = uint.MaxValue;

    // Families by the names of socket(2) where these are not the table's.
    private static readonly (string Name, int Number)[] FamilyNames =
        [("inet", SocketFamilies.Ipv4), ("inet6", SocketFamilies.Ipv6), ("local", SocketFamilies.Unix)];

    // AF_MAX of linux/socket.h; the kernel refuses what is not below.
    private const int Families = 46;

    /// <summary>Reads a value that is a number to the kernel.</summary>
    /// <exception cref="RuleException">The text is none.</exception>
    public static uint Read(RuleFieldType field, string text, int column, RuleEnvironment environment) => field.Kind switch
    {
        RuleFieldKind.UserId => Id(field, text, column, environment.User, "user"),
        RuleFieldKind.GroupId => Id(field, text, column, environment.Group, "group"),
        RuleFieldKind.LoginId => IsUnset(text) ? Unset : Id(field, text, column, environment.User, "user"),
        RuleFieldKind.Session => IsUnset(text) ? Unset : Number(field, text, column, signed: false),
        RuleFieldKind.ExitCode => Exit(field, text, column),
        RuleFieldKind.Success => text switch
        {
            "yes" or "true" => 1,
            "no" or "false" => 0,
            _ => Number(field, text, column, signed: false),
        },
        RuleFieldKind.RecordType => Type(field, text, column),
        RuleFieldKind.Permissions => RulePermissions.TryParse(text, out uint bits)
            ? bits
            : throw new RuleException(column, $"{text} are no permissions; write some of r, w, x and a"),
        RuleFieldKind.FileType => FileTypes.Mode(text) is var mode and > 0
            ? mode
            : Number(field, text, column, signed: false, "write file, dir, socket, link, character, block or fifo"),
        RuleFieldKind.FilesystemType => FilesystemTypes.Number(text) is var type and > 0
            ? type
            : Number(field, text, column, signed: false, "write its magic number from linux/magic.h, such as 0xef53"),
        RuleFieldKind.SocketFamily => Family(field, text, column),
        RuleFieldKind.Argument => Number(field, text, column, signed: true),
        _ => Number(field, text, column, signed: false),
    };

    private static bool IsUnset(string text) => text is "unset" or "-1" or "4294967295" or "0xffffffff" or "0xFFFFFFFF";

    private static uint Id(RuleFieldType field, string text, int column, Func<string, uint?> find, string what)
    {
        if (IsUnset(text)) throw new RuleException(column, $"only auid and sessionid can be unset; {field.Name} is always set");
        if (text.Length > 0 && (char.IsAsciiDigit(text[0]) || text[0] == '-')) return Number(field, text, column, signed: true);
        return find(text) ?? throw new RuleException(column, $"there is no {what} {text}; write the number to be independent of names");
    }

    private static uint Exit(RuleFieldType field, string text, int column)
    {
        bool negative = text.StartsWith('-');
        string name = negative ? text[1..] : text;
        if (!Errno.TryFind(name, out int number))
            return Number(field, text, column, signed: true, "write an errno such as -EACCES, or a number");
        return (uint)(negative ? -number : number);
    }

    private static uint Type(RuleFieldType field, string text, int column)
    {
        bool isName = text.Length > 0 && !char.IsAsciiDigit(text[0]);
        if (isName && RecordTypes.TryParse(Encoding.UTF8.GetBytes(text), out RecordType type)) return (uint)type;
        return Number(field, text, column, signed: false, "write the name of a record type such as CWD, or its number");
    }

    private static uint Family(RuleFieldType field, string text, int column)
    {
        for (int number = 0; number < Families; number++)
        {
            if (SocketFamilies.Name(number) == text) return (uint)number;
        }

        (string Name, int Number) other = Array.Find(FamilyNames, entry => entry.Name == text);
        if (other.Name is not null) return (uint)other.Number;
        uint value = Number(field, text, column, signed: false, "write ipv4, ipv6 or the number of a family");
        if (value < Families) return value;
        throw new RuleException(column, $"there is no address family {text}; the largest is {Families - 1}");
    }

    /// <summary>Reads a number: decimal, hex behind 0x, octal behind 0.</summary>
    private static uint Number(RuleFieldType field, string text, int column, bool signed, string? remedy = null)
    {
        bool negative = signed && text.StartsWith('-');
        string digits = negative ? text[1..] : text;
        if (!TryParse(digits, out ulong value))
        {
            remedy ??= "write it in decimal, as 0x… or as 0…";
            throw new RuleException(column, $"{text} is no number for {field.Name}; {remedy}");
        }

        if (value > (negative ? 1UL << 31 : uint.MaxValue))
            throw new RuleException(column, $"{text} does not fit into the 32 bits in which the kernel compares {field.Name}");
        return negative ? (uint)-(long)value : (uint)value;
    }

    private static bool TryParse(string digits, out ulong value)
    {
        if (digits.StartsWith("0x", StringComparison.OrdinalIgnoreCase))
            return ulong.TryParse(digits.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value);
        if (digits.Length < 2 || digits[0] != '0')
            return ulong.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out value);

        value = 0;
        if (digits.Length > 22) return false;
        foreach (char digit in digits)
        {
            if (digit is < '0' or > '7') return false;
            value = (value * 8) + (uint)(digit - '0');
        }

        return true;
    }
}
