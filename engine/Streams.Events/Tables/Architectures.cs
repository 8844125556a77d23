namespace Streams.Events.Tables;

/// <summary>Architectures as a record's <c>arch</c> field gives them (<c>architectures.table</c>), spelled as Auditbeat does.</summary>
public static partial class Architectures
{
    private const uint Is64Bit = 0x80000000;

    /// <summary>The name of an architecture (<c>x86_64</c> for 0xc000003e), or null.</summary>
    public static string? Name(uint arch) => NameOf(arch);

    /// <summary>Finds an architecture by name.</summary>
    public static bool TryFind(string name, out uint arch)
    {
        arch = NumberOf(name);
        return arch != 0;
    }

    /// <summary>Whether the call came through a 64-bit interface; x86_64 with an x32 number counts as 64-bit here.</summary>
    public static bool Is64(uint arch) => (arch & Is64Bit) != 0;
}
