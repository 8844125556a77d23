using Streams.Engine;
using Streams.Events;
using Xunit;

namespace Streams.Scripting.Tests;

public sealed class LoaderTests
{
    private static string Query(string name) => $"Query(\"{name}\", Severity.High, \"d\").From(audit => audit).Alert(e => e.Host);\n";

    [Fact]
    public void Each_script_of_the_folder_is_loaded_in_the_order_of_names()
    {
        using var folder = new QueryFolder(
            ("b.csx", Query("two")), ("a.csx", Query("one")), ("c.csx", Query("three") + Query("four")), ("notes.txt", "?"));

        using LoadResult result = folder.Load();

        Assert.Empty(result.Errors);
        Assert.Equal(["one", "two", "three", "four"], result.Queries.Select(q => q.Name));
        Assert.Equal(("c.csx", 2), (result.Queries[3].File, result.Queries[3].Line));
    }

    [Fact]
    public void An_error_in_one_script_leaves_the_others_running()
    {
        using var folder = new QueryFolder(
            ("a.csx", Query("one")),
            ("b.csx", "Query(\"two\" 3"),
            ("c.csx", "\n  throw new Exception(\"no\");"),
            ("d.csx", Query("four")));

        using LoadResult result = folder.Load();

        Assert.Equal(["one", "four"], result.Queries.Select(q => q.Name));
        Assert.Equal([folder.File("b.csx"), folder.File("c.csx")], result.Errors.Select(e => e.File).Distinct());
        ScriptError thrown = Assert.Single(result.Errors, e => e.File == folder.File("c.csx"));
        Assert.Equal((2, 3), (thrown.Line, thrown.Column));
        Assert.Equal("Exception: no", thrown.Message);
    }

