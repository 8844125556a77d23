using Streams.Events.Tables;

namespace Streams.Events.Decoding;

/// <summary>The names of record types in small letters, as <c>auditd.message_type</c> has them.</summary>
internal static class MessageTypes
{
    private static readonly string?[] Names = new string?[ushort.MaxValue + 1];

    public static string Name(RecordType type) => Names[(int)type] ??= RecordTypes.Name(type).ToLowerInvariant();
}
