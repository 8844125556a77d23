using Microsoft.Extensions.Logging.Abstractions;
using Streams.Audit.Netlink;
using Streams.Audit.Rules;
using Streams.Audit.Tests.Rules;

namespace Streams.Audit.Tests.Netlink;

/// <summary>What is put back after runs that were killed, and at the end of one: each step whatever becomes of the others.</summary>
[Trait("Found", "R6")]
public sealed class AuditRestorationTests : IDisposable
{
    private const string Boot = "0f8fad5b-d9cb-469f-a165-70867728950e";
    private const string Exec = "-a always,exit -F arch=b64 -S execve -F key=exec";
    private const string Ended = "-a never,exit -S all -F pid=76 -F key=streams-self";
    private const string EndedToo = "-a never,exit -S all -F ppid=76 -F key=streams-self";

    // Process 1 lives on each machine.
    private const string Living = "-a never,exit -S all -F pid=1 -F key=streams-self";

    private static readonly RuleEnvironment Environment = TestEnvironment.On(RuleMachine.X8664);

    private readonly FakeAudit _kernel = new();
    private readonly Notes _notes = new();
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("streams-restoration-");
    private readonly AuditStatus _before;

    public AuditRestorationTests()
    {
        _before = _kernel.Status;
        _kernel.Rules.Has(Ended, EndedToo, Exec);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void The_rules_of_ended_runs_go_and_the_settings_are_as_they_were()
    {
        Kill();
        (IReadOnlyList<string> done, IReadOnlyList<string> failed) = Restore();
        Assert.Equal("2 rules about processes of Streams that have ended removed", done[0]);
        Assert.Equal("enabled is 0 again, as it was found, and not 1", done[^1]);
        Assert.Empty(failed);
        Assert.Equal(_before, _kernel.Status);
        Assert.Equal([Exec], _kernel.Rules.Texts);
    }

    [Fact]
    public void A_rule_that_cannot_be_removed_keeps_nothing_else_from_being_put_back()
    {
        Kill();
        _kernel.Rules.Refused[Ended] = FakeKernel.Einval;
        (IReadOnlyList<string> done, IReadOnlyList<string> failed) = Restore();
        Assert.Equal("1 rule about processes of Streams that have ended removed", done[0]);
        Assert.EndsWith(Ended, Assert.Single(failed), StringComparison.Ordinal);
        Assert.Equal(_before, _kernel.Status);
        Assert.Equal([Ended, Exec], _kernel.Rules.Texts);
    }

    [Fact]
    public void A_rule_that_is_gone_meanwhile_counts_as_removed()
    {
        _kernel.Rules.Refused[Ended] = FakeKernel.Enoent;
        Assert.Empty(Restore().Failed);
    }

    [Fact]
    public void Rules_that_are_not_listed_keep_no_setting_from_being_put_back()
    {
        Kill();
        _kernel.Rules.IsSilent = true;
        Assert.Contains("list the rules", Assert.Single(Restore().Failed), StringComparison.Ordinal);
        Assert.Equal(_before, _kernel.Status);
    }

    [Fact]
    public void A_rule_about_a_number_that_is_another_process_by_now_is_removed()
    {
        _kernel.Rules.Has(Living);
        Assert.Equal(["3 rules about processes of Streams that have ended removed"], Restore().Done);
        Assert.Equal([Exec], _kernel.Rules.Texts);
    }

    [Fact]
    public void The_rules_about_a_process_that_is_the_audit_daemon_stay()
    {
        _kernel.Rules.Has(Living);
        _kernel.Own(other: true);
        Restore();
        Assert.Equal([Exec, Living], _kernel.Rules.Texts);
    }

    [Fact]
    public void Beside_another_daemon_the_settings_stay_and_are_still_known()
    {
        Kill();
        AuditStatus set = _kernel.Status;
        _kernel.Own(other: true);
        Assert.Contains("is the audit daemon", Assert.Single(Restore().Failed), StringComparison.Ordinal);
        Assert.Equal(set with { Pid = 1 }, _kernel.Status);
        _kernel.Own(other: false);
        Assert.Empty(Restore().Failed);
        Assert.Equal(_before, _kernel.Status);
    }

    [Fact]
    public void Beside_the_daemon_that_was_there_before_audit_is_off_again()
    {
        _kernel.Own(other: true);
        Kill(AuditSocketType.Multicast);
        Assert.Equal(1u, _kernel.Status.Enabled);
        Assert.Empty(Restore().Failed);
        Assert.Equal(_before with { Pid = 1 }, _kernel.Status);
    }

    [Fact]
    public void While_audit_is_locked_rules_and_settings_stay_and_that_is_a_failure()
    {
        Kill();
        _kernel.Lock();
        (IReadOnlyList<string> done, IReadOnlyList<string> failed) = Restore();
        Assert.Empty(done);
        Assert.Equal(
            [
                "2 rules about processes of Streams that have ended stay until the next boot: audit is locked (enabled is 2)",
                "audit is locked (enabled is 2): its settings stay as they are until the next boot",
            ],
            failed);
        Assert.Equal(0, _kernel.Rules.Locked);
    }

    [Fact]
    public void A_damaged_file_is_a_failure_and_the_rules_go_all_the_same()
    {
        string file = Path.Combine(_folder.FullName, "audit.json");
        File.WriteAllText(file, "{");
        (IReadOnlyList<string> done, IReadOnlyList<string> failed) = Restore();
        Assert.Single(done);
        Assert.Equal(
            [$"what the settings were is not known: {file}: it is damaged; set them with auditctl, and move the file away"], failed);
        Assert.Equal("{", File.ReadAllText(file));
    }

    [Fact]
    public void At_the_end_of_a_run_a_rule_that_cannot_be_removed_keeps_no_other()
    {
        var rules = new AuditRules(
            new RuleSources { Inline = [Exec] }, Environment, repair: true, TimeProvider.System, NullLogger.Instance, pid: 77);
        AuditDaemon daemon = Begin(AuditSocketType.Unicast, rules);
        const string own = "-a never,exit -S all -F pid=77 -F key=streams-self";
        _kernel.Rules.Refused[own] = FakeKernel.Einval;
        daemon.HandBack();
        Assert.Equal([own, Exec], _kernel.Rules.Texts);
        Assert.Equal(_before, _kernel.Status);
        Assert.Single(_notes.Taken, note => note.EndsWith(own, StringComparison.Ordinal));
    }

    private (IReadOnlyList<string> Done, IReadOnlyList<string> Failed) Restore() =>
        AuditRestoration.Run(_kernel, _kernel.Rules, Environment, new FoundSettings(_folder.FullName, Boot));

    // The kernel notices with the next record for a daemon that it has ended.
    private void Kill(AuditSocketType type = AuditSocketType.Unicast)
    {
        Begin(type, rules: null);
        if (type == AuditSocketType.Unicast) _kernel.Own(other: false);
    }

    private AuditDaemon Begin(AuditSocketType type, AuditRules? rules)
    {
        var options = new AuditOptions { SocketType = type };
        var reports = new AuditReports("web-1", TimeProvider.System, _notes, () => { });
        var decoder = new RecordDecoder(options, null, new OwnChanges(TimeProvider.System), _ => { });
        var found = new FoundSettings(_folder.FullName, Boot);
        var daemon = new AuditDaemon(options, TimeProvider.System, rules, _kernel, found, decoder, reports, _notes);
        daemon.Open();
        daemon.Begin();
        return daemon;
    }
}
