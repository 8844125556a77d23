using System.CommandLine;
using Streams.Engine;
using Streams.Host.CommandLine;
using Streams.Host.Configuration;
using Streams.Host.Output;
using Streams.Host.Reach;
using Streams.Scripting;

namespace Streams.Host.Commands;

/// <summary>Options that several commands have.</summary>
internal sealed class SharedOptions
{
    private readonly Option<string?> _config = new("--config")
    {
        Description = "The configuration file; by default streams.config.json beside ./streams.",
        HelpName = "FILE",
        Recursive = true,
    };

    private readonly Option<string?> _queries = new("--queries")
    {
        Description = "The folder of the queries; by default the configuration's.",
        HelpName = "DIR",
    };

    private readonly Option<string[]> _query = new("--query")
    {
        Description = "Only these queries: several names, also separated by commas, or the option several times.",
        HelpName = "NAME…",
        Arity = ArgumentArity.OneOrMore,
    };

    /// <summary>The options.</summary>
    public SharedOptions() => _query.Validators.Add(given =>
    {
        if (given.Tokens.Any(word => Split(word.Value).Length == 0)) given.AddError("--query names no query");
    });

    /// <summary>An option that prints alerts as JSON.</summary>
    public static Option<bool> AlertsAsJson() => new("--json")
    {
        Description = "Print one JSON object for each start, update and end of an alert.",
    };

    /// <summary>Adds <c>--config</c>, which every command has.</summary>
    public void AddTo(RootCommand root) => root.Add(_config);

    /// <summary>Adds <c>--queries</c> and <c>--query</c>.</summary>
    public void AddQueriesTo(Command command)
    {
        command.Add(_queries);
        command.Add(_query);
    }

    /// <summary>Adds <c>--query</c> alone.</summary>
    public void AddQueryTo(Command command) => command.Add(_query);

    /// <summary>The configuration that the command line asks for.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="trusted">Whose configuration is taken: see <see cref="Trust"/>.</param>
    public (Settings Settings, IReadOnlyList<Problem> Problems) Settings(ParseResult parsed, TrustedPath? trusted) =>
        SettingsFile.Load(parsed.GetValue(_config), trusted);

    /// <summary>The folder of the queries.</summary>
    public string QueriesFolder(ParseResult parsed, Settings settings) =>
        parsed.GetResult(_queries) is null ? settings.Queries : parsed.GetValue(_queries)!;

    /// <summary>The queries that the command line names; null when it names none.</summary>
    public string[]? Names(ParseResult parsed) => parsed.GetValue(_query) is { Length: > 0 } given
        ? [.. given.SelectMany(Split)]
        : null;

    /// <summary>Loads the queries that the command line asks for, to run them. Mistakes in them are reported.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="settings">The configuration.</param>
    /// <param name="trusted">Whose scripts are run: see <see cref="Trust"/>.</param>
    /// <param name="code">The exit code that the mistakes ask for.</param>
    /// <returns>Null, with a message, when there is none to run.</returns>
    public LoadResult? LoadToRun(ParseResult parsed, Settings settings, TrustedPath? trusted, out int code)
    {
        LoadResult scripts = Load(parsed, settings, trusted);
        code = FileMessages.Report(scripts);
        if (scripts.Queries.Count > 0) return scripts;
        if (code == ExitCode.Done)
        {
            string folder = TerminalText.Escape(QueriesFolder(parsed, settings));
            Console.Error.WriteLine($"streams: {folder}: there are no queries (*.csx) in it; name their folder with --queries");
        }

        scripts.Dispose();
        return null;
    }

    /// <summary>Loads the queries that the command line asks for.</summary>
    public LoadResult Load(ParseResult parsed, Settings settings, TrustedPath? trusted) => new ScriptLoader(new ScriptOptions
    {
        Folder = QueriesFolder(parsed, settings),
        CacheFolder = settings.Cache,
        Trusted = trusted,
        CanUnload = false,
    }).Load(Names(parsed));

    /// <summary>Which queries cannot fire with what is watched, and why.</summary>
    public IReadOnlyList<(string Query, string Reason)> CannotFire(
        ParseResult parsed, Settings settings, IReadOnlyList<QueryDefinition> queries, Watched watched)
    {
        string folder = QueriesFolder(parsed, settings);
        return QueryReach.CannotFire(queries, watched, query => QueryNeeds.Paths(query, queries, folder));
    }

    private static string[] Split(string names) => names.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
}
