namespace Streams.Host.Configuration;

/// <summary>What streams.config.json says, or the defaults.</summary>
internal sealed record Settings
{
    /// <summary>The folder of the queries, absolute.</summary>
    public required string Queries { get; init; }

    /// <summary>The folder where compiled scripts are kept, absolute.</summary>
    public required string Cache { get; init; }

    /// <summary>The host of records that name none.</summary>
    public string Host { get; init; } = "localhost";

    /// <summary>How many threads share the queries' work.</summary>
    public int Shards { get; init; } = 1;

    /// <summary>How long the engine waits for what a host may still send of an earlier time.</summary>
    public TimeSpan Lateness { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The defaults.</summary>
    /// <param name="root">What relative paths are relative to: the configuration file's folder.</param>
    /// <param name="environment">Reads an environment variable.</param>
    public static Settings Defaults(string root, Func<string, string?> environment) =>
        new() { Queries = Path.Combine(root, "queries"), Cache = CacheFolder(environment) };

    // XDG Base Directory Specification: a relative path in XDG_CACHE_HOME is to be ignored.
    private static string CacheFolder(Func<string, string?> environment)
    {
        string? cache = environment("XDG_CACHE_HOME");
        if (cache is not null && Path.IsPathRooted(cache)) return Path.Combine(cache, "streams");
        string? home = environment("HOME");
        return home is not null && Path.IsPathRooted(home) ? Path.Combine(home, ".cache", "streams") : Path.Combine(Path.GetTempPath(), $"streams-{Environment.UserName}");
    }
}
