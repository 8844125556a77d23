using Xunit;

namespace Streams.Host.Tests.Program;

/// <summary>What <c>check</c> says of the files and folders that the configuration names.</summary>
[Trait("Found", "P4")]
public sealed class ConfiguredPathsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("streams-").FullName;

    public ConfiguredPathsTests()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "queries"));
        Write("queries/a.csx", "Query(\"a\", Severity.Low, \"d\").From(audit => audit).Alert(e => e.Host);\n", "644");
        Write("file", "x", "644");
        Write("page", "#!/bin/sh\n", "755");
        Write("open-webhook", "https://hooks.slack.com/services/x\n", "644");
        Write("webhook", "https://hooks.slack.com/services/x\n", "600");
        Write("empty-webhook", "", "600");
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("\"alerts\": { \"command\": { \"argv\": [\"FOLDER/none\"] } }", "there is no program FOLDER/none; check the path")]
    [InlineData("\"alerts\": { \"command\": { \"argv\": [\"FOLDER/file\"] } }", "FOLDER/file is not executable: chmod +x FOLDER/file")]
    [InlineData("\"alerts\": { \"command\": { \"argv\": [\"FOLDER\"] } }", "FOLDER is a folder; name a program")]
    [InlineData("\"alerts\": { \"command\": { \"argv\": [\"streams-no-such\"] } }", "there is no program streams-no-such in PATH")]
    [InlineData("\"alerts\": { \"file\": { \"path\": \"none/a.json\" } }", "there is no folder FOLDER/none; make it: mkdir -p FOLDER/none")]
    [InlineData("\"alerts\": { \"file\": { \"path\": \"queries\" } }", "FOLDER/queries is a folder; name a file in it")]
    [InlineData("\"alerts\": { \"slack\": { \"webhook_file\": \"none\" } }", "FOLDER/none does not exist")]
    [InlineData("\"alerts\": { \"slack\": { \"webhook_file\": \"queries\" } }", "FOLDER/queries is a folder")]
    [InlineData("\"alerts\": { \"slack\": { \"webhook_file\": \"open-webhook\" } }", "chmod 0600 FOLDER/open-webhook")]
    [InlineData("\"alerts\": { \"slack\": { \"webhook_file\": \"empty-webhook\" } }", "does not hold the address of an incoming webhook")]
    [InlineData("\"state\": { \"path\": \"file\" }", "FOLDER/file is a file; name a folder")]
    [InlineData("\"state\": { \"path\": \"file/below\" }", "FOLDER/file is not a folder, so FOLDER/file/below cannot be made")]
    [InlineData("\"cache\": \"file\"", "FOLDER/file is a file; name a folder")]
    [InlineData("\"control\": \"file\"", "FOLDER/file is there and is not a socket")]
    [InlineData("\"control\": \"LONG\"", "is longer than the 107 bytes that the path of a socket may have")]
    public void A_path_that_cannot_work_is_a_mistake_at_its_place(string setting, string expected)
    {
        string named = setting.Replace("LONG", new string('x', 120), StringComparison.Ordinal);
        Result check = Check($"{{ \"queries\": \"queries\",\n  {named} }}");
        Assert.Equal(2, check.Code);
        string line = Assert.Single(check.Output.TrimEnd().Split('\n'));
        Assert.Matches($"^{_folder}/c\\.json:2:[1-9][0-9]*: ", line);
        Assert.Contains(expected.Replace("FOLDER", _folder, StringComparison.Ordinal), line, StringComparison.Ordinal);
    }

    [Fact]
    public void Paths_that_work_are_no_mistake()
    {
        Result check = Check(
            "{ \"queries\": \"queries\", \"state\": { \"path\": \"new/state\" }, \"control\": \"control.sock\", \"alerts\": { "
            + "\"file\": { \"path\": \"a.json\" }, \"command\": { \"argv\": [\"FOLDER/page\"], \"timeout\": \"5s\" }, "
            + "\"slack\": { \"webhook_file\": \"webhook\" } } }");
        Assert.Equal(("", 0), (check.Output, check.Code));
        Assert.StartsWith("1 query, ", check.Error.TrimEnd().Split('\n')[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_with_a_webhook_file_that_is_not_there_says_so()
    {
        Write("c.json", "{ \"queries\": \"queries\", \"alerts\": { \"slack\": { \"webhook_file\": \"none\" } } }", "600");
        Write("audit.log", "", "600");
        Result run = Built.Run(
            "run", "--config", Path.Combine(_folder, "c.json"), "--follow", Path.Combine(_folder, "audit.log"), "--for", "0");
        Assert.Equal(2, run.Code);
        Assert.Contains($"{_folder}/none does not exist", run.Error, StringComparison.Ordinal);
    }

    private Result Check(string config)
    {
        Write("c.json", config.Replace("FOLDER", _folder, StringComparison.Ordinal), "600");
        return Built.Run("check", "--config", Path.Combine(_folder, "c.json"));
    }

    private void Write(string name, string text, string mode)
    {
        string path = Path.Combine(_folder, name);
        File.WriteAllText(path, text);
        File.SetUnixFileMode(path, (UnixFileMode)Convert.ToInt32(mode, 8));
    }
}
