using System.Reflection;
using System.Reflection.Metadata;
using Microsoft.CodeAnalysis;

namespace Streams.Scripting.Compiling;

/// <summary>
/// What scripts are compiled against: a fixed list, read from the assemblies of this process, which works in a single-file program too.
/// One set for all scripts, so that the compiler reads each only once.
/// </summary>
internal static class References
{
    // More than the allow-list needs: a refused type must be known to the compiler, or its error would not name the remedy.
    private static readonly string[] Names =
    [
        "System.Private.CoreLib", "System.Runtime", "System.Collections", "System.Collections.Immutable", "System.Console",
        "System.Diagnostics.Process", "System.Linq", "System.Linq.Expressions", "System.Memory", "System.Net.Http", "System.Net.Primitives",
        "System.Net.Sockets", "System.ObjectModel", "System.Private.Uri", "System.Runtime.InteropServices", "System.Runtime.Numerics",
        "System.Security.Cryptography", "System.Text.RegularExpressions", "System.Threading", "System.Collections.Concurrent",
        "System.ComponentModel", "System.ComponentModel.Primitives", "System.Runtime.Extensions",
        "System.Reactive", "Streams.Events", "Streams.Engine",
    ];

    public static IReadOnlyList<Assembly> Assemblies { get; } = [.. Names.Select(Assembly.Load)];

    public static IReadOnlyList<MetadataReference> All { get; } = [.. Assemblies.Select(Reference)];

    // The memory belongs to an assembly that is never unloaded.
    private static unsafe PortableExecutableReference Reference(Assembly assembly)
    {
        if (!assembly.TryGetRawMetadata(out byte* metadata, out int length))
            throw new InvalidOperationException($"{assembly.GetName().Name} has no metadata, so scripts cannot be compiled");
        ModuleMetadata module = ModuleMetadata.CreateFromMetadata((nint)metadata, length);
        return AssemblyMetadata.Create(module).GetReference(display: assembly.GetName().Name);
    }
}
