namespace Streams.Events.Tables;

/// <summary>What <c>socketcall(2)</c> does, by its first argument (<c>socketcalls.table</c>).</summary>
public static partial class Socketcalls
{
    /// <summary>The name of the call, or null.</summary>
    public static string? Name(int call) => (uint)call < (uint)Names.Length ? Names[call] : null;
}
