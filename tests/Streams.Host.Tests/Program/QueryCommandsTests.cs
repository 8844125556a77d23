using System.Text.Json;
using Xunit;

namespace Streams.Host.Tests.Program;

/// <summary>The commands that look at queries and not at logs.</summary>
public sealed class QueryCommandsTests : IDisposable
{
    private const string Good =
        "Query(\"failed\", Severity.Medium, \"A failed login\").Attack(\"T1110\").Rules(\"-w /etc/x -p wa\")\n"
        + "    .From(audit => audit.Where(\"auditd.result:fail\")).Alert(e => $\"{e.Host}: {e.Data(\"acct\")} failed\");\n";

    private const string Example = """
        - name: a wrong password
          host: web-1
          input:
            - at: +0s
              lines: |
                type=USER_AUTH msg=audit(@): pid=7 uid=0 auid=4294967295 ses=4294967295 msg='op=PAM:authentication acct="ada" exe="/usr/bin/su" hostname=? addr=? terminal=pts/0 res=failed'
          alerts:
            - start: +0s
              message: ada failed

        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("streams-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void The_examples_of_all_shipped_queries_pass()
    {
        Result run = Built.Run("test", Path.Combine(Built.Root, "queries"));

        Assert.Equal(0, run.Code);
        Assert.Matches("(?m)^[1-9][0-9]* passed, 0 failed$", run.Output);
        Assert.All(
            Directory.GetFiles(Path.Combine(Built.Root, "queries"), "*.csx"),
            file => Assert.Contains($"{Path.GetFileNameWithoutExtension(file)}\n", run.Output, StringComparison.Ordinal));
    }

    [Fact]
    public void A_failing_example_shows_expected_against_got_and_fails_the_run()
    {
        Write("failed.csx", Good);
        Write("failed.test.yaml", Example.Replace("start: +0s", "start: +5s", StringComparison.Ordinal));

        Result run = Built.Run("test", _folder);

        Assert.Equal(1, run.Code);
        Assert.Contains("✗ a wrong password", run.Output, StringComparison.Ordinal);
        Assert.Contains("0 passed, 1 failed", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_passing_example_is_one_line()
    {
        Write("failed.csx", Good);
        Write("failed.test.yaml", Example);

        Result run = Built.Run("test", _folder);

        Assert.Equal(0, run.Code);
        Assert.Contains("✓ a wrong password", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void An_event_may_be_a_document_with_dotted_or_nested_names()
    {
        Write("failed.csx", Good);
        Write("failed.test.yaml", """
            - name: a document
              host: web-1
              input:
                - at: +0s
                  document:
                    auditd.result: fail
                    auditd:
                      data: { acct: ada }
              alerts:
                - start: +0s
                  host: web-1
                  message: ada failed

            """);

        Result run = Built.Run("test", _folder);

        Assert.Equal((0, ""), (run.Code, run.Error));
        Assert.Contains("1 passed, 0 failed", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Check_finds_nothing_wrong_with_what_is_shipped()
    {
        Result run = Built.Run("check", "--config", Path.Combine(Built.Root, "streams.config.json"));

        Assert.Equal(0, run.Code);
        int queries = Directory.GetFiles(Path.Combine(Built.Root, "queries"), "*.csx").Length;
        Assert.Matches($"^{queries} queries, [1-9][0-9]* audit rules, nothing wrong\n$", run.Error);
    }

    [Fact]
    public void Check_names_file_line_and_column_of_each_mistake()
    {
        Write("streams.config.json", "{ \"queries\": \"queries\" }");
        Write("queries/clock.csx", Good.Replace("e => $\"{e.Host}", "e => $\"{DateTime.UtcNow}", StringComparison.Ordinal));
        Write(
            "queries/typing.csx",
            Good.Replace("\"failed\"", "\"typing\"", StringComparison.Ordinal).Replace(".Where(", ".Wehre(", StringComparison.Ordinal));

        Result run = Built.Run("check", "--config", Path.Combine(_folder, "streams.config.json"));

        Assert.Equal(2, run.Code);
        Assert.Matches(@"clock\.csx[:(]2", run.Error + run.Output);
        Assert.Matches(@"typing\.csx[:(]2", run.Error + run.Output);
    }

    [Fact]
    public void Queries_lists_severity_technique_and_audit_rules()
    {
        Write("streams.config.json", "{ \"queries\": \"queries\" }");
        Write("queries/failed.csx", Good);

        Result run = Built.Run("queries", "--config", Path.Combine(_folder, "streams.config.json"));

        Assert.Equal(0, run.Code);
        foreach (string text in (string[])["failed", "medium", "T1110", "-w /etc/x -p wa"])
            Assert.Contains(text, run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Queries_lists_the_same_as_JSON()
    {
        Write("streams.config.json", "{ \"queries\": \"queries\" }");
        Write("queries/failed.csx", Good);

        Result run = Built.Run("queries", "--json", "--config", Path.Combine(_folder, "streams.config.json"));

        Assert.Contains("T1110", JsonDocument.Parse(run.Output).RootElement.GetRawText(), StringComparison.Ordinal);
    }

    private void Write(string name, string text)
    {
        string path = Path.Combine(_folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }
}
