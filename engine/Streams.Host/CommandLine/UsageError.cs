using System.CommandLine;
using System.CommandLine.Parsing;
using Streams.Events;
using Streams.Host.Output;

namespace Streams.Host.CommandLine;

/// <summary>What is wrong with a command line, in one line.</summary>
internal static class UsageError
{
    /// <summary>The first mistake and what to do about it, or null when there is none.</summary>
    public static string? In(ParseResult parsed)
    {
        Command command = parsed.CommandResult.Command;
        string name = Name(parsed.CommandResult);
        string? problem = UnknownWord(parsed, command) ?? (parsed.Errors is [var first, ..] ? Message(first) : EmptyWord(parsed, command));
        return problem is null ? null : $"{name}: {TerminalText.Escape(problem)} ({name} --help tells more)";
    }

    private static string Name(CommandResult command) => command switch
    {
        { Command: RootCommand } => "streams",
        { Parent: CommandResult parent } => $"{Name(parent)} {command.Command.Name}",
        _ => command.Command.Name,
    };

    private static string Message(ParseError error) => error.SymbolResult switch
    {
        OptionResult { Tokens.Count: 0, Option: { Arity.MinimumNumberOfValues: > 0 } option } => $"{option.Name} needs a {option.HelpName}",
        OptionResult { Tokens.Count: > 1, Option: { Arity.MaximumNumberOfValues: 1 } option } => $"{option.Name} is given more than once",
        ArgumentResult { Tokens.Count: 0, Argument: { Arity.MinimumNumberOfValues: > 0 } argument } => $"it needs a {argument.Name}",
        _ => error.Message.TrimEnd('.'),
    };

    // A variable of a shell that is not set is a word without letters: no file, folder, host or query is called so.
    private static string? EmptyWord(ParseResult parsed, Command command)
    {
        IEnumerable<(string Name, IEnumerable<Token> Words)> given = command.Arguments
            .Select(argument => (argument.Name, parsed.GetResult(argument)?.Tokens ?? Enumerable.Empty<Token>()))
            .Concat(Options(parsed).Select(option => (option.Name, parsed.GetResult(option)?.Tokens ?? Enumerable.Empty<Token>())));
        return given.Where(each => each.Words.Any(word => word.Value.Length == 0)).Select(each => $"{each.Name} is empty").FirstOrDefault();
    }

    private static string? UnknownWord(ParseResult parsed, Command command)
    {
        string? word = parsed.UnmatchedTokens is [var unmatched, ..] ? unmatched : OptionAmongPaths(parsed, command);
        if (word is null) return null;

        if (word.StartsWith('-')) return $"unknown option {word}{Nearest.Suggestion(word, OptionNames(parsed))}";
        return command.Subcommands.Count > 0
            ? $"unknown command {word}{Nearest.Suggestion(word, command.Subcommands.Select(known => known.Name))}"
            : $"unexpected argument {word}";
    }

    /// <summary>
    /// An argument that takes any number of words also takes a misspelt option; only after <c>--</c> a path may look like one.
    /// </summary>
    private static string? OptionAmongPaths(ParseResult parsed, Command command)
    {
        int afterDashes = 0;
        for (int i = parsed.Tokens.Count - 1; i >= 0 && parsed.Tokens[i].Type != TokenType.DoubleDash; i--) afterDashes++;
        if (afterDashes == parsed.Tokens.Count) afterDashes = 0;

        foreach (Argument argument in command.Arguments)
        {
            IReadOnlyList<Token> words = parsed.GetResult(argument)?.Tokens ?? [];
            for (int i = 0; i < words.Count - afterDashes; i++)
            {
                if (words[i].Value.Length > 1 && words[i].Value[0] == '-') return words[i].Value;
            }
        }

        return null;
    }

    private static IEnumerable<string> OptionNames(ParseResult parsed) =>
        Options(parsed).SelectMany(option => option.Aliases.Prepend(option.Name));

    private static IEnumerable<Option> Options(ParseResult parsed) =>
        parsed.CommandResult.Command.Options.Concat(parsed.RootCommandResult.Command.Options.Where(option => option.Recursive));
}
