namespace Streams.Events.Tables.Generator;

/// <summary>Tables of two columns, a number and a name.</summary>
internal static class NumberNamesTable
{
    public static List<(ulong Number, string Name)> Read(TableSet tables, List<TableLine> lines, ulong limit)
    {
        var rows = new List<(ulong Number, string Name)>();
        var numbers = new HashSet<ulong>();
        foreach (var line in lines)
        {
            var columns = line.Columns(2);
            if (columns.Length != 2 || !CSharp.TryNumber(columns[0], out var number) || number >= limit || !CSharp.IsName(columns[1]))
                tables.ReportMalformed(line, $"a number below {limit} and a name");
            else if (!numbers.Add(number))
                tables.ReportDuplicate(line, columns[0]);
            else
                rows.Add((number, columns[1]));
        }

        return rows;
    }

    public static string Write(TableSet tables, string file, string type, string what)
    {
        var names = new Dictionary<ulong, string>();
        var seen = new HashSet<string>();
        var lines = tables.Lines(file);
        foreach (var (number, name) in Read(tables, lines, limit: 1024))
        {
            if (!seen.Add(name)) tables.ReportDuplicate(lines.Last(l => l.Columns(2)[l.Columns(2).Length - 1] == name), name);
            names[number] = name;
        }

        var dense = Enumerable.Range(0, names.Count == 0 ? 0 : (int)names.Keys.Max() + 1)
            .Select(n => names.TryGetValue((ulong)n, out var name) ? CSharp.Literal(name) : "null");
        return CSharp.Header + $"public static partial class {type}\n{{\n    // The {what} by number.\n" +
            $"    private static readonly string?[] Names = {CSharp.List(dense)};\n}}\n";
    }
}
