using Xunit;

namespace Streams.Host.Tests.Program;

/// <summary>What <c>streams rules</c> shows without asking the kernel.</summary>
public sealed class RulesCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("streams-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Without_configured_rules_the_default_set_is_shown()
    {
        Result run = Run("{}", "rules", "--machine", "x86_64");
        Assert.Equal(0, run.Code);
        Assert.Empty(run.Error);
        Assert.StartsWith("-a always,exit -F arch=b64 -S execve,execveat -F key=exec\n", run.Output, StringComparison.Ordinal);
        Assert.Contains("\n-w /etc/passwd -p wa -k sensitive\n", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Configured_rules_are_inline_and_in_files_named_from_the_configuration()
    {
        Write("b.rules", "-w /etc/b -p wa\n");
        Write("a.rules", "-w /etc/a -p wa\n-w a\n");
        Result run = Run("""{ "collectors": { "audit": { "rules": ["-w /etc/0 -p wa"], "audit_rule_files": ["*.rules"] } } }""", "rules");
        Assert.Equal(2, run.Code);
        Assert.Equal("-w /etc/0 -p wa\n-w /etc/a -p wa\n-w /etc/b -p wa\n", run.Output);
        Assert.Equal($"streams: {_folder}/a.rules:2:4: a is no absolute path; it must begin with /\n", run.Error);
    }

    [Fact]
    public void Check_reports_each_wrong_rule_where_it_stands()
    {
        Write("a.rules", "-w /etc/a -p wa\n-w a\n\n-a always,exit -S nosuchcall\n");
        Result run = Run(
            """
            { "collectors": { "audit": {
              "rules": [ "-w /etc/0 -p wa", "-w /etc/1 -p q" ],
              "audit_rule_files": ["a.rules", "none*.rules"]
            } } }
            """,
            "check");
        Assert.Equal(2, run.Code);
        string[] mistakes =
        [
            $"{_folder}/streams.config.json:2:47: q are no permissions; write some of r, w, x and a",
            $"{_folder}/a.rules:2:4: a is no absolute path; it must begin with /",
            $"{_folder}/a.rules:4: none of its system calls is known here; the rule is left out",
        ];
        Assert.Equal(mistakes, run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Contains($"warning: {_folder}/none*.rules: no file is there by this name\n", run.Error, StringComparison.Ordinal);
        Assert.EndsWith("\n3 mistakes\n", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{}", "[1-9][0-9]* audit rules, nothing wrong")]
    [InlineData("""{ "collectors": { "audit": { "rules": [] } } }""", " 0 audit rules, nothing wrong")]
    public void Check_counts_the_rules_that_are_right(string config, string expected)
    {
        Result run = Run(config, "check");
        Assert.Equal(0, run.Code);
        Assert.Matches(expected, run.Error);
    }

    [Fact]
    public void An_empty_list_says_that_the_rules_are_left_alone()
    {
        Result run = Run("""{ "collectors": { "audit": { "rules": [] } } }""", "rules");
        Assert.Equal(0, run.Code);
        Assert.Empty(run.Output);
        Assert.Contains("leaves the loaded rules alone", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_everybody_may_write_is_not_read_as_root()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "needs root");
        string file = Write("a.rules", "-w /etc/a -p wa\n");
        File.SetUnixFileMode(file, File.GetUnixFileMode(file) | UnixFileMode.OtherWrite);
        Result run = Run("""{ "collectors": { "audit": { "audit_rule_files": ["a.rules"] } } }""", "rules");
        Assert.Equal(2, run.Code);
        Assert.Empty(run.Output);
        Assert.Contains($"{file} may be written by everybody", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(
        "x86_64",
        "-A never,exit -S all -F pid=1\n-a always,exit -F arch=b64 -S execve,execveat -F key=exec\n-w /etc/a -p wa\n")]
    [InlineData(
        "aarch64",
        "-A never,exit -S all -F pid=1\n-a always,exit -F arch=b64 -S execve,execveat -F key=exec\n-w /etc/a -p wa\n")]
    public void What_is_compiled_is_the_same_rule_when_it_is_read_back(string machine, string rules)
    {
        string file = Write(
            "a.rules", "-a always,exit -F arch=b64 -S execve,execveat -k exec\n-w /etc/a -p wa\n-A never,exit -F pid=1\n");
        Result compiled = Built.Run("rules", "--compile", file, "--machine", machine);
        Assert.Equal(0, compiled.Code);
        Assert.Equal(6, compiled.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Result read = Built.Run(["rules", "--decompile", "-", "--machine", machine], compiled.Output);
        Assert.Equal(0, read.Code);
        Assert.Equal(rules, read.Output);
    }

    [Fact]
    public void A_file_that_is_wrong_says_where_and_the_rest_is_compiled()
    {
        string file = Write("a.rules", "-w a\n-a always,exit -F arch=b64 -S execve,no_such_call\n");
        Result run = Built.Run("rules", "--compile", file, "--machine", "x86_64");
        Assert.Equal(2, run.Code);
        Assert.Equal(
            $"streams: {file}:1:4: a is no absolute path; it must begin with /\n"
            + $"streams: {file}:2:38: warning: b64 has no system call no_such_call that is known here; it is left out\n",
            run.Error);
        Assert.Equal(2, run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
    }

    [Theory]
    [InlineData("zz")]
    [InlineData("00")]
    [InlineData("000")]
    public void What_are_no_bytes_of_a_rule_is_said(string line)
    {
        Result run = Built.Run(["rules", "--decompile", "-"], line + "\n");
        Assert.Equal(2, run.Code);
        Assert.StartsWith("streams: -:1: these are not the bytes of a rule", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void The_keys_of_a_log_are_shown_with_what_they_cost_the_dearest_first()
    {
        string file = Write(
            "audit.log",
            "type=SYSCALL msg=audit(1700000000.000:1): arch=c000003e syscall=59 success=yes exit=0 key=\"exec\"\n"
            + "type=SYSCALL msg=audit(1700000001.000:2): arch=c000003e syscall=59 success=yes exit=0 key=\"exec\"\n"
            + "type=SYSCALL msg=audit(1700000002.000:3): arch=c000003e syscall=42 success=yes exit=0 key=\"net\"\n"
            + "type=USER_LOGIN msg=audit(1700000003.000:4): pid=1 uid=0\n");
        Result run = Built.Run("rules", "--usage", file);
        Assert.Equal(0, run.Code);
        string[][] rows =
        [
            .. run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1)
                .Select(row => row.Split("  ", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)),
        ];
        Assert.Equal(["exec", "net", "(no key)"], rows.Select(row => row[0]));
        Assert.Equal(["2", "1", "1"], rows.Select(row => row[1]));
    }

    [Fact]
    public void Two_views_at_once_are_refused()
    {
        Result run = Built.Run("rules", "--loaded", "--diff");
        Assert.Equal(2, run.Code);
        Assert.Contains("--loaded and --diff are two views", run.Error, StringComparison.Ordinal);
    }

    private Result Run(string config, params string[] args) => Built.Run([.. args, "--config", Write("streams.config.json", config)]);

    private string Write(string name, string text)
    {
        string file = Path.Combine(_folder, name);
        File.WriteAllText(file, text);
        return file;
    }
}
