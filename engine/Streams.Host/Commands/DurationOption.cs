using System.CommandLine;
using System.CommandLine.Parsing;
using Streams.Host.CommandLine;

namespace Streams.Host.Commands;

/// <summary>Options that are lengths of time.</summary>
internal static class DurationOption
{
    /// <summary><c>--learn</c>.</summary>
    public static Option<TimeSpan?> Learn() => new("--learn")
    {
        Description = "How long queries learn before they speak, instead of what they say: 0, 90m, 24h, 7d.",
        HelpName = "DURATION",
        CustomParser = Parse,
    };

    /// <summary>Reads the option's value, or reports that it is none.</summary>
    public static TimeSpan? Parse(ArgumentResult given)
    {
        string text = given.Tokens[0].Value;
        if (Durations.TryParse(text, out TimeSpan duration)) return duration;
        given.AddError($"{text} is no duration such as 0, 90m, 24h, 7d");
        return null;
    }
}
