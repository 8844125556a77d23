using System.Text;

namespace Streams.Events.Tables.Generator;

/// <summary>architectures.table: numbers, names, and which table of system calls an architecture has.</summary>
internal static class ArchitecturesTable
{
    public static string Write(TableSet tables, SyscallsTable syscalls)
    {
        var constants = new StringBuilder();
        var names = new StringBuilder();
        var numbers = new StringBuilder();
        var abis = new StringBuilder();
        var seen = new HashSet<string>();
        foreach (var line in tables.Lines("architectures"))
        {
            var columns = line.Columns(3);
            if (columns.Length != 3 || !CSharp.TryNumber(columns[0], out var number) || number > uint.MaxValue ||
                !CSharp.IsName(columns[1]))
            {
                tables.ReportMalformed(line, "a number, a name, and a table of system calls or \"-\"");
                continue;
            }

            if (!seen.Add(columns[0]) || !seen.Add(columns[1])) tables.ReportDuplicate(line, columns[0] + " or " + columns[1]);
            if (columns[2] != "-" && !syscalls.Abis.ContainsKey(columns[2])) tables.ReportUnknown(line, columns[2], "a table in syscalls/");
            var identifier = CSharp.Identifier(columns[1]);
            constants.Append($"    /// <summary>{columns[1]}</summary>\n    public const uint {identifier} = 0x{number:x8};\n\n");
            names.Append($"        {identifier} => {CSharp.Literal(columns[1])},\n");
            numbers.Append($"        {CSharp.Literal(columns[1])} => {identifier},\n");
            if (columns[2] == "-") continue;
            var abi = CSharp.Identifier(columns[2]);
            abis.Append($"            case Architectures.{identifier}:\n");
            abis.Append($"                first = {abi}First;\n                return {abi};\n");
        }

        return CSharp.Header +
            $"public static partial class Architectures\n{{\n{constants}" +
            $"    private static string? NameOf(uint arch) => arch switch\n    {{\n{names}        _ => null,\n    }};\n\n" +
            $"    private static uint NumberOf(string name) => name switch\n    {{\n{numbers}        _ => 0,\n    }};\n}}\n\n" +
            "public static partial class Syscalls\n{\n" +
            "    private static ReadOnlySpan<ushort> IdsOf(uint arch, out int first)\n    {\n" +
            $"        switch (arch)\n        {{\n{abis}            default:\n" +
            "                first = 0;\n                return [];\n        }\n    }\n}\n";
    }
}
