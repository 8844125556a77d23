using System.Globalization;

namespace Streams.Events.Tables;

/// <summary>Signals (<c>signals.table</c>), as on every architecture but MIPS, Alpha, SPARC and PA-RISC.</summary>
public static partial class Signals
{
    // The C library keeps 32 and 33 for itself.
    private const int FirstRealTime = 34;

    private const int LastRealTime = 64;

    private static readonly string?[] RealTimeNames = new string?[LastRealTime - FirstRealTime + 1];

    /// <summary>The name of a signal (<c>SIGKILL</c> for 9, <c>SIGRTMIN+1</c> for 35), or null.</summary>
    public static string? Name(int number)
    {
        if (number is >= FirstRealTime and <= LastRealTime) return RealTimeName(number - FirstRealTime);
        return (uint)number < (uint)Names.Length ? Names[number] : null;
    }

    /// <summary>Finds a signal by the name that <see cref="Name"/> gives.</summary>
    public static bool TryFind(string name, out int number)
    {
        number = Array.IndexOf(Names, name);
        if (number > 0) return true;
        for (number = FirstRealTime; number <= LastRealTime; number++)
        {
            if (name == RealTimeName(number - FirstRealTime)) return true;
        }

        number = 0;
        return false;
    }

    private static string RealTimeName(int number) =>
        RealTimeNames[number] ??= number == 0 ? "SIGRTMIN" : "SIGRTMIN+" + number.ToString(CultureInfo.InvariantCulture);
}
