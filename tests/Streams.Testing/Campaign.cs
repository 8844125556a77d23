using System.Globalization;

namespace Streams.Testing;

/// <summary>How long tests search that may search for ever: a short while in <c>./test</c>, long in <c>./test --long</c>.</summary>
public static class Campaign
{
    // Of a long run.
    private const int Factor = 100;

    /// <summary>Whether this is a long run: the variable <c>STREAMS_TEST_LONG</c> is set.</summary>
    public static bool IsLong { get; } = Environment.GetEnvironmentVariable("STREAMS_TEST_LONG") is { Length: > 0 };

    /// <summary>Where the seeds of a search begin: the variable <c>STREAMS_TEST_SEED</c>, else 1. The same seeds search the same.</summary>
    public static int FirstSeed { get; } =
        int.TryParse(Environment.GetEnvironmentVariable("STREAMS_TEST_SEED"), CultureInfo.InvariantCulture, out int seed) ? seed : 1;

    /// <summary>How many cases to try.</summary>
    /// <param name="cases">As many as take a second or so.</param>
    public static int Cases(int cases) => Cases(cases, cases * Factor);

    /// <summary>How many cases to try.</summary>
    /// <param name="cases">In a short run.</param>
    /// <param name="longer">In a long run.</param>
    public static int Cases(int cases, int longer) => IsLong ? longer : cases;
}
