using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Streams.Audit.Netlink;
using Streams.Audit.Rules;

namespace Streams.Audit.Tests.Rules;

/// <summary>The rules about the process itself, among those that are configured and those of others.</summary>
[Trait("Found", "Q7")]
public sealed class GuardLoadingTests
{
    private const string Exec = "-a always,exit -F arch=b64 -S execve -F key=exec";
    private const string Kill = "-a always,exit -F arch=b64 -S kill -F key=kill";
    private const string NoUser = "-a never,exit -S all -F auid=500";
    private const string Passwd = "-w /etc/passwd -p wa -k identity";

    private readonly FakeTimeProvider _time = new();
    private readonly FakeKernel _kernel = new();
    private readonly AuditReports _reports;

    public GuardLoadingTests() => _reports = new AuditReports("web-1", _time, new Notes(), () => { });

    public static TheoryData<string[]> Loaded =>
    [
        (string[])[],
        (string[])[Passwd, NoUser, Exec],
        (string[])[Exec, Kill, NoUser, Passwd],
        (string[])[Kill, .. About(76), NoUser, Passwd],
        (string[])[Exec, .. About(77).Reverse(), NoUser],
    ];

    [Theory]
    [MemberData(nameof(Loaded))]
    public void They_stand_in_front_whatever_is_loaded_and_a_second_start_does_nothing(string[] loaded)
    {
        _kernel.Has(loaded);
        Rules(77).Load(_kernel, _reports);
        Assert.Equal(About(77).Order(), _kernel.Texts.Take(About(77).Length).Order());
        Assert.All(_kernel.Texts.Take(2), rule => Assert.EndsWith(SelfRules.ExclusionKey, rule, StringComparison.Ordinal));
        Assert.Equal([NoUser], _kernel.Texts.Skip(About(77).Length).Except([Exec, Passwd]));
        Assert.Equal(NoUser, _kernel.Texts.ElementAt(About(77).Length));

        _kernel.Requests.Clear();
        AuditRules again = Rules(77);
        again.Load(_kernel, _reports);
        again.Check(_kernel, _reports);
        Assert.Empty(_kernel.Requests);
    }

    [Fact]
    public void The_next_process_replaces_them_and_leaves_the_configured_ones_alone()
    {
        Rules(76).Load(_kernel, _reports);
        _kernel.Requests.Clear();
        Rules(77).Load(_kernel, _reports);
        Assert.Equal([.. About(77).Reverse().Select(rule => $"^ {rule}"), .. About(76).Select(rule => $"- {rule}")], _kernel.Requests);
        Assert.Equal([.. About(77), NoUser, Exec, Passwd], _kernel.Texts);
    }

    [Fact]
    public void They_stand_before_the_rules_of_another_daemon()
    {
        _kernel.HasOtherOwner = true;
        _kernel.Has(Kill, Passwd);
        Rules(77).Load(_kernel, _reports);
        Assert.Equal([.. About(77), NoUser, Kill, Passwd, Exec], _kernel.Texts);
    }

    // Nothing can be put in their midst: what the kernel does not take must not look like a wrong order, nor be repaired again and again.
    [Fact]
    public void One_that_the_kernel_refuses_puts_none_in_the_wrong_place()
    {
        string refused = About(77)[3];
        _kernel.Refused[refused] = FakeKernel.Einval;
        AuditRules rules = Rules(77);
        rules.Load(_kernel, _reports);
        Assert.Equal([.. About(77).Where(rule => rule != refused), NoUser, Exec, Passwd], _kernel.Texts);

        _kernel.Requests.Clear();
        rules.Check(_kernel, _reports);
        Assert.Empty(_kernel.Requests);
        Assert.Equal(0, rules.State.Misplaced);
    }

    [Fact]
    public void Those_that_somebody_puts_behind_others_are_put_in_front_again()
    {
        AuditRules rules = Rules(77);
        rules.Load(_kernel, _reports);
        foreach (string rule in About(77)[2..]) _kernel.Lose(rule);
        _kernel.Has(About(77)[2..]);
        rules.Check(_kernel, _reports);
        Assert.Equal([.. About(77), NoUser, Exec, Passwd], _kernel.Texts);
    }

    private static string[] About(int pid) =>
        [.. SelfRules.Of(pid, TestEnvironment.On(RuleMachine.X8664)).Select(rule => rule.Text(RuleMachine.X8664))];

    private AuditRules Rules(int pid) => new(
        new RuleSources { Inline = [NoUser, Exec, Passwd] }, TestEnvironment.On(RuleMachine.X8664), repair: true, _time,
        NullLogger.Instance, pid, isGuarded: true);
}
