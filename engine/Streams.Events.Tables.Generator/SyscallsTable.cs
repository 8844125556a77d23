using System.Text;

namespace Streams.Events.Tables.Generator;

/// <summary>syscalls/*.table: one table of numbers an ABI, and one list of names for all of them.</summary>
internal sealed class SyscallsTable
{
    public List<string> Names { get; } = [];

    public SortedDictionary<string, SortedDictionary<int, string>> Abis { get; } = new(StringComparer.Ordinal);

    public static SyscallsTable Read(TableSet tables)
    {
        var table = new SyscallsTable();
        var names = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var (abi, lines) in tables.Folder("syscalls"))
        {
            var numbers = new SortedDictionary<int, string>();
            foreach (var (number, name) in NumberNamesTable.Read(tables, lines, limit: 8192))
            {
                numbers.Add((int)number, name);
                names.Add(name);
            }

            if (numbers.Count > 0) table.Abis.Add(abi, numbers);
        }

        table.Names.AddRange(names);
        return table;
    }

    public static string Write(SyscallsTable table)
    {
        var ids = new Dictionary<string, int>();
        foreach (var name in table.Names) ids.Add(name, ids.Count + 1);

        var code = new StringBuilder(CSharp.Header);
        code.Append("/// <summary>The ids of system calls, the same on every architecture; see <see cref=\"Syscalls\"/>.</summary>\n");
        code.Append("/// <remarks>An id is a place in a sorted list of names and changes with the tables: never store one.</remarks>\n");
        code.Append("public static class SyscallId\n{\n");
        code.Append("    /// <summary>No system call, or one that no table names.</summary>\n    public const ushort None = 0;\n");
        foreach (var name in table.Names)
            code.Append($"\n    /// <summary>{name}</summary>\n    public const ushort {CSharp.Identifier(name)} = {ids[name]};\n");

        code.Append("}\n\npublic static partial class Syscalls\n{\n");
        code.Append("    /// <summary>How many names there are; ids run from 1 to this.</summary>\n");
        code.Append($"    public const int Count = {table.Names.Count};\n\n");
        code.Append(CSharp.Texts(table.Names));
        foreach (var abi in table.Abis)
        {
            var first = abi.Value.Keys.First();
            var numbers = Enumerable.Range(first, abi.Value.Keys.Last() - first + 1)
                .Select(n => abi.Value.TryGetValue(n, out var name) ? ids[name] : 0);
            code.Append($"    private const int {CSharp.Identifier(abi.Key)}First = {first};\n\n");
            code.Append($"    private static ReadOnlySpan<ushort> {CSharp.Identifier(abi.Key)} => {CSharp.Numbers(numbers)};\n\n");
        }

        return code.Append("}\n").ToString();
    }
}
