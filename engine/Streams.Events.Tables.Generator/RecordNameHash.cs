using System.Buffers.Binary;

namespace Streams.Events.Tables;

/// <summary>The hash of a record type's name, the same when the table is built and when it is read.</summary>
internal static class RecordNameHash
{
    /// <summary>Four times the number of types there are, so that a look-up seldom needs a second slot.</summary>
    public const int Slots = 1024;

    /// <summary>A slot, from the length and the first and last eight bytes, which tell all names of one length apart.</summary>
    public static int Of(ReadOnlySpan<byte> name)
    {
        ulong first, last;
        if (name.Length >= 8)
        {
            first = BinaryPrimitives.ReadUInt64LittleEndian(name);
            last = BinaryPrimitives.ReadUInt64LittleEndian(name.Slice(name.Length - 8));
        }
        else if (name.Length >= 4)
        {
            first = BinaryPrimitives.ReadUInt32LittleEndian(name);
            last = BinaryPrimitives.ReadUInt32LittleEndian(name.Slice(name.Length - 4));
        }
        else
        {
            first = name.Length > 0 ? name[0] : 0u;
            last = name.Length > 0 ? name[name.Length - 1] : 0u;
        }

        var mixed = ((first * 0x9E3779B97F4A7C15) ^ (last + (ulong)name.Length)) * 0xD6E8FEB86659FD93;
        return (int)(mixed >> 54);
    }
}
