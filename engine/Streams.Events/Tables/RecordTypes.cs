using System.Globalization;
using System.Text;

namespace Streams.Events.Tables;

/// <summary>Names and numbers of audit record types (<c>record-types.table</c>).</summary>
public static partial class RecordTypes
{
    private static readonly string?[] Names = new string?[Count];

    /// <summary>Finds the type of a record by the text after <c>type=</c>.</summary>
    /// <param name="name">A name, <c>UNKNOWN[n]</c>, or a number.</param>
    /// <param name="type">The type, also one that no table names; <see cref="RecordType.None"/> if there is none.</param>
    /// <returns>False if <paramref name="name"/> is none of these.</returns>
    public static bool TryParse(ReadOnlySpan<byte> name, out RecordType type)
    {
        // Nearly all records of a busy host are of these types.
        switch (name.Length)
        {
            case 3 when name.SequenceEqual("CWD"u8):
                type = RecordType.Cwd;
                return true;
            case 3 when name.SequenceEqual("EOE"u8):
                type = RecordType.Eoe;
                return true;
            case 4 when name.SequenceEqual("PATH"u8):
                type = RecordType.Path;
                return true;
            case 6 when name.SequenceEqual("EXECVE"u8):
                type = RecordType.Execve;
                return true;
            case 7 when name.SequenceEqual("SYSCALL"u8):
                type = RecordType.Syscall;
                return true;
            case 8 when name.SequenceEqual("SOCKADDR"u8):
                type = RecordType.Sockaddr;
                return true;
            case 9 when name.SequenceEqual("PROCTITLE"u8):
                type = RecordType.Proctitle;
                return true;
            default:
                return TryFind(name, out type) || TryParseNumber(name, out type);
        }
    }

    /// <summary>The name of a type, or <c>UNKNOWN[n]</c>.</summary>
    public static string Name(RecordType type)
    {
        var index = IndexOf(type);
        if (index < 0) return "UNKNOWN[" + ((int)type).ToString(CultureInfo.InvariantCulture) + "]";
        return Names[index] ??= Encoding.ASCII.GetString(NameAt(index));
    }

    /// <summary>The name of a type as UTF-8; empty if no table names it.</summary>
    public static ReadOnlySpan<byte> NameUtf8(RecordType type)
    {
        var index = IndexOf(type);
        return index < 0 ? [] : NameAt(index);
    }

    /// <summary>Whether the table names this type.</summary>
    public static bool IsKnown(RecordType type) => IndexOf(type) >= 0;

    /// <summary>All types that the table names, in the order of their numbers.</summary>
    public static IReadOnlyList<RecordType> All
    {
        get
        {
            var types = new RecordType[Count];
            for (var i = 0; i < types.Length; i++) types[i] = (RecordType)Numbers[i];
            return types;
        }
    }

    private static int IndexOf(RecordType type)
    {
        var offset = (int)type - First;
        return (uint)offset < (uint)Indexes.Length ? Indexes[offset] - 1 : -1;
    }

    private static ReadOnlySpan<byte> NameAt(int index)
    {
        var start = index == 0 ? 0 : Ends[index - 1];
        return Text[start..Ends[index]];
    }

    private static bool TryFind(ReadOnlySpan<byte> name, out RecordType type)
    {
        for (var slot = RecordNameHash.Of(name); Slots[slot] != 0; slot = (slot + 1) % RecordNameHash.Slots)
        {
            var index = Slots[slot] - 1;
            if (!name.SequenceEqual(NameAt(index))) continue;
            type = (RecordType)Numbers[index];
            return true;
        }

        type = RecordType.None;
        return false;
    }

    private static bool TryParseNumber(ReadOnlySpan<byte> name, out RecordType type)
    {
        if (name.StartsWith("UNKNOWN["u8) && name[^1] == (byte)']') name = name["UNKNOWN[".Length..^1];
        var known = ushort.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number != 0;
        type = known ? (RecordType)number : RecordType.None;
        return known;
    }
}
