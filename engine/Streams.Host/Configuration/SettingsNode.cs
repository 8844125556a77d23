using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Streams.Host.Configuration;

/// <summary>A value of the configuration and where in the file it stands.</summary>
internal sealed class SettingsNode
{
    private SettingsNode(JsonTokenType kind, int line, int column) => (Kind, Line, Column) = (kind, line, column);

    /// <summary>What it is: an object, a list, a text, a number, true, false or null.</summary>
    public JsonTokenType Kind { get; }

    /// <summary>Its line, from 1.</summary>
    public int Line { get; }

    /// <summary>Its column, in characters from 1.</summary>
    public int Column { get; }

    /// <summary>The text of a text, the digits of a number; empty for anything else.</summary>
    public string Text { get; private init; } = "";

    /// <summary>An object's members in the order of the file; a name may be there twice.</summary>
    public List<(string Name, int Line, int Column, SettingsNode Value)> Members { get; } = [];

    /// <summary>A list's elements.</summary>
    public List<SettingsNode> Items { get; } = [];

    /// <summary>The whole number it is; null for anything else.</summary>
    public long? Whole =>
        Kind == JsonTokenType.Number && long.TryParse(Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long whole)
            ? whole
            : null;

    /// <summary>Parses a file; comments and trailing commas are allowed.</summary>
    /// <exception cref="JsonException">It is no JSON; the exception says where.</exception>
    public static SettingsNode Parse(ReadOnlySpan<byte> text, out long consumed)
    {
        var options = new JsonReaderOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };
        var json = new Utf8JsonReader(text, options);
        try
        {
            json.Read();
            SettingsNode root = Read(text, ref json);
            while (json.Read())
            {
            }

            return root;
        }
        finally
        {
            consumed = json.BytesConsumed;
        }
    }

    private static SettingsNode Read(ReadOnlySpan<byte> text, ref Utf8JsonReader json)
    {
        (int line, int column) = Position(text, json.TokenStartIndex);
        var node = new SettingsNode(json.TokenType, line, column)
        {
            Text = json.TokenType switch
            {
                JsonTokenType.String => json.GetString()!,
                JsonTokenType.Number => Encoding.ASCII.GetString(json.ValueSpan),
                _ => "",
            },
        };
        switch (json.TokenType)
        {
            case JsonTokenType.StartObject:
                while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
                {
                    (int Line, int Column) at = Position(text, json.TokenStartIndex);
                    string name = json.GetString()!;
                    json.Read();
                    node.Members.Add((name, at.Line, at.Column, Read(text, ref json)));
                }

                break;
            case JsonTokenType.StartArray:
                while (json.Read() && json.TokenType != JsonTokenType.EndArray) node.Items.Add(Read(text, ref json));
                break;
        }

        return node;
    }

    private static (int Line, int Column) Position(ReadOnlySpan<byte> text, long start)
    {
        ReadOnlySpan<byte> before = text[..(int)start];
        return (before.Count((byte)'\n') + 1, Encoding.UTF8.GetCharCount(before[(before.LastIndexOf((byte)'\n') + 1)..]) + 1);
    }
}
