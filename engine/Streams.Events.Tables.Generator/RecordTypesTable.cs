using System.Text;

namespace Streams.Events.Tables.Generator;

/// <summary>record-types.table: the enum, names by number, and the hash table that finds a number by its name.</summary>
internal static class RecordTypesTable
{
    public static List<(int Number, string Name, string Description)> Read(TableSet tables)
    {
        var types = new List<(int Number, string Name, string Description)>();
        var seen = new HashSet<string>();
        foreach (var line in tables.Lines("record-types"))
        {
            var columns = line.Columns(3);
            if (columns.Length < 2 || !CSharp.TryNumber(columns[0], out var number) || number is 0 or > 4000 || !CSharp.IsName(columns[1]))
                tables.ReportMalformed(line, "a number from 1 to 4000, a name and perhaps what it tells");
            else if (!seen.Add(columns[0]) || !seen.Add(columns[1]))
                tables.ReportDuplicate(line, columns[0] + " or " + columns[1]);
            else
                types.Add(((int)number, columns[1], columns.Length > 2 ? columns[2] : ""));
        }

        return types.OrderBy(t => t.Number).ToList();
    }

    public static string Write(List<(int Number, string Name, string Description)> types)
    {
        var code = new StringBuilder(CSharp.Header);
        code.Append("/// <summary>The number of a kernel or user-space audit record type (linux/audit.h, libaudit.h).</summary>\n");
        code.Append("public enum RecordType : ushort\n{\n    /// <summary>No record.</summary>\n    None = 0,\n");
        foreach (var (number, name, description) in types)
        {
            code.Append($"\n    /// <summary>{name}{(description.Length > 0 ? ": " + CSharp.Xml(description) : ".")}</summary>\n");
            code.Append($"    {CSharp.Identifier(name)} = {number},\n");
        }

        code.Append("}\n\npublic static partial class RecordTypes\n{\n");
        var first = types.Count == 0 ? 0 : types[0].Number;
        var indexes = new int[types.Count == 0 ? 0 : types[types.Count - 1].Number - first + 1];
        for (var i = 0; i < types.Count; i++) indexes[types[i].Number - first] = i + 1;
        code.Append($"    private const int First = {first};\n\n    private const int Count = {types.Count};\n\n");
        code.Append(CSharp.Texts(types.Select(t => t.Name).ToList()));
        code.Append($"    private static ReadOnlySpan<ushort> Numbers => {CSharp.Numbers(types.Select(t => t.Number))};\n\n");
        code.Append($"    // By number less First: one more than the index among the names, or 0.\n");
        code.Append($"    private static ReadOnlySpan<ushort> Indexes => {CSharp.Numbers(indexes)};\n\n");
        code.Append($"    // By hash of the name, then onwards: one more than the index among the names, or 0.\n");
        code.Append($"    private static ReadOnlySpan<ushort> Slots => {CSharp.Numbers(Slots(types))};\n}}\n");
        return code.ToString();
    }

    private static int[] Slots(List<(int Number, string Name, string Description)> types)
    {
        var slots = new int[RecordNameHash.Slots];
        for (var i = 0; i < types.Count; i++)
        {
            var slot = RecordNameHash.Of(Encoding.ASCII.GetBytes(types[i].Name));
            while (slots[slot] != 0) slot = (slot + 1) % RecordNameHash.Slots;
            slots[slot] = i + 1;
        }

        return slots;
    }
}
