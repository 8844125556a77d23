using System.Runtime.InteropServices;

namespace Streams.Events;

/// <summary>The user whose rights this process has.</summary>
public static partial class EffectiveUser
{
    /// <summary>The user's number; 0 is root.</summary>
    public static uint Id => GetEffectiveUser();

    [LibraryImport("libc", EntryPoint = "geteuid")]
    private static partial uint GetEffectiveUser();
}
