using System.Text;

namespace Streams.Events.Tables.Generator;

/// <summary>record-fields.table: names of fields that hold strings somebody else chose.</summary>
internal static class RecordFieldsTable
{
    public static string Write(TableSet tables)
    {
        var byLength = new SortedDictionary<int, List<string>>();
        var seen = new HashSet<string>();
        foreach (var line in tables.Lines("record-fields"))
        {
            var columns = line.Columns(2);
            if (columns.Length != 2)
                tables.ReportMalformed(line, "a field and who writes it");
            else if (!seen.Add(columns[0]))
                tables.ReportDuplicate(line, columns[0]);
            else if (columns[0] is "a#" or "a#[#]")
                continue;
            else if (!CSharp.IsName(columns[0]))
                tables.ReportMalformed(line, "the name of a field, a# or a#[#]");
            else if (byLength.TryGetValue(columns[0].Length, out var fields))
                fields.Add(columns[0]);
            else
                byLength.Add(columns[0].Length, [columns[0]]);
        }

        var code = new StringBuilder(CSharp.Header);
        code.Append("public static partial class RecordFields\n{\n");
        code.Append("    private static bool IsListed(ReadOnlySpan<byte> field) => field.Length switch\n    {\n");
        foreach (var fields in byLength)
        {
            var tests = string.Join(" || ", fields.Value.Select(f => $"field.SequenceEqual({CSharp.Literal(f)}u8)"));
            code.Append($"        {fields.Key} => {tests},\n");
        }

        return code.Append("        _ => false,\n    };\n}\n").ToString();
    }
}
