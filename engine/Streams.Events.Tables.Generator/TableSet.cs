using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace Streams.Events.Tables.Generator;

/// <summary>The table files of one build, and the mistakes found in them.</summary>
internal sealed class TableSet(ImmutableArray<AdditionalText> files, SourceProductionContext context)
{
    private static readonly DiagnosticDescriptor Malformed = Error("TABLE001", "A line of a table is malformed");
    private static readonly DiagnosticDescriptor Duplicate = Error("TABLE002", "A key of a table stands twice");
    private static readonly DiagnosticDescriptor Unknown = Error("TABLE003", "A name in a table is not known");
    private static readonly DiagnosticDescriptor Missing = Error("TABLE004", "A table is missing");

    public bool HasErrors { get; private set; }

    /// <summary>The lines of the table in file NAME.table that are neither blank nor a comment.</summary>
    public List<TableLine> Lines(string name)
    {
        var file = files.FirstOrDefault(f => Path.GetFileNameWithoutExtension(f.Path) == name);
        if (file is null)
        {
            HasErrors = true;
            var message = $"{name}.table is not among the AdditionalFiles; add it";
            context.ReportDiagnostic(Diagnostic.Create(Missing, Location.None, message));
            return [];
        }

        return LinesOf(file);
    }

    /// <summary>The tables in a folder, by file name without extension, in the order of their names.</summary>
    public IEnumerable<(string Name, List<TableLine> Lines)> Folder(string folder) =>
        files.Where(f => Path.GetFileName(Path.GetDirectoryName(f.Path)) == folder)
            .Select(f => (Name: Path.GetFileNameWithoutExtension(f.Path), Lines: LinesOf(f)))
            .OrderBy(f => f.Name, StringComparer.Ordinal)
            .ToList();

    public void ReportMalformed(TableLine line, string expected) => Report(Malformed, line, $"\"{line.Text}\": expected {expected}");

    public void ReportDuplicate(TableLine line, string key) =>
        Report(Duplicate, line, $"{key} stands here for the second time; remove one");

    public void ReportUnknown(TableLine line, string name, string what) => Report(Unknown, line, $"\"{name}\" is not {what}");

    private static DiagnosticDescriptor Error(string id, string title) =>
        new(id, title, "{0}", "Tables", DiagnosticSeverity.Error, isEnabledByDefault: true);

    private List<TableLine> LinesOf(AdditionalText file)
    {
        var text = file.GetText(context.CancellationToken);
        var lines = new List<TableLine>();
        if (text is null) return lines;
        foreach (var line in text.Lines)
        {
            var content = line.ToString().Trim();
            if (content.Length > 0 && content[0] != '#') lines.Add(new TableLine(file.Path, line, content));
        }

        return lines;
    }

    private void Report(DiagnosticDescriptor mistake, TableLine line, string message)
    {
        HasErrors = true;
        context.ReportDiagnostic(Diagnostic.Create(mistake, line.Location, message));
    }
}

/// <summary>One line of a table, trimmed.</summary>
internal sealed class TableLine(string path, TextLine line, string text)
{
    private static readonly char[] Blanks = [' ', '\t'];

    public string Text { get; } = text;

    public Location Location => Location.Create(
        path, line.Span, new LinePositionSpan(new LinePosition(line.LineNumber, 0), new LinePosition(line.LineNumber, line.Span.Length)));

    /// <summary>The first <paramref name="count"/> columns; the last of them is the rest of the line.</summary>
    public string[] Columns(int count)
    {
        var columns = new List<string>(count);
        var rest = Text;
        while (columns.Count < count - 1 && rest.IndexOfAny(Blanks) is >= 0 and var blank)
        {
            columns.Add(rest.Substring(0, blank));
            rest = rest.Substring(blank).TrimStart(Blanks);
        }

        columns.Add(rest);
        return columns.ToArray();
    }
}
