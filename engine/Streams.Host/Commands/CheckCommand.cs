using System.CommandLine;
using Streams.Audit.Rules;
using Streams.Host.CommandLine;
using Streams.Host.Configuration;
using Streams.Host.Live;
using Streams.Host.Output;
using Streams.Host.Reach;
using Streams.Scripting;

namespace Streams.Host.Commands;

/// <summary><c>streams check</c>: are the configuration, the audit rules and the scripts right?</summary>
internal static class CheckCommand
{
    /// <summary>The command.</summary>
    public static Command Make(SharedOptions shared)
    {
        var command = new ExampleCommand(
            "check",
            "Say what is wrong in the configuration, its audit rules and the queries, with file, line and column.",
            "./streams check");
        shared.AddQueriesTo(command);
        command.SetAction(parsed => Run(parsed, shared));
        return command;
    }

    private static int Run(ParseResult parsed, SharedOptions shared)
    {
        (Settings settings, IReadOnlyList<Problem> problems) = shared.Settings(parsed, Trust.ForScripts);
        // On other machines no rules can be loaded.
        RuleSet rules = RuleMachine.Current is { } machine
            ? ConfiguredRules.Of(settings.Collectors).Read(RuleEnvironment.OfHost(machine), out _)
            : RuleSet.Empty;
        ILookup<bool, Problem> ruleProblems = rules.Problems.ToLookup(p => p.IsError, p => ConfiguredRules.Place(p, settings.Collectors));
        using LoadResult scripts = shared.Load(parsed, settings, Trust.ForScripts);
        // Where a wrong configuration leaves us without a folder, that the default is not there either says nothing.
        bool hasFolder = problems.Count == 0 || Directory.Exists(shared.QueriesFolder(parsed, settings));
        IEnumerable<Problem> scriptErrors = hasFolder ? scripts.Errors.Distinct().Select(FileMessages.ProblemOf) : [];
        ILookup<bool, Problem> pathProblems = ConfiguredPaths.Check(settings, Environment.GetEnvironmentVariable)
            .ToLookup(found => found.IsError, found => found.Problem);
        int wrong = 0;
        IEnumerable<Problem> needs = QueryNeeds.Problems(scripts.Queries, RuleMachine.Current);
        IEnumerable<Problem> mistakes =
            [.. problems, .. pathProblems[true], .. ruleProblems[true], .. scriptErrors, .. needs];
        foreach (Problem problem in mistakes)
        {
            Console.Out.WriteLine(Text(problem));
            wrong++;
        }

        IEnumerable<Problem> warnings =
            [.. pathProblems[false], .. Untrusted(settings), .. ruleProblems[false], .. scripts.Notices.Select(FileMessages.ProblemOf)];
        foreach (Problem notice in warnings)
            Console.Error.WriteLine($"warning: {Text(notice)}");
        foreach ((string query, string reason) in shared.CannotFire(parsed, settings, scripts.Queries, ConfiguredWatch.Of(settings)))
            Console.Error.WriteLine($"warning: {query} cannot fire: {TerminalText.Escape(reason)}");
        string all = $"{Quantity.Of(scripts.Queries.Count, "query")}, {Quantity.Of(rules.Rules.Count, "audit rule")}, nothing wrong";
        Console.Error.WriteLine(wrong == 0 ? all : Quantity.Of(wrong, "mistake"));
        return wrong == 0 ? ExitCode.Done : ExitCode.Error;
    }

    // What `run` would refuse as root and other commands do not.
    private static IEnumerable<Problem> Untrusted(Settings settings) => Trust.ForRun is not { } trusted ? [] : ConfiguredPaths
        .Trusted(settings)
        .Select(each => (each.Key, Fault: trusted.Check(each.Path)))
        .Where(each => each.Fault is not null)
        .Select(each =>
        {
            SettingPlace? place = settings.Places.FirstOrDefault(known => known.Key == each.Key);
            return new Problem(place?.File ?? each.Key, place?.Line ?? 0, place?.Column ?? 0, $"`run` as root refuses this: {each.Fault}");
        })
        .Take(1);

    private static string Text(Problem problem) =>
        TerminalText.Escape((problem with { File = FileText.Shown(problem.File) }).ToString());
}
