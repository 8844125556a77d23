using System.CommandLine;
using Streams.Host.CommandLine;
using Streams.Host.Configuration;

namespace Streams.Host.Commands;

/// <summary><c>streams check</c>: are the configuration and the scripts right?</summary>
internal static class CheckCommand
{
    /// <summary>The command.</summary>
    public static Command Make(SharedOptions shared)
    {
        var command = new ExampleCommand("check", "Say what is wrong in the configuration and the queries, with file, line and column.", "./streams check");
        command.SetAction(parsed => Run(shared.Settings(parsed), Console.Out));
        return command;
    }

    private static int Run((Settings Settings, IReadOnlyList<Problem> Problems) loaded, TextWriter output)
    {
        foreach (Problem problem in loaded.Problems) output.WriteLine(problem);
        return loaded.Problems.Count == 0 ? ExitCode.Done : ExitCode.Error;
    }
}
