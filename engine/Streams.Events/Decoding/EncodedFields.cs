using Streams.Events.Tables;

namespace Streams.Events.Decoding;

/// <summary>Which of our keys are written as hexadecimal when they hold odd bytes: <see cref="RecordFields"/> by number.</summary>
internal static class EncodedFields
{
    private static readonly bool[] ByKey = MakeByKey();

    public static bool Contains(ushort key) => ByKey[key];

    private static bool[] MakeByKey()
    {
        bool[] encoded = new bool[RecordKey.Count];
        for (ushort key = 1; key < RecordKey.Count; key++) encoded[key] = RecordFields.IsEncoded(RecordKey.Text(key));
        return encoded;
    }
}
