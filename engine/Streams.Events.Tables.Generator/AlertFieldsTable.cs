using System.Text;

namespace Streams.Events.Tables.Generator;

/// <summary>alert-fields.table: fields that an alert's document has of its first event, and their types in an index.</summary>
internal static class AlertFieldsTable
{
    // What an alert says of itself is under other names.
    private static readonly string[] Objects = ["process", "user", "source", "destination", "file"];

    private static readonly Dictionary<string, string> Types = new()
    {
        ["keyword"] = "Keyword",
        ["keyword[]"] = "Keywords",
        ["long"] = "Number",
        ["boolean"] = "Truth",
        ["date"] = "Date",
        ["ip"] = "Address",
    };

    public static string Write(TableSet tables)
    {
        var code = new StringBuilder(CSharp.Header);
        code.Append("internal static partial class AlertFieldTable\n{\n    public static readonly AlertField[] All =\n    [\n");
        var fields = new HashSet<string>();
        var objects = new HashSet<string>();
        foreach (var line in tables.Lines("alert-fields"))
        {
            var columns = line.Columns(2);
            var names = columns[0].Split('.');
            if (columns.Length != 2 || names.Length < 2 || !names.All(CSharp.IsName))
                tables.ReportMalformed(line, "a field, process.name, and its type");
            else if (!Objects.Contains(names[0]))
                tables.ReportUnknown(line, names[0], $"one of {string.Join(", ", Objects)}");
            else if (!Types.TryGetValue(columns[1], out var type))
                tables.ReportUnknown(line, columns[1], $"one of {string.Join(", ", Types.Keys)}");
            else if (objects.Contains(columns[0]) || Parents(names).Any(fields.Contains) || !fields.Add(columns[0]))
                tables.ReportDuplicate(line, columns[0]);
            else
                code.Append($"        new({CSharp.Literal(columns[0])}, AlertFieldType.{type}),\n");
            objects.UnionWith(Parents(names));
        }

        return code.Append("    ];\n}\n").ToString();
    }

    // A name cannot be both a value and an object.
    private static IEnumerable<string> Parents(string[] names) =>
        Enumerable.Range(1, names.Length - 1).Select(count => string.Join(".", names.Take(count)));
}
