using System.Text;

namespace Streams.Events.Tables.Generator;

/// <summary>control-escapes.table: what daemons write for control characters.</summary>
internal static class ControlEscapesTable
{
    private const int Forms = 5;

    public static string Write(TableSet tables)
    {
        var separators = new List<string>();
        var others = new List<string>();
        var seen = new HashSet<string>();
        foreach (var line in tables.Lines("control-escapes"))
        {
            var columns = line.Columns(Forms + 2);
            if (columns.Length != Forms + 2 || !CSharp.IsName(columns[0]) || columns[1] == "-")
            {
                tables.ReportMalformed(line, "a name, what is written for 0x1D, LF, TAB, CR and NUL, and who writes it");
                continue;
            }

            if (!seen.Add(columns[0])) tables.ReportDuplicate(line, columns[0]);
            if (separators.Contains(columns[1])) tables.ReportDuplicate(line, columns[1]);
            separators.Add(columns[1]);
            others.AddRange(columns.Skip(2).Take(Forms - 1).Where(form => form != "-" && !others.Contains(form)));
        }

        // The longest first: one may end with another.
        var code = new StringBuilder(CSharp.Header);
        code.Append("public static partial class ControlEscapes\n{\n");
        code.Append($"    private static readonly byte[][] Separators = {Bytes(separators)};\n\n");
        code.Append($"    private static readonly byte[][] Others = {Bytes(others)};\n");
        return code.Append("}\n").ToString();
    }

    private static string Bytes(IEnumerable<string> forms) =>
        CSharp.List(forms.OrderByDescending(form => form.Length).Select(form => $"{CSharp.Literal(form)}u8.ToArray()"));
}
