using System.Text;

namespace Streams.Events.Tables.Generator;

/// <summary>flags.table: sets of bits and choices of values, some of them different on some architectures.</summary>
internal static class FlagsTable
{
    public static string Write(TableSet tables)
    {
        var code = new StringBuilder(CSharp.Header + "internal static partial class FlagTables\n{\n");
        var values = new List<ulong>();
        var names = new List<string>();
        var seen = new HashSet<string>();
        string? section = null;
        var areBits = false;
        var sections = new HashSet<string>();

        foreach (var line in tables.Lines("flags"))
        {
            if (line.Text[0] == '[')
            {
                Close();
                var heading = line.Text.Trim('[', ']').Split(' ');
                if (heading.Length != 2 || heading[0] is not ("bits" or "values") || !heading[1].Split('/').All(CSharp.IsName))
                    tables.ReportMalformed(line, "[bits NAME], [values NAME], or NAME/ARCH for NAME");
                else if (!sections.Add(heading[1]))
                    tables.ReportDuplicate(line, heading[1]);
                else
                    (section, areBits) = (CSharp.Identifier(heading[1].Replace('-', '_').Replace('/', '_')), heading[0] == "bits");
                continue;
            }

            var columns = line.Columns(2);
            if (columns.Length != 2 || !CSharp.TryNumber(columns[0], out var value) || !CSharp.IsName(columns[1]))
                tables.ReportMalformed(line, "a number and a name, or a [heading]");
            else if (areBits && (value == 0 || values.Any(earlier => (value & earlier) == earlier)))
                tables.ReportMalformed(line, "at least one bit, and a flag of several bits before the flags that it contains");
            else if (!seen.Add(columns[0]) || !seen.Add(columns[1]))
                tables.ReportDuplicate(line, columns[0] + " or " + columns[1]);
            else
            {
                values.Add(value);
                names.Add(columns[1]);
            }
        }

        Close();
        return code.Append("}\n").ToString();

        void Close()
        {
            if (section is not null)
            {
                var numbers = CSharp.List(values.Select(v => "0x" + v.ToString("x")));
                code.Append($"    public static readonly FlagTable {section} = new({numbers}, {CSharp.Literals(names)});\n\n");
            }

            section = null;
            values.Clear();
            names.Clear();
            seen.Clear();
        }
    }
}
