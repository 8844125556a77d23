using System.CommandLine;
using System.CommandLine.Parsing;
using Streams.Host.Output;

namespace Streams.Host.CommandLine;

/// <summary>What is wrong with a command line, in one line.</summary>
internal static class UsageError
{
    /// <summary>The first mistake and what to do about it, or null when there is none.</summary>
    public static string? In(ParseResult parsed)
    {
        Command command = parsed.CommandResult.Command;
        string name = command is RootCommand ? "streams" : $"streams {command.Name}";
        string? problem = UnknownWord(parsed, command) ?? (parsed.Errors is [var first, ..] ? first.Message.TrimEnd('.') : null);
        return problem is null ? null : $"{name}: {TerminalText.Escape(problem)} ({name} --help tells more)";
    }

    private static string? UnknownWord(ParseResult parsed, Command command)
    {
        string? word = parsed.UnmatchedTokens is [var unmatched, ..] ? unmatched : OptionAmongPaths(parsed, command);
        if (word is null) return null;

        if (word.StartsWith('-')) return $"unknown option {word}{Nearest.Suggestion(word, OptionNames(parsed))}";
        return command is RootCommand
            ? $"unknown command {word}{Nearest.Suggestion(word, command.Subcommands.Select(known => known.Name))}"
            : $"unexpected argument {word}";
    }

    /// <summary>An argument that takes any number of words also takes a misspelt option; only after <c>--</c> a path may look like one.</summary>
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

    private static IEnumerable<string> OptionNames(ParseResult parsed)
    {
        IEnumerable<Option> options = parsed.CommandResult.Command.Options.Concat(parsed.RootCommandResult.Command.Options.Where(option => option.Recursive));
        return options.SelectMany(option => option.Aliases.Prepend(option.Name));
    }
}
