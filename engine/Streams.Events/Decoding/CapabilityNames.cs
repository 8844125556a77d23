using System.Numerics;
using Streams.Events.Tables;

namespace Streams.Events.Decoding;

/// <summary>
/// Sets of capabilities as texts. A set of most of them says what it lacks, since root has them all and every run of a program by root
/// would otherwise name forty, four times: <c>all</c>, <c>-sys_resource</c>.
/// </summary>
internal static class CapabilityNames
{
    private static readonly BoundedCache<string[]> Texts = new(static (_, mask) => Make(mask));

    public static string[] Of(ulong mask) => Texts.Get(0, mask);

    private static string[] Make(ulong mask)
    {
        if (Capabilities.IsFull(mask)) return ["all"];
        int known = BitOperations.PopCount(Capabilities.Full);
        if (BitOperations.PopCount(mask & Capabilities.Full) <= known / 2) return [.. Capabilities.NamesOf(mask)];

        // What an older kernel does not know, it does not lack.
        ulong ofKernel = ulong.MaxValue >> BitOperations.LeadingZeroCount(mask);
        return ["all", .. Capabilities.NamesOf(~mask & ofKernel & Capabilities.Full).Select(name => "-" + name)];
    }
}
