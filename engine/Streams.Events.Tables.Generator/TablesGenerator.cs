using System.Collections.Immutable;
using Microsoft.CodeAnalysis;

namespace Streams.Events.Tables.Generator;

/// <summary>Turns the table files (*.table) of Streams.Events into C#; a mistake in a table is a build error at its line.</summary>
[Generator]
public sealed class TablesGenerator : IIncrementalGenerator
{
    /// <inheritdoc/>
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        var tables = context.AdditionalTextsProvider
            .Where(file => file.Path.EndsWith(".table", StringComparison.Ordinal))
            .Collect();
        context.RegisterSourceOutput(tables, Generate);
    }

    private static void Generate(SourceProductionContext context, ImmutableArray<AdditionalText> files)
    {
        if (files.IsEmpty) return;
        var tables = new TableSet(files, context);
        var recordTypes = RecordTypesTable.Read(tables);
        var syscalls = SyscallsTable.Read(tables);
        var sources = new (string Name, string Code)[]
        {
            ("RecordTypes", RecordTypesTable.Write(recordTypes)),
            ("RecordCategories", RecordCategoriesTable.Write(tables)),
            ("RecordFields", RecordFieldsTable.Write(tables)),
            ("ControlEscapes", ControlEscapesTable.Write(tables)),
            ("Architectures", ArchitecturesTable.Write(tables, syscalls)),
            ("Syscalls", SyscallsTable.Write(syscalls)),
            ("Socketcalls", NumberNamesTable.Write(tables, "socketcalls", "Socketcalls", "socket calls")),
            ("Errno", NumberNamesTable.Write(tables, "errno", "Errno", "error numbers")),
            ("Signals", NumberNamesTable.Write(tables, "signals", "Signals", "signals")),
            ("Capabilities", NumberNamesTable.Write(tables, "capabilities", "Capabilities", "capabilities")),
            ("SocketFamilies", NumberNamesTable.Write(tables, "socket-families", "SocketFamilies", "socket families")),
            ("Flags", FlagsTable.Write(tables)),
            ("AlertFields", AlertFieldsTable.Write(tables)),
            ("Normalizations", NormalizationsTable.Write(tables, recordTypes, syscalls)),
        };

        // Half a table would only hide the mistake behind errors of the code that uses it.
        if (tables.HasErrors) return;
        foreach (var (name, code) in sources) context.AddSource(name + ".g.cs", code);
    }
}
