namespace Streams.Host.Output;

/// <summary>What the process's outputs are.</summary>
internal static class Terminal
{
    /// <summary>The columns to assume where there is no terminal.</summary>
    public const int PipeWidth = 400;

    /// <summary>Whether standard output is a terminal.</summary>
    public static bool IsOutput => !Console.IsOutputRedirected;

    /// <summary>Whether standard error is a terminal that can move its cursor.</summary>
    public static bool IsError => !Console.IsErrorRedirected && !IsDumb;

    /// <summary>Whether standard output takes colour: a terminal, and nobody asked for none (no-color.org).</summary>
    public static bool HasColour => IsOutput && !IsDumb && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));

    /// <summary>The columns of standard output.</summary>
    public static int OutputWidth => IsOutput ? Columns : PipeWidth;

    /// <summary>The columns of the terminal.</summary>
    public static int Columns
    {
        get
        {
            try
            {
                return Console.WindowWidth is > 0 and var width ? width : 80;
            }
            catch (IOException)
            {
                return 80;
            }
        }
    }

    private static bool IsDumb => Environment.GetEnvironmentVariable("TERM") is "dumb";
}
