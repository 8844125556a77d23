using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Streams.Host.CommandLine;

/// <summary>A command whose help ends with examples.</summary>
internal sealed class ExampleCommand(string name, string description, params string[] examples) : Command(name, description)
{
    /// <summary>Command lines that work as they stand.</summary>
    public IReadOnlyList<string> Examples { get; } = examples;
}

/// <summary>The usual help, then the command's examples.</summary>
internal sealed class HelpWithExamples(HelpAction usual) : SynchronousCommandLineAction
{
    /// <inheritdoc/>
    public override bool ClearsParseErrors => true;

    /// <inheritdoc/>
    public override int Invoke(ParseResult parseResult)
    {
        int code = usual.Invoke(parseResult);
        TextWriter output = parseResult.InvocationConfiguration.Output;
        Command command = parseResult.CommandResult.Command;
        IEnumerable<ExampleCommand> shown = command is ExampleCommand one ? [one] : command.Subcommands.OfType<ExampleCommand>();
        output.WriteLine("Examples:");
        foreach (ExampleCommand each in shown)
        {
            // The list of all commands shows one example each.
            foreach (string example in each.Examples.Take(each == command ? int.MaxValue : 1)) output.WriteLine($"  {example}");
        }

        return code;
    }
}
