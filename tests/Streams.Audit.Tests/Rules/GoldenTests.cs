using Streams.Audit.Rules;

namespace Streams.Audit.Tests.Rules;

public sealed class GoldenTests
{
    private static readonly IReadOnlyDictionary<string, GoldenRule> X8664 =
        GoldenRule.Read("x86_64.golden").ToDictionary(rule => rule.Text);

    private static readonly IReadOnlyDictionary<string, GoldenRule> Aarch64 =
        GoldenRule.Read("aarch64.golden").ToDictionary(rule => rule.Text);

    public static TheoryData<string> X8664Rules => [.. X8664.Keys];

    public static TheoryData<string> Aarch64Rules => [.. Aarch64.Keys];

    [Theory]
    [MemberData(nameof(X8664Rules))]
    public void A_rule_is_compiled_to_what_the_kernel_lists_when_auditctl_has_loaded_it(string text)
    {
        Assert.Equal(X8664[text].Bytes, GoldenRule.Words(TestEnvironment.Rule(text).Bytes.Span));
    }

    [Theory]
    [MemberData(nameof(X8664Rules))]
    public void A_rule_is_printed_as_auditctl_lists_it(string text)
    {
        Assert.Equal(X8664[text].Printed, TestEnvironment.Rule(text).Text(RuleMachine.X8664));
    }

    [Theory]
    [MemberData(nameof(X8664Rules))]
    public void A_printed_rule_is_the_same_rule_when_it_is_read_again(string text)
    {
        AuditRule rule = TestEnvironment.Rule(text);
        // A watch's text does not say whether it was a folder; that is seen on the disk.
        RuleEnvironment environment =
            TestEnvironment.On(RuleMachine.X8664) with { IsFolder = _ => rule.Fields[0].Number == RuleFields.Folder };
        RuleSet again = RuleReader.Read(rule.Text(RuleMachine.X8664), "a.rules", environment);
        Assert.Equal(rule, Assert.Single(again.Rules).Rule);
    }

    [Theory]
    [MemberData(nameof(Aarch64Rules))]
    public void A_rule_for_aarch64_is_compiled_with_its_system_calls(string text)
    {
        RuleSet set = RuleReader.Read(text, "a.rules", TestEnvironment.On(RuleMachine.Aarch64));
        AuditRule rule = Assert.Single(set.Rules).Rule;
        Assert.Equal(Aarch64[text].Bytes, GoldenRule.Words(rule.Bytes.Span));
        RuleSet again = RuleReader.Read(rule.Text(RuleMachine.Aarch64), "a.rules", TestEnvironment.On(RuleMachine.Aarch64));
        Assert.Equal(rule, Assert.Single(again.Rules).Rule);
    }
}