    [Fact]
    public void A_compile_error_names_file_line_and_column()
    {
        using var folder = new QueryFolder(
            ("a.csx", "Query(\"one\", Severity.High, \"d\")\n    .From(audit => audit.Conections)\n    .Alert(e => \"\");"));

        using LoadResult result = folder.Load();

        ScriptError error = Assert.Single(result.Errors);
        Assert.Equal((folder.File("a.csx"), 2, 26), (error.File, error.Line, error.Column));
        Assert.Contains("Conections", error.Message, StringComparison.Ordinal);
        Assert.Equal("did you mean Connections?", error.Remedy);
        Assert.StartsWith($"{folder.File("a.csx")}(2,26): ", error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a.Where(\"x:y AND (b:c\")", 1, "(b:c")]
    [InlineData("a.Where(@\"c:\\d AND e:[1 TO\")", 1, "[1 TO")]
    [InlineData("a.Where(\"\"\"e:\"f\" OR\"\"\")", 1, "\"\"\")")]
    [InlineData("a.Where(\n    \"x:\\u0041 AND g:~\")", 2, "\"x:")]
    [InlineData("a.Where(\"x:y AND \" +\n \"z:\")", 1, "\"x:y")]
    [InlineData("a.Where(Text)", 1, "Text)")]
    public void A_mistake_in_a_query_string_has_its_place_in_the_file(string body, int line, string at)
    {
        string text = $"const string Text = \"b:(\";\nQuery(\"one\", Severity.High, \"d\").From(a =>\n{body}).Alert(e => \"\");";
        using var folder = new QueryFolder(("a.csx", text), ("b.csx", Query("two")));

        using LoadResult result = folder.Load();

        Assert.Equal(["two"], result.Queries.Select(q => q.Name));
        ScriptError error = Assert.Single(result.Errors);
        int column = body.Split('\n')[line - 1].IndexOf(at, StringComparison.Ordinal) + 1;
        Assert.Equal((folder.File("a.csx"), line + 2, column), (error.File, error.Line, error.Column));
        Assert.StartsWith("query string: ", error.Message, StringComparison.Ordinal);
        Assert.NotEmpty(error.Remedy!);
    }

    [Theory]
    [Trait("Found", "P5")]
    [InlineData("Query(\"one\", Severity.Hgih, \"d\").From(audit => audit).Alert(e => e.Host);", "High")]
    [InlineData("Query(\"one\", Severity.Low, \"d\").From(audit => audit.Execs).Alert(e => e.Host);", "Executions")]
    [InlineData("Query(\"one\", Severity.Low, \"d\").From(audit => audit.Exections).Alert(e => e.Host);", "Executions")]
    [InlineData("Query(\"one\", Severity.Low, \"d\").From(audit => audit).Alert(e => e.Hots);", "Host")]
    [InlineData("Query(\"one\", Severity.Low, \"d\").From(audit => audit).Alert(e => e.Process.Exe);", "Executable")]
    [InlineData("Query(\"one\", Severity.Low, \"d\").From(audit => audit.Wehre(\"a:b\")).Alert(e => e.Host);", "Where")]
    [InlineData("Qurey(\"one\", Severity.Low, \"d\").From(audit => audit).Alert(e => e.Host);", "Query")]
    [InlineData("Query(\"one\", Severity.Low, \"d\").From(audit => audit.Syscalls(\"execv\")).Alert(e => e.Host);", "execve")]
    [InlineData("Query(\"one\", Severity.Low, \"d\").From(audit => audit.Records(\"USER_LOGN\")).Alert(e => e.Host);", "USER_LOGIN")]
    public void A_misspelt_name_is_an_error_that_suggests_the_right_one(string text, string meant)
    {
        using var folder = new QueryFolder(("a.csx", text));

        using LoadResult result = folder.Load();

        Assert.Contains($"did you mean {meant}?", Assert.Single(result.Errors).ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [Trait("Found", "P5")]
    [InlineData("audit.Where(\"auditd.data.syscall:execv OR a:b\")", "execv", "execve")]
    [InlineData("audit.Where(\"a:b AND NOT auditd.message_type:user_logn\")", "user_logn", "user_login")]
    [InlineData("audit.Where(\"auditd.resutl:fail\")", "auditd.resutl", "auditd.result")]
    [InlineData("audit.Where(\"process.executabel:*sh\")", "process.executabel", "process.executable")]
    [InlineData("audit.Where(e => e.Data(\"terminl\") == \"ssh\")", "auditd.data.terminl", "auditd.data.terminal")]
    [InlineData("audit.Where(e => e[Field.Of(\"source.prot\")].IsMissing)", "source.prot", "source.port")]
    public void A_name_in_a_text_that_is_probably_misspelt_is_a_warning_also_from_the_cache(string source, string name, string meant)
    {
        using var folder = new QueryFolder(
            ("a.csx", $"Query(\"one\", Severity.Low, \"d\")\n    .From(audit => {source}).Alert(e => e.Host);"));
        for (int i = 0; i < 2; i++)
        {
            using LoadResult result = folder.Load(cached: true);

            Assert.Empty(result.Errors);
            ScriptError warning = Assert.Single(result.Notices);
            Assert.Equal((folder.File("a.csx"), 2), (warning.File, warning.Line));
            Assert.Equal($"nothing is called {name}, so this never matches; did you mean {meant}?", $"{warning.Message}; {warning.Remedy}");
            Assert.Equal(i, result.Cached);
        }
    }

    [Theory]
    [InlineData("custom.field:x AND labels.env:prod AND file.hash.sha256:ab AND file.size:[1 TO 2] AND _exists_:auditd.data.uuid")]
    [InlineData("auditd.data.syscall:frobnicate OR auditd.message_type:unknown\\\\[2999\\\\]")]
    public void A_name_that_is_near_to_none_is_no_warning(string query)
    {
        using var folder = new QueryFolder(
            ("a.csx", $"Query(\"one\", Severity.Low, \"d\").From(audit => audit.Where(\"{query}\")).Alert(e => e.Host);"));

        using LoadResult result = folder.Load();

        Assert.Empty(result.Errors.Concat(result.Notices));
    }

    [Fact]
    public void A_query_that_cannot_be_composed_is_an_error_at_its_place()
    {
        using var folder = new QueryFolder(
            ("a.csx", Query("one") + "string text = \"a:(b\".Trim();\n"
                + "Query(\"two\", Severity.High, \"d\")\n    .From(audit => audit\n        .Where(text))\n    .Alert(e => \"\");"));

        using LoadResult result = folder.Load();

        Assert.Equal(["one"], result.Queries.Select(q => q.Name));
        ScriptError error = Assert.Single(result.Errors);
        Assert.Equal((folder.File("a.csx"), 4), (error.File, error.Line));
    }

    [Fact]
    public void A_query_name_that_two_scripts_have_is_an_error_that_names_both()
    {
        using var folder = new QueryFolder(("a.csx", Query("same")), ("b.csx", "\n" + Query("same")));

        using LoadResult result = folder.Load();

        Assert.Single(result.Queries);
        ScriptError error = Assert.Single(result.Errors);
        Assert.Equal((folder.File("b.csx"), 2), (error.File, error.Line));
        Assert.Contains($"{folder.File("a.csx")}:1", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_script_without_a_query_is_an_error()
    {
        using var folder = new QueryFolder(
            ("a.csx", "var ports = new[] { 22 };"), ("b.csx", "Query(\"b\", Severity.Low, \"d\").From(audit => audit);"));

        using LoadResult result = folder.Load();

        Assert.Equal([folder.File("a.csx"), folder.File("b.csx")], result.Errors.Select(e => e.File));
        Assert.All(result.Errors, e => Assert.Contains(".Alert(", e.Remedy!, StringComparison.Ordinal));
    }

    [Fact]
    public void Each_shipped_script_is_right()
    {
        string root = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(root, "Streams.sln"))) root = Path.GetDirectoryName(root)!;
        string queries = Path.Combine(root, "queries");

        using LoadResult result = new ScriptLoader(new ScriptOptions { Folder = queries }).Load();

        Assert.Empty(result.Errors);
        Assert.Equal(Directory.GetFiles(queries, "*.csx").Length, result.Compiled);
    }

    [Fact]
    public void A_missing_folder_is_an_error()
    {
        using var folder = new QueryFolder();
        string missing = folder.File("none");

        using LoadResult result = new ScriptLoader(new ScriptOptions { Folder = missing }).Load();

        Assert.Equal(missing, Assert.Single(result.Errors).File);
    }

    [Fact]
    public void Only_the_queries_that_are_asked_for_are_kept_and_an_unknown_name_is_an_error()
    {
        using var folder = new QueryFolder(("a.csx", Query("one") + Query("two")), ("b.csx", Query("three")));

        using LoadResult result = folder.Load(cached: false, "two", "tow");

        Assert.Equal(["two"], result.Queries.Select(q => q.Name));
        Assert.EndsWith(": no query is named tow; did you mean two?", Assert.Single(result.Errors).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_query_whose_file_does_not_compile_is_not_also_an_unknown_name()
    {
        using var folder = new QueryFolder(("a.csx", Query("one")), ("two.csx", "Query(\"two\", Severity.High, \"d\").From(nothing)"));

        using LoadResult result = folder.Load(cached: false, "two");

        Assert.DoesNotContain(result.Errors, error => error.Message.Contains("no query is named", StringComparison.Ordinal));
        Assert.All(result.Errors, error => Assert.EndsWith("two.csx", error.File, StringComparison.Ordinal));
    }

    [Fact]
    public void A_script_loads_helpers_from_inside_the_folder()
    {
        using var folder = new QueryFolder(
            ("a.csx", "#load \"lib/net.csx\"\nQuery(\"one\", Severity.High, \"d\").From(audit => audit.Where(IsFar)).Alert(e => Name);"),
            ("lib/net.csx", "#load \"names.csx\"\nbool IsFar(AuditEvent e) => e.Destination.Port > 1024;"),
            ("lib/names.csx", "var Name = \"far\";"));

        using LoadResult result = folder.Load();

        Assert.Empty(result.Errors);
        Assert.Single(result.Queries);
    }

    [Fact]
    public void An_error_in_a_helper_names_the_helper()
    {
        using var folder = new QueryFolder(
            ("a.csx", "#load \"lib/net.csx\"\n" + Query("one")),
            ("lib/net.csx", "var ok = 1;\nstatic class Seen {\n  static int count;\n}"));

        using LoadResult result = folder.Load();

        ScriptError error = Assert.Single(result.Errors);
        Assert.Equal((folder.File("lib/net.csx"), 3, 14), (error.File, error.Line, error.Column));
        Assert.NotNull(error.Remedy);
    }

    [Theory]
    [InlineData("../outside.csx")]
    [InlineData("/etc/passwd")]
    [InlineData("lib/../../outside.csx")]
    [InlineData("link.csx.txt")]
    [InlineData("linked/outside.csx")]
    public void A_load_from_outside_the_folder_is_refused(string path)
    {
        using var folder = new QueryFolder(("a.csx", $"// first\n#load \"{path}\"\n" + Query("one")));
        string outside = Path.Combine(folder.Path, "..", "outside.csx");
        File.WriteAllText(outside, "var x = 1;");
        File.CreateSymbolicLink(folder.File("link.csx.txt"), outside);
        Directory.CreateSymbolicLink(folder.File("linked"), Path.GetDirectoryName(folder.Path)!);

        using LoadResult result = folder.Load();

        ScriptError error = Assert.Single(result.Errors);
        Assert.Equal((2, 7), (error.Line, error.Column));
        Assert.Contains("out of the queries folder", error.Message, StringComparison.Ordinal);
        Assert.NotNull(error.Remedy);
    }

    [Theory]
    [InlineData("lib/none.csx")]
    [InlineData("lib")]
    public void A_load_that_finds_no_file_is_an_error_at_its_line(string path)
    {
        using var folder = new QueryFolder(("a.csx", $"#load \"{path}\"\n" + Query("one")), ("lib/other.csx", ""));

        using LoadResult result = folder.Load();

        Assert.Equal(1, Assert.Single(result.Errors).Line);
    }

    [Fact]
    public void A_script_that_loads_itself_does_not_hang()
    {
        using var folder = new QueryFolder(("a.csx", "#load \"a.csx\"\n" + Query("one")));

        using LoadResult result = folder.Load();

        Assert.True(result.Queries.Count + result.Errors.Count > 0);
    }

    [Fact]
    public void A_script_that_is_too_large_is_an_error()
    {
        using var folder = new QueryFolder(("a.csx", new string(' ', ScriptFolder.MaxFileBytes + 1)), ("b.csx", Query("one")));

        using LoadResult result = folder.Load();

        Assert.Single(result.Queries);
        Assert.Equal(folder.File("a.csx"), Assert.Single(result.Errors).File);
    }

    [Theory]
    [InlineData("a.csx")]
    [InlineData("lib/one.csx")]
    public void Root_runs_no_script_that_anybody_may_write(string open)
    {
        if (Environment.UserName != "root") Assert.Skip("only root is held to this");
        using var folder = new QueryFolder(
            ("a.csx", "#load \"lib/one.csx\"\n" + Query("one")), ("lib/one.csx", "var a = 1;"), ("b.csx", Query("two")));
        folder.Load(cached: true).Dispose();
        File.SetUnixFileMode(folder.File(open), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherWrite);

        using LoadResult result = folder.Load(cached: true);

        Assert.Equal(["two"], result.Queries.Select(q => q.Name));
        Assert.Contains("may be written by everybody", Assert.Single(result.Errors).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_fault_at_run_time_names_file_line_and_column()
    {
        using var folder = new QueryFolder((
            "a.csx",
            "var zero = new int[1];\nQuery(\"one\", Severity.High, \"d\")\n    .From(audit => audit.All\n"
            + "        .Where(e => 1 / zero[0] > 0))\n    .Alert(e => e.Host);"));
        using LoadResult result = folder.Load();
        List<QueryNotice> notices = [];
        using var engine = new QueryEngine(new EngineOptions { Notices = notices.Add }, result.Queries, _ => { });

        engine.Admit(new Events.Input.Batch(new Event[] { new Heartbeat("web1", "audit", DateTimeOffset.UnixEpoch, 1) }));

        Assert.Empty(result.Errors);
        Assert.StartsWith("a.csx(4,", ScriptFault.Describe(notices[0].Exception), StringComparison.Ordinal);
        Assert.Contains("DivideByZeroException", ScriptFault.Describe(notices[0].Exception), StringComparison.Ordinal);
    }

    [Theory]
    [Trait("Found", "P5")]
    [InlineData("audit.Frequency(\"f\", e => e.Host, 0, Minutes(1))", "count ('0') must be greater than or equal to '1'")]
    [InlineData("audit.Suppress(\"s\", e => e.Host, Minutes(-1))", "period ('-00:01:00') must be greater than '00:00:00'")]
    [InlineData("audit.Where((Func<AuditEvent, bool>)null!)", "predicate is null")]
    public void A_wrong_argument_is_named_without_what_the_runtime_adds(string source, string expected)
    {
        using var folder = new QueryFolder(
            ("a.csx", $"Query(\"one\", Severity.Low, \"d\").From(audit => {source}).Alert(e => e.Host);"));

        using LoadResult result = folder.Load();

        Assert.Equal(expected, Assert.Single(result.Errors).Message);
    }

    [Fact]
    public void An_exception_from_elsewhere_is_described_without_a_place()
    {
        Assert.Equal("IOException: no", ScriptFault.Describe(new IOException("no")));
    }
}
