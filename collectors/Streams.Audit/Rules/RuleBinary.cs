using System.Text;

namespace Streams.Audit.Rules;

/// <summary>The kernel's binary form of a rule: <c>struct audit_rule_data</c> of linux/audit.h, in the machine's byte order.</summary>
internal static class RuleBinary
{
    public const int MaskWords = 64;

    public const int MostFields = 64;

    /// <summary>The length in front of the texts.</summary>
    public const int HeaderLength = (3 + MaskWords + (3 * MostFields) + 1) * 4;

    // What a message can carry; the kernel takes no more than a page for each text (AUDIT_MESSAGE_TEXT_MAX, PATH_MAX).
    public const int MostText = 8192;

    // The bits of the last word are classes of calls, which the kernel replaces and never lists (AUDIT_SYSCALL_CLASSES).
    private const uint LastWord = 0x0000FFFF;

    private const int ActionAt = 4;
    private const int CountAt = 8;
    private const int MaskAt = 12;
    private const int FieldsAt = MaskAt + (MaskWords * 4);
    private const int ValuesAt = FieldsAt + (MostFields * 4);
    private const int OperatorsAt = ValuesAt + (MostFields * 4);
    private const int TextLengthAt = OperatorsAt + (MostFields * 4);

    public static byte[] Write(RuleList list, RuleAction action, ReadOnlySpan<uint> mask, IReadOnlyList<RuleField> fields)
    {
        int length = fields.Sum(field => field.Text is null ? 0 : Encoding.UTF8.GetByteCount(field.Text));
        byte[] bytes = new byte[HeaderLength + length];
        Put(bytes, 0, (uint)list);
        Put(bytes, ActionAt, (uint)action);
        Put(bytes, CountAt, (uint)fields.Count);
        for (int word = 0; word < MaskWords; word++)
            Put(bytes, MaskAt + (word * 4), word == MaskWords - 1 ? mask[word] & LastWord : mask[word]);

        int text = HeaderLength;
        for (int at = 0; at < fields.Count; at++)
        {
            RuleField field = fields[at];
            uint value = field.Value;
            if (field.Text is not null)
            {
                value = (uint)Encoding.UTF8.GetBytes(field.Text, bytes.AsSpan(text));
                text += (int)value;
            }

            Put(bytes, FieldsAt + (at * 4), field.Number);
            Put(bytes, ValuesAt + (at * 4), value);
            Put(bytes, OperatorsAt + (at * 4), (uint)field.Operator);
        }

        Put(bytes, TextLengthAt, (uint)length);
        return bytes;
    }

    /// <summary>Reads a rule as the kernel lists it.</summary>
    /// <param name="message">The payload of the message, which may be longer than the rule.</param>
    /// <param name="bytes">The rule without what the message has behind it.</param>
    /// <param name="mask">The calls.</param>
    /// <param name="fields">The fields.</param>
    /// <returns>False if these are not the bytes of a rule.</returns>
    public static bool TryRead(ReadOnlySpan<byte> message, out byte[] bytes, out uint[] mask, out RuleField[] fields)
    {
        bytes = [];
        mask = [];
        fields = [];
        if (message.Length < HeaderLength) return false;
        uint count = Get(message, CountAt);
        uint length = Get(message, TextLengthAt);
        if (count > MostFields || length > message.Length - HeaderLength) return false;

        mask = new uint[MaskWords];
        for (int word = 0; word < MaskWords; word++) mask[word] = Get(message, MaskAt + (word * 4));
        fields = new RuleField[count];
        int text = HeaderLength;
        int end = HeaderLength + (int)length;
        for (int at = 0; at < fields.Length; at++)
        {
            uint number = Get(message, FieldsAt + (at * 4));
            uint value = Get(message, ValuesAt + (at * 4));
            string? content = null;
            if (RuleFields.Find(number) is { IsText: true })
            {
                if (value > end - text) return false;
                content = Encoding.UTF8.GetString(message.Slice(text, (int)value));
                text += (int)value;
            }

            fields[at] = new RuleField(number, (RuleOperator)Get(message, OperatorsAt + (at * 4)), value, content);
        }

        bytes = message[..end].ToArray();
        Put(bytes, 0, (uint)List(bytes));
        Put(bytes, MaskAt + ((MaskWords - 1) * 4), mask[^1] &= LastWord);
        return true;
    }

    public static RuleList List(ReadOnlySpan<byte> bytes) => (RuleList)(Get(bytes, 0) & ~AuditRule.InFrontFlag);

    public static RuleAction Action(ReadOnlySpan<byte> bytes) => (RuleAction)Get(bytes, ActionAt);

    public static void Put(Span<byte> bytes, int at, uint value) => BitConverter.TryWriteBytes(bytes[at..], value);

    public static uint Get(ReadOnlySpan<byte> bytes, int at) => BitConverter.ToUInt32(bytes[at..]);
}
