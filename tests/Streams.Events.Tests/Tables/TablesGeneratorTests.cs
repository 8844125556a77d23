using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Text;
using Streams.Events.Tables.Generator;
using Xunit;

namespace Streams.Events.Tests.Tables;

public class TablesGeneratorTests
{
    private static readonly string DataFolder = Path.Combine(AppContext.BaseDirectory, "Tables", "Data");

    [Fact]
    public void The_shipped_tables_are_without_mistakes()
    {
        var (diagnostics, sources) = Generate();
        Assert.Empty(diagnostics);
        Assert.Equal(14, sources);
    }

    [Theory]
    [InlineData("record-types", "1300x  SYSCALLX", "TABLE001")]
    [InlineData("record-types", "3000", "TABLE001")]
    [InlineData("record-types", "1300  ANOTHER", "TABLE002")]
    [InlineData("record-types", "3000  SYSCALL", "TABLE002")]
    [InlineData("record-categories", "1305-1300  x", "TABLE001")]
    [InlineData("record-categories", "1301-1303  twice", "TABLE002")]
    [InlineData("record-fields", "comm", "TABLE001")]
    [InlineData("record-fields", "comm  again", "TABLE002")]
    [InlineData("control-escapes", "octal #036 #012 #011 #015", "TABLE001")]
    [InlineData("control-escapes", "new - #012 #011 #015 #000 who", "TABLE001")]
    [InlineData("control-escapes", "caret ^^ #012 #011 #015 #000 who", "TABLE002")]
    [InlineData("control-escapes", "new #035 #012 #011 #015 #000 who", "TABLE002")]
    [InlineData("architectures", "0x1  only", "TABLE001")]
    [InlineData("architectures", "0xc000003e  other  -", "TABLE002")]
    [InlineData("architectures", "0x1  vax  vax", "TABLE003")]
    [InlineData("syscalls/x86_64", "execve 59", "TABLE001")]
    [InlineData("syscalls/x86_64", "9999 far", "TABLE001")]
    [InlineData("syscalls/x86_64", "59 twice", "TABLE002")]
    [InlineData("errno", "2 EAGAINST, no", "TABLE001")]
    [InlineData("errno", "2 EOTHER", "TABLE002")]
    [InlineData("errno", "999 ENOENT", "TABLE002")]
    [InlineData("flags", "0x80 NEW extra", "TABLE001")]
    [InlineData("flags", "[bit open]", "TABLE001")]
    [InlineData("flags", "[bits open]", "TABLE002")]
    [InlineData("flags", "0x20 MFD_EXEC", "TABLE002")]
    [InlineData("flags", "0x11 MFD_BOTH", "TABLE001")]
    [InlineData("flags", "0 MFD_NONE", "TABLE001")]
    [InlineData("ecs-values", "outcome success", "TABLE001")]
    [InlineData("ecs-values", "type info", "TABLE002")]
    [InlineData("alert-fields", "process.x", "TABLE001")]
    [InlineData("alert-fields", "process keyword", "TABLE001")]
    [InlineData("alert-fields", "event.action keyword", "TABLE003")]
    [InlineData("alert-fields", "process.x text", "TABLE003")]
    [InlineData("alert-fields", "process.pid long", "TABLE002")]
    [InlineData("alert-fields", "process.parent keyword", "TABLE002")]
    [InlineData("alert-fields", "process.pid.x long", "TABLE002")]
    [InlineData("normalizations", "ecs.category = proces", "TABLE003")]
    [InlineData("normalizations", "object", "TABLE001")]
    [InlineData("normalizations", "[template a b]", "TABLE001")]
    [InlineData("normalizations", "objekt = file", "TABLE003")]
    [InlineData("normalizations", "object.primary = x", "TABLE002")]
    [InlineData("normalizations", "use = nothing", "TABLE003")]
    [InlineData("normalizations", "syscalls = exceve", "TABLE003")]
    [InlineData("normalizations", "syscalls = execve", "TABLE002")]
    [InlineData("normalizations", "path-index = many", "TABLE001")]
    [InlineData("normalizations", "map = user", "TABLE001")]
    [InlineData("normalizations", "map = usr <- subject.primary", "TABLE003")]
    [InlineData("normalizations", "map = user <- subject", "TABLE003")]
    public void A_mistake_in_a_table_is_an_error_at_its_line(string table, string line, string id)
    {
        var (diagnostics, sources) = Generate(table, line);
        var diagnostic = Assert.Single(diagnostics);
        Assert.Equal(id, diagnostic.Id);
        Assert.Equal(DiagnosticSeverity.Error, diagnostic.Severity);
        var position = diagnostic.Location.GetLineSpan();
        Assert.EndsWith(table + ".table", position.Path, StringComparison.Ordinal);
        Assert.Equal(File.ReadAllLines(Path.Combine(DataFolder, table + ".table")).Length, position.StartLinePosition.Line);
        Assert.Equal(0, sources);
    }

    [Fact]
    public void A_record_type_of_a_rule_must_exist()
    {
        var (diagnostics, _) = Generate("normalizations", "record-types = USER_LOGOUTT", drop: "record-types = USER\n");
        Assert.Equal("TABLE003", Assert.Single(diagnostics).Id);
    }

    [Fact]
    public void Two_rules_of_one_record_type_need_has_fields()
    {
        var (diagnostics, _) = Generate("normalizations", "record-types = USER_LOGOUT", drop: "record-types = USER\n");
        Assert.Equal("TABLE002", Assert.Single(diagnostics).Id);
    }

    [Fact]
    public void A_template_uses_no_other()
    {
        var (diagnostics, _) = Generate("normalizations", "[template x]\nuse = host");
        Assert.Equal("TABLE001", Assert.Single(diagnostics).Id);
    }

    [Fact]
    public void A_missing_table_is_an_error()
    {
        var (diagnostics, _) = Generate(without: "errno");
        var diagnostic = Assert.Single(diagnostics);
        Assert.Equal("TABLE004", diagnostic.Id);
        Assert.Contains("errno.table", diagnostic.GetMessage(null), StringComparison.Ordinal);
    }

    private static (ImmutableArray<Diagnostic> Diagnostics, int Sources) Generate(
        string? table = null, string? line = null, string? drop = null, string? without = null)
    {
        var files = Directory.EnumerateFiles(DataFolder, "*.table", SearchOption.AllDirectories)
            .Where(path => Path.GetFileNameWithoutExtension(path) != without)
            .Select(path =>
            {
                var text = File.ReadAllText(path);
                if (table is null || !path.EndsWith(table + ".table", StringComparison.Ordinal)) return new Table(path, text);
                if (drop is not null) text = text.Replace(drop, "# dropped\n", StringComparison.Ordinal);
                return (AdditionalText)new Table(path, text + line + "\n");
            });
        var driver = CSharpGeneratorDriver.Create([new TablesGenerator().AsSourceGenerator()], files);
        var result = driver.RunGenerators(CSharpCompilation.Create("tables"), TestContext.Current.CancellationToken).GetRunResult();
        return (result.Diagnostics, result.GeneratedTrees.Length);
    }

    private sealed class Table(string path, string text) : AdditionalText
    {
        public override string Path => path;

        public override SourceText GetText(CancellationToken cancellationToken = default) => SourceText.From(text);
    }
}
