using Streams.Audit.Rules;

namespace Streams.Audit.Tests.Rules;

public sealed class RuleShadowTests
{
    private const string Exec = "-a always,exit -F arch=b64 -S execve -F key=exec";
    private const string NoExec = "-a never,exit -F arch=b64 -S execve -F uid=33";
    private const string NoKill = "-a never,exit -F arch=b64 -S kill";
    private const string NoTask = "-a never,task -F uid=33";
    private const string NoRecord = "-a always,exclude -F msgtype=EXECVE";

    [Theory]
    [Trait("Found", "C5")]
    [InlineData(true, NoExec, Exec)]
    [InlineData(false, Exec, NoExec)]
    [InlineData(false, NoKill, Exec)]
    [InlineData(false, "-a always,exit -F arch=b64 -S execve -F uid=33", Exec)]
    [InlineData(true, Exec, NoTask)]
    [InlineData(false, Exec, "-a always,task -F uid=33")]
    [InlineData(true, Exec, NoRecord)]
    [InlineData(true, Exec, "-a never,user -F uid=33")]
    [InlineData(true, Exec, "-a never,filesystem -F fstype=ext4")]
    public void A_rule_of_others_hides_what_it_keeps_from_being_recorded(bool hides, string first, string second)
    {
        AuditRule[] loaded = [TestEnvironment.Rule(first), TestEnvironment.Rule(second)];
        IReadOnlyList<AuditRule> found = RuleShadow.Find([TestEnvironment.Rule(Exec)], loaded);
        Assert.Equal(hides ? 1 : 0, found.Count);
        Assert.DoesNotContain(TestEnvironment.Rule(Exec), found);
    }

    [Fact]
    public void A_configured_rule_hides_what_it_is_meant_to() =>
        Assert.Empty(RuleShadow.Find(
            [TestEnvironment.Rule(NoTask), TestEnvironment.Rule(NoExec), TestEnvironment.Rule(Exec)],
            [TestEnvironment.Rule(NoTask), TestEnvironment.Rule(NoExec), TestEnvironment.Rule(Exec)]));
}
