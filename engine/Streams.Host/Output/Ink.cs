using System.Text;
using Streams.Events;

namespace Streams.Host.Output;

/// <summary>Puts text together, with colour when it is wanted. What is written through it must be safe for a terminal already.</summary>
/// <param name="colour">Whether to write ANSI colour sequences.</param>
internal sealed class Ink(bool colour)
{
    /// <summary>Less important than the rest.</summary>
    public const string Faint = "2";

    /// <summary>More important than the rest.</summary>
    public const string Bold = "1";

    /// <summary>All is well.</summary>
    public const string Good = "32";

    /// <summary>Something is wrong.</summary>
    public const string Bad = "31";

    private readonly StringBuilder _text = new();

    /// <summary>How a severity looks.</summary>
    public static string Of(Severity severity) => severity switch
    {
        Severity.Critical => "1;97;41",
        Severity.High => "1;31",
        Severity.Medium => "1;33",
        Severity.Low => "1;36",
        _ => "1",
    };

    /// <summary>Adds text as it is.</summary>
    public Ink Add(string text)
    {
        _text.Append(text);
        return this;
    }

    /// <summary>Adds text in a style.</summary>
    public Ink Add(string text, string style)
    {
        if (colour) _text.Append("\u001b[").Append(style).Append('m').Append(text).Append("\u001b[0m");
        else _text.Append(text);
        return this;
    }

    /// <summary>Ends the line.</summary>
    public Ink Line()
    {
        _text.Append('\n');
        return this;
    }

    /// <inheritdoc/>
    public override string ToString() => _text.ToString();
}
