using System.Globalization;
using System.Text;
using Streams.Audit.Rules;

namespace Streams.Audit.Tests.Rules;

/// <summary>A rule of a golden file: its text, its binary form and how it is printed.</summary>
internal sealed record GoldenRule(string Text, string Bytes, string Printed)
{
    public static IReadOnlyList<GoldenRule> Read(string name)
    {
        var rules = new List<GoldenRule>();
        foreach (string line in File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Rules", name)))
        {
            if (line.Length == 0 || line[0] == '#') continue;
            if (line[0] == '=') rules[^1] = rules[^1] with { Bytes = line[2..] };
            else if (line[0] is '>' or '!') rules[^1] = rules[^1] with { Printed = line[2..] };
            else rules.Add(new GoldenRule(line, "", ""));
        }

        return rules;
    }

    /// <summary>The binary form as golden files have it: words in hex, equal ones in a row as word*n, texts behind |.</summary>
    public static string Words(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder();
        int words = AuditRule.HeaderLength / 4;
        for (int at = 0; at < words;)
        {
            uint word = BitConverter.ToUInt32(bytes[(at * 4)..]);
            int end = at + 1;
            while (end < words && BitConverter.ToUInt32(bytes[(end * 4)..]) == word) end++;
            if (at > 0) text.Append(' ');
            text.Append(word.ToString("x", CultureInfo.InvariantCulture));
            if (end - at > 1) text.Append(CultureInfo.InvariantCulture, $"*{end - at}");
            at = end;
        }

        ReadOnlySpan<byte> texts = bytes[AuditRule.HeaderLength..];
        if (!texts.IsEmpty) text.Append(" | ").Append(Convert.ToHexStringLower(texts));
        return text.ToString();
    }
}
