using Streams.Audit.Rules;

namespace Streams.Audit.Tests.Rules;

/// <summary>The rules about the process of Streams itself.</summary>
[Trait("Found", "Q7")]
public sealed class SelfRulesTests
{
    private const string ByFirst =
        "kill,rt_sigqueueinfo,tkill,tgkill,rt_tgsigqueueinfo,prlimit64,process_vm_writev,pidfd_open";

    private static readonly RuleEnvironment Environment = TestEnvironment.On(RuleMachine.X8664);

    [Fact]
    public void Who_signals_or_traces_the_process_is_recorded() => Assert.Equal(
        [
            $"-a always,exit -F arch=b64 -S {ByFirst} -F a0=0x4D -F key=streams-guard",
            $"-a always,exit -F arch=b32 -S {ByFirst} -F a0=0x4D -F key=streams-guard",
            "-a always,exit -F arch=b64 -S ptrace -F a0=0x10 -F a1=0x4D -F key=streams-guard",
            "-a always,exit -F arch=b32 -S ptrace -F a0=0x10 -F a1=0x4D -F key=streams-guard",
            "-a always,exit -F arch=b64 -S ptrace -F a0=0x4206 -F a1=0x4D -F key=streams-guard",
            "-a always,exit -F arch=b32 -S ptrace -F a0=0x4206 -F a1=0x4D -F key=streams-guard",
        ],
        SelfRules.Guard(77, Environment).Select(rule => rule.Text(RuleMachine.X8664)));

    [Fact]
    public void The_calls_that_they_record_are_named()
    {
        IReadOnlyList<AuditRule> guard = SelfRules.Guard(77, Environment);
        Assert.All(SelfRules.GuardedCalls, call => Assert.True(RuleReach.Records(guard, RuleMachine.X8664, call)));
        Assert.All(guard, rule => Assert.True(SelfRules.IsGuard(rule)));
        Assert.All(guard, rule => Assert.Equal(77, SelfRules.ProcessOf(rule, Environment)));
    }

    [Theory]
    [InlineData("-a never,exit -F pid=77 -k streams-self", 77)]
    [InlineData($"-a always,exit -F arch=b64 -S {ByFirst} -F a0=77 -k streams-guard", 77)]
    [InlineData("-a always,exit -F arch=b64 -S ptrace -F a0=16 -F a1=77 -k streams-guard", 77)]
    [InlineData("-a always,exit -F arch=b64 -S ptrace -F a0=16 -F a1=77 -k mine", null)]
    [InlineData("-a always,exit -F arch=b64 -S ptrace -F a0=77 -k streams-guard", null)]
    [InlineData("-a never,exit -F uid=77 -k streams-self", null)]
    public void A_rule_is_known_by_its_process(string text, int? process) =>
        Assert.Equal(process, SelfRules.ProcessOf(Assert.Single(RuleReader.Read(text, "test", Environment).Rules).Rule, Environment));
}
