using System.CommandLine;
using Streams.Engine;
using Streams.Events;
using Streams.Host.CommandLine;
using Streams.Host.Configuration;
using Streams.Host.Examples;
using Streams.Host.Output;
using Streams.Scripting;

namespace Streams.Host.Commands;

/// <summary><c>streams test</c>: runs the examples that stand beside the queries.</summary>
internal static class TestCommand
{
    /// <summary>The command.</summary>
    public static Command Make(SharedOptions shared)
    {
        var folder = new Argument<string?>("DIR")
        {
            Description = "The folder of the queries and their examples (NAME.test.yaml); by default the configuration's.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var command = new ExampleCommand(
            "test",
            "Run the examples of the queries in virtual time and say which fail.",
            "./streams test",
            "./streams test queries --query auth-failure");
        command.Add(folder);
        shared.AddQueryTo(command);
        command.SetAction(parsed => Run(parsed, shared, parsed.GetValue(folder)));
        return command;
    }

    private static int Run(ParseResult parsed, SharedOptions shared, string? given)
    {
        (Settings settings, IReadOnlyList<Problem> problems) = shared.Settings(parsed, Trust.ForScripts);
        if (FileMessages.Report(problems)) return ExitCode.Error;

        string folder = given ?? settings.Queries;
        using LoadResult scripts = shared.Load(parsed, settings with { Queries = folder }, Trust.ForScripts);
        bool wrong = FileMessages.Report(scripts) != ExitCode.Done;
        if (!Directory.Exists(folder)) return ExitCode.Error;

        Dictionary<string, QueryDefinition> queries = scripts.Queries.ToDictionary(query => query.Name);
        HashSet<string> withExamples = [], endless = [];
        int passed = 0, failed = 0;
        foreach (string file in Directory.GetFiles(folder, "*" + ExampleReader.Suffix).Order(StringComparer.Ordinal))
        {
            IReadOnlyList<Example> examples = Read(file, ref wrong);
            string? header = null;
            foreach (Example example in examples)
            {
                if (!queries.TryGetValue(example.Query, out QueryDefinition? query))
                {
                    // One that was not asked for, or one whose script has an error, which has been told.
                    if (shared.Names(parsed) is null && scripts.Errors.Count == 0)
                        wrong |= FileMessages.Report([Unknown(example, queries.Keys)]);
                    continue;
                }

                if (header != example.Query) Console.Out.WriteLine(header = example.Query);
                withExamples.Add(example.Query);
                if (endless.Contains(example.Query)) continue;
                (IReadOnlyList<Events.Alert> got, IReadOnlyList<Problem> faults, bool isAbandoned) =
                    ExampleRun.Of(example, query, settings.Lateness, folder, Console.Error.WriteLine);
                Comparison comparison = Comparison.Of(example.Alerts, got);
                Console.Out.Write(ExampleReport.Render(example, comparison, isAbandoned, Terminal.HasColour));
                wrong |= FileMessages.Report(faults);
                // Its other examples would each take as long.
                if (isAbandoned) endless.Add(example.Query);
                if (comparison.Agrees && !isAbandoned) passed++;
                else failed++;
            }
        }

        // A file with mistakes in it has been told of.
        IEnumerable<string> withoutExamples = queries.Keys
            .Except(withExamples)
            .Where(name => !File.Exists(Path.Combine(folder, name + ExampleReader.Suffix)));
        foreach (string name in withoutExamples)
            Console.Out.WriteLine($"{name}\n  has no examples: write {name}{ExampleReader.Suffix} beside it");
        Console.Out.Write(ExampleReport.Totals(passed, failed, Terminal.HasColour));
        if (passed + failed == 0) Console.Error.WriteLine($"streams: {TerminalText.Escape(folder)}: no examples were run");
        return wrong || passed + failed == 0 ? ExitCode.Error : failed > 0 ? ExitCode.Failed : ExitCode.Done;
    }

    private static IReadOnlyList<Example> Read(string file, ref bool wrong)
    {
        try
        {
            using var text = new StreamReader(file);
            (IReadOnlyList<Example> examples, IReadOnlyList<Problem> problems) = ExampleReader.Read(text, file);
            wrong |= FileMessages.Report(problems);
            return examples;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            wrong |= FileMessages.Report([new Problem(file, 0, 0, $"cannot be read: {FailureText.Of(e)}")]);
            return [];
        }
    }

    private static Problem Unknown(Example example, IEnumerable<string> known) =>
        new(example.File, example.Line, 0, $"there is no query {example.Query}{Nearest.Suggestion(example.Query, known)}");
}
