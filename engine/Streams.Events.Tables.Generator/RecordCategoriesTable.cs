using System.Text;

namespace Streams.Events.Tables.Generator;

/// <summary>record-categories.table: ranges of record types and their legacy category.</summary>
internal static class RecordCategoriesTable
{
    public static string Write(TableSet tables)
    {
        var code = new StringBuilder(CSharp.Header);
        code.Append("public static partial class Normalizations\n{\n");
        code.Append("    private static string CategoryOf(int number) => number switch\n    {\n");
        var taken = new HashSet<ulong>();
        foreach (var line in tables.Lines("record-categories"))
        {
            var columns = line.Columns(2);
            var ends = columns[0].Split('-');
            if (columns.Length != 2 || ends.Length > 2 || !CSharp.TryNumber(ends[0], out var first) ||
                !CSharp.TryNumber(ends[ends.Length - 1], out var last) || last < first || last > 4000 || !CSharp.IsName(columns[1]))
            {
                tables.ReportMalformed(line, "FIRST-LAST or a number, and a category");
                continue;
            }

            for (var number = first; number <= last; number++)
            {
                if (taken.Add(number)) continue;
                tables.ReportDuplicate(line, number.ToString());
                break;
            }

            code.Append($"        >= {first} and <= {last} => {CSharp.Literal(columns[1])},\n");
        }

        return code.Append("        _ => \"unknown\",\n    };\n}\n").ToString();
    }
}
