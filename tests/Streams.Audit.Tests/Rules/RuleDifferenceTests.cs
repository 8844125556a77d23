using CsCheck;
using Streams.Audit.Rules;

namespace Streams.Audit.Tests.Rules;

public sealed class RuleDifferenceTests
{
    [Theory]
    [InlineData("n1 a1 a2", "n1 a1 a2", "")]
    [InlineData("n1 a1 a2", "", "^n1 +a1 +a2")]
    [InlineData("n1 n2 a1", "a9", "^n2 ^n1 +a1")]
    [InlineData("n1 a1 a2", "n1 a1", "+a2")]
    [InlineData("n1 n2 a1", "n1 a1", "^n2")]
    [InlineData("n1 n2 n3 a1", "a1", "^n3 ^n2 ^n1")]
    [InlineData("n1 a1 a2", "a2 n1 a1", "-n1 ^n1")]
    [InlineData("n1 a1 a2 a3", "a1 a2 a3 n1", "-n1 ^n1")]
    [InlineData("a1 n1", "n1 a1", "-n1 +n1")]
    [InlineData("a2 a1", "a1 a2", "")]
    [InlineData("n1 a1 n2 a2", "n1 a1 a2", "+n2 -a2 +a2")]
    [InlineData("n1 a1", "n1 a1 n9 a9", "")]
    public void As_few_rules_as_can_be_are_moved_and_never_rules_rather_than_others(string desired, string loaded, string steps) =>
        Assert.Equal(steps, Steps(RuleDifference.Between(Rules(desired), Rules(loaded))));

    [Fact]
    public void Rules_that_should_not_be_and_those_that_lack_are_told_apart()
    {
        RuleDifference difference = RuleDifference.Between(Rules("n1 a1 a2"), Rules("a9 a2 n1 n9"));
        Assert.Equal("a1", Names(difference.Missing));
        Assert.Equal("a9 n9", Names(difference.Foreign));
        Assert.Equal("n1", Names(difference.Misplaced));
    }

    [Fact]
    public void After_the_steps_every_rule_is_on_the_right_side_of_every_rule_of_another_action() =>
        Gen.Select(Gen.Shuffle(Names(12, "an")), Gen.Int[0, 12], Gen.Shuffle(Names(12, "an")), Gen.Int[0, 12]).Sample(
            (desired, some, loaded, others) =>
            {
                AuditRule[] wanted = Rules(string.Join(' ', desired.Take(some)));
                var list = new List<AuditRule>(Rules(string.Join(' ', loaded.Take(others))));
                foreach (RuleStep step in RuleDifference.Between(wanted, list).Steps)
                {
                    if (step.Kind == RuleStepKind.Delete) Assert.True(list.Remove(step.Rule));
                    else list.Insert(step.Kind == RuleStepKind.Prepend ? 0 : list.Count, step.Rule);
                }

                Assert.Equal(list.Count, list.Distinct().Count());
                for (int before = 0; before < wanted.Length; before++)
                {
                    for (int after = before + 1; after < wanted.Length; after++)
                    {
                        if (wanted[before].Action == wanted[after].Action) continue;
                        Assert.True(list.IndexOf(wanted[before]) < list.IndexOf(wanted[after]));
                    }

                    Assert.Contains(wanted[before], list);
                }

                Assert.Empty(RuleDifference.Between(wanted, list).Steps);
            });

    private static string[] Names(int count, string actions) => [.. Enumerable.Range(0, count).Select(at => $"{actions[at % 2]}{at}")];

    // a7 is an always-rule, n7 a never-rule.
    private static AuditRule[] Rules(string names) =>
    [
        .. names.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(name =>
            TestEnvironment.Rule($"-a {(name[0] == 'a' ? "always" : "never")},exit -S all -F pid={name[1..]}")),
    ];

    private static string Names(IEnumerable<AuditRule> rules) => string.Join(' ', rules.Select(Name));

    private static string Name(AuditRule rule) => $"{(rule.Action == RuleAction.Always ? 'a' : 'n')}{rule.Fields[0].Value}";

    private static string Steps(RuleDifference difference) => string.Join(' ', difference.Steps.Select(step => step.Kind switch
    {
        RuleStepKind.Append => "+",
        RuleStepKind.Prepend => "^",
        _ => "-",
    } + Name(step.Rule)));
}
