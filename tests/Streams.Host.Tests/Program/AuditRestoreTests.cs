using System.Diagnostics;
using Streams.Audit.Netlink;
using Streams.Audit.Rules;
using Streams.Host.Commands;
using Xunit;

namespace Streams.Host.Tests.Program;

/// <summary><c>streams audit restore</c>: what it prints and its exit code, with a kernel of the test's own behind it.</summary>
[Trait("Found", "R6")]
public sealed class AuditRestoreTests : IDisposable
{
    private const string Boot = "0f8fad5b-d9cb-469f-a165-70867728950e";

    // Process 1 lives on each machine.
    private const uint Other = 1;

    private static readonly RuleEnvironment Environment = RuleEnvironment.OfHost(RuleMachine.X8664);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("streams-audit-restore-");
    private readonly StringWriter _output = new() { NewLine = "\n" };
    private readonly StringWriter _errors = new() { NewLine = "\n" };
    private readonly Kernel _kernel = new();

    private string State => Path.Combine(_folder.FullName, "state");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Its_help_has_an_example()
    {
        Result run = Built.Run("audit", "restore", "--help");
        Assert.Equal((0, ""), (run.Code, run.Error));
        Assert.Contains("sudo ./streams audit restore", run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("streams audit restore: unknown option --rule", "audit", "restore", "--rule")]
    [InlineData("streams audit restore: unexpected argument now", "audit", "restore", "now")]
    [InlineData("streams audit: unknown command restor; did you mean restore?", "audit", "restor")]
    public void A_wrong_word_is_one_line_with_the_whole_command(string expected, params string[] args)
    {
        Result run = Built.Run(args);
        Assert.Equal(2, run.Code);
        Assert.StartsWith(expected, run.Error, StringComparison.Ordinal);
        Assert.Single(run.Error.TrimEnd().Split('\n'));
    }

    [Fact]
    public async Task Another_user_than_root_is_refused_with_what_to_do()
    {
        string config = RunningStreams.Configure(_folder);
        File.SetUnixFileMode(_folder.FullName, (UnixFileMode)0b111_101_101);
        File.SetUnixFileMode(config, (UnixFileMode)0b110_100_100);
        string[] unprivileged = System.Environment.IsPrivilegedProcess
            ? ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"]
            : ["env"];
        using Process process = Process.Start(
            new ProcessStartInfo(unprivileged[0], [.. unprivileged[1..], Built.Program, "audit", "restore", "--config", config])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
        string output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        string error = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal((2, ""), (process.ExitCode, output));
        Assert.StartsWith("streams audit restore: ", error, StringComparison.Ordinal);
        Assert.Contains("; run it as root", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task It_refuses_while_a_run_is_alive_also_one_that_does_not_answer(bool answers)
    {
        using var run = RunningStreams.Start(_folder, "");
        await run.Says("watching");
        if (!answers) File.Delete(Path.Combine(_folder.FullName, "control.sock"));
        Result refused = Built.Run("audit", "restore", "--config", RunningStreams.Configure(_folder));
        Assert.Equal((2, ""), (refused.Code, refused.Output));
        Assert.Matches(
            @"^streams audit restore: process \d+ is a `streams run` and puts everything back when it ends; stop it\n$", refused.Error);
        await run.Stop();
    }

    [Fact]
    public void It_refuses_when_it_cannot_see_whether_a_run_is_alive()
    {
        Directory.CreateDirectory(State);
        string file = Path.Combine(State, "alive.json");
        File.WriteAllText(file, "{");
        Result refused = Built.Run("audit", "restore", "--config", RunningStreams.Configure(_folder));
        Assert.Equal((2, ""), (refused.Code, refused.Output));
        Assert.Equal(
            $"streams audit restore: whether a `streams run` is alive is not known: {file}: it is damaged; "
            + "stop it if one is, and move the file away\n",
            refused.Error);
    }

    [Fact]
    public void It_refuses_a_state_folder_that_others_may_write()
    {
        Assert.SkipUnless(System.Environment.IsPrivilegedProcess, "another user than root trusts its own configuration");
        Directory.CreateDirectory(State);
        File.SetUnixFileMode(State, (UnixFileMode)0b111_111_111);
        Result refused = Built.Run("audit", "restore", "--config", RunningStreams.Configure(_folder));
        Assert.Equal(2, refused.Code);
        Assert.Contains($"{State} may be written by everybody", refused.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_anything_to_put_back_it_reports_that_and_succeeds()
    {
        Assert.Equal(0, Restore());
        Assert.Equal($"nothing to put back: no run in this boot has left settings in {State}/audit.json\n", _output.ToString());
        Assert.Empty(_errors.ToString());
        Assert.Empty(_kernel.Sets);
    }

    [Fact]
    public void It_prints_what_it_puts_back_and_the_next_time_that_there_is_nothing()
    {
        LeaveRun();
        Assert.Equal(0, Restore());
        Assert.Equal(
            "2 rules about processes of Streams that have ended removed\n"
            + "backlog_limit is 64 again, as it was found, and not 8192\nenabled is 0 again, as it was found, and not 1\n",
            _output.ToString());
        Assert.Equal(["BacklogLimit 64", "Enabled 0"], _kernel.Sets);
        Assert.Empty(_kernel.Rules);
        _output.GetStringBuilder().Clear();
        Assert.Equal(0, Restore());
        Assert.StartsWith("nothing to put back", _output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Settings_that_are_as_they_were_are_reported_as_that()
    {
        LeaveRun();
        _kernel.Rules.Clear();
        _kernel.Status = _kernel.Status with { Enabled = 0, BacklogLimit = 64 };
        Assert.Equal(0, Restore());
        Assert.Equal("the settings are as they were found\n", _output.ToString());
    }

    [Fact]
    public void What_the_kernel_refuses_is_a_line_each_and_an_error()
    {
        LeaveRun();
        _kernel.Refuses = true;
        Assert.Equal(2, Restore());
        Assert.Empty(_output.ToString());
        string[] lines = _errors.ToString().TrimEnd().Split('\n');
        Assert.Equal(4, lines.Length);
        Assert.All(lines, line => Assert.StartsWith("streams audit restore: ", line, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(2, 0, "audit is locked (enabled is 2): its settings stay as they are until the next boot")]
    [InlineData(1, Other, "is the audit daemon, and the settings are its own as long as it runs: they stay")]
    public void A_locked_audit_or_another_daemon_is_an_error_and_nothing_is_set(uint enabled, uint owner, string error)
    {
        LeaveRun();
        _kernel.Status = _kernel.Status with { Enabled = enabled, Pid = owner };
        Assert.Equal(2, Restore());
        Assert.Contains(error, _errors.ToString(), StringComparison.Ordinal);
        Assert.Empty(_kernel.Sets);
        Assert.True(File.Exists(Path.Combine(State, "audit.json")));
    }

    // What a run that was killed has left.
    private void LeaveRun()
    {
        var settings = new Dictionary<AuditSetting, uint> { [AuditSetting.Enabled] = 1, [AuditSetting.BacklogLimit] = 8192 };
        Assert.Null(new FoundSettings(State, Boot).Add(_kernel.Status, settings));
        _kernel.Status = _kernel.Status with { Enabled = 1, BacklogLimit = 8192 };
        _kernel.Rules.AddRange(SelfRules.Exclusion(76, Environment));
    }

    private int Restore() =>
        AuditRestoreCommand.Restore(_kernel, _kernel, Environment, new FoundSettings(State, Boot), _output, _errors);

    private sealed class Kernel : IAuditSettings, IKernelRules
    {
        private const int Einval = 22;

        public AuditStatus Status { get; set; } = new() { Failure = 1, BacklogLimit = 64 };

        public List<AuditRule> Rules { get; } = [];

        public List<string> Sets { get; } = [];

        public bool Refuses { get; set; }

        public bool IsLocked => Status.Enabled == 2;

        public bool HasOtherOwner => Status.Pid != 0;

        public AuditStatus GetStatus() => Status;

        public IReadOnlyList<AuditRule> List() => [.. Rules];

        public void Add(AuditRule rule, bool inFront) => throw new NotSupportedException();

        public void Set(AuditSetting setting, uint value)
        {
            if (Refuses) throw new AuditException($"set {setting} to {value}", Einval);
            Sets.Add($"{setting} {value}");
            Status = setting == AuditSetting.Enabled ? Status with { Enabled = value } : Status with { BacklogLimit = value };
        }

        public void Delete(AuditRule rule)
        {
            if (Refuses) throw new AuditException("remove the rule", Einval);
            Assert.True(Rules.Remove(rule));
        }
    }
}
