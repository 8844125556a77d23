using System.CommandLine;
using Streams.Host.Configuration;

namespace Streams.Host.Commands;

/// <summary>Options that several commands have.</summary>
internal sealed class SharedOptions
{
    /// <summary><c>--config</c>, which every command has.</summary>
    public Option<string?> Config { get; } = new("--config")
    {
        Description = "The configuration file; by default streams.config.json beside ./streams.",
        HelpName = "FILE",
        Recursive = true,
    };

    /// <summary>The configuration that the command line asks for.</summary>
    public (Settings Settings, IReadOnlyList<Problem> Problems) Settings(ParseResult parsed) => SettingsFile.Load(parsed.GetValue(Config));
}
