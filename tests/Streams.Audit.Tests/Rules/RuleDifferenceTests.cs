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
    [InlineData("n1 g1 g2 a1", "", "^g2 ^g1 ^n1 +a1")]
    [InlineData("n1 g1 g2 a1", "a9 n9", "^g2 ^g1 ^n1 +a1")]
    [InlineData("n1 g1 g2 a1 a2 a3", "a3 a2 a1", "^g2 ^g1 ^n1")]
    [InlineData("n1 g1 g2 a1 a2 a3", "n1 a1 a2 a3 g2", "-g2 ^g2 ^g1 -n1 ^n1")]
    [InlineData("n1 g1 g2 a1 a2 a3", "n1 g2 g1 a2 a1 a3", "")]
    [InlineData("n1 g1 a1", "n1", "+g1 +a1")]
    [InlineData("n1 n2 a1", "n1 a9", "^n2 +a1")]
    [InlineData("n1 g1 g2 a1", "g1 a9", "^g2 ^n1 +a1")]
    [InlineData("a1 n1 a2 a3 a4", "a1 a2 n1 a3 a4", "-a2 +a2")]
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
    public void After_the_steps_the_rules_stand_in_runs_and_nothing_is_left_to_do() => Cases.Sample((desired, loaded) =>
    {
        var list = new List<AuditRule>(Rules(loaded));
        RuleDifference difference = RuleDifference.Between(Rules(desired), list);
        Run(difference, list);
        Assert.Equal(list.Count, list.Distinct().Count());
        list.RemoveAll(difference.Foreign.Contains);
        Assert.Equal(desired.Split(' ').Order(), list.Select(Name).Order());
        Assert.Equal(string.Concat(desired.Split(' ').Select(name => name[0])), string.Concat(list.Select(rule => Name(rule)[0])));

        RuleDifference again = RuleDifference.Between(Rules(desired), list);
        Assert.Empty(again.Steps);
        Assert.Equal("", Names([.. again.Missing, .. again.Foreign, .. again.Misplaced]));
    });

    [Fact]
    public void As_little_as_can_be_is_removed_and_each_rule_comes_back_at_once() => Cases.Sample((desired, loaded) =>
    {
        AuditRule[] wanted = Rules(desired);
        RuleDifference difference = RuleDifference.Between(wanted, Rules(loaded));
        RuleStep[] steps = [.. difference.Steps];
        AuditRule[] moved = [.. steps.Where(step => step.Kind == RuleStepKind.Delete).Select(step => step.Rule)];
        for (int at = 0; at < steps.Length; at++)
        {
            if (steps[at].Kind != RuleStepKind.Delete) continue;
            Assert.Contains(steps[at].Rule, wanted);
            Assert.True(steps[at + 1].Rule == steps[at].Rule && steps[at + 1].Kind != RuleStepKind.Delete);
        }

        Assert.Equal(LeastMoved(wanted, Rules(loaded)), moved.Sum(Weight));
        if (difference.Missing.Count + difference.Misplaced.Count == 0) Assert.Empty(steps);
    });

    [Fact]
    public void What_leads_goes_before_the_rules_of_others_at_a_start() => Cases.Sample((desired, loaded) =>
    {
        string[] leading = [.. desired.Split(' ').TakeWhile(name => name[0] is 'n' or 'g')];
        var list = new List<AuditRule>(Rules(string.Join(' ', loaded.Split(' ').Except(leading))));
        Run(RuleDifference.Between(Rules(desired), list), list);
        Assert.Equal(leading, list.Take(leading.Length).Select(Name));
    });

    // What a run wants: its own never-rules, those about its process, the configured ones. Loaded is some of that, and of others and of an
    // earlier run, in any order.
    private static Gen<(string Desired, string Loaded)> Cases => Gen.Select(
        Gen.Int[0, 2], Gen.Int[0, 3], Gen.Shuffle("a6 a7 a8 n9 n10 a11".Split(' ')), Gen.Int[1, 6],
        Gen.Shuffle("n1 n2 g3 g4 g5 a6 a7 a8 n9 n10 a11 n21 n22 g23 a24 n25".Split(' ')), Gen.Int[0, 16],
        (own, guards, configured, some, loaded, others) => (
            string.Join(' ', [.. "n1 n2".Split(' ').Take(own), .. "g3 g4 g5".Split(' ').Take(guards), .. configured.Take(some)]),
            string.Join(' ', loaded.Take(others))));

    private static void Run(RuleDifference difference, List<AuditRule> list)
    {
        foreach (RuleStep step in difference.Steps)
        {
            if (step.Kind == RuleStepKind.Delete) Assert.True(list.Remove(step.Rule));
            else list.Insert(step.Kind == RuleStepKind.Prepend ? 0 : list.Count, step.Rule);
        }
    }

    // Tries everything: what stays must be in order, and everything else must go in front of it or behind it.
    private static int LeastMoved(AuditRule[] desired, AuditRule[] loaded)
    {
        int run = 0;
        var runs = new Dictionary<AuditRule, int>();
        for (int at = 0; at < desired.Length; at++)
        {
            if (at > 0 && Name(desired[at])[0] != Name(desired[at - 1])[0]) run++;
            runs[desired[at]] = run;
        }

        AuditRule[] present = [.. loaded.Where(runs.ContainsKey)];
        int least = present.Sum(Weight);
        for (int set = 1; set < 1 << present.Length; set++)
        {
            AuditRule[] kept = [.. present.Where((_, at) => (set & (1 << at)) != 0)];
            int[] order = [.. kept.Select(rule => runs[rule])];
            bool isInOrder = order.SequenceEqual(order.Order())
                && desired.Except(kept).All(rule => runs[rule] <= order[0] || runs[rule] >= order[^1]);
            if (isInOrder) least = Math.Min(least, present.Except(kept).Sum(Weight));
        }

        return least;
    }

    private static int Weight(AuditRule rule) => rule.Action == RuleAction.Never ? 1 : 1000;

    // a7 is an always-rule, n7 a never-rule, g7 one about the process.
    private static AuditRule[] Rules(string names) =>
    [
        .. names.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(name => TestEnvironment.Rule(
            $"-a {(name[0] == 'n' ? "never" : "always")},exit -S all -F pid={name[1..]}"
            + (name[0] == 'g' ? $" -k {SelfRules.GuardKey}" : ""))),
    ];

    private static string Names(IEnumerable<AuditRule> rules) => string.Join(' ', rules.Select(Name));

    private static string Name(AuditRule rule) =>
        $"{(SelfRules.IsGuard(rule) ? 'g' : rule.Action == RuleAction.Always ? 'a' : 'n')}{rule.Fields[0].Value}";

    private static string Steps(RuleDifference difference) => string.Join(' ', difference.Steps.Select(step => step.Kind switch
    {
        RuleStepKind.Append => "+",
        RuleStepKind.Prepend => "^",
        _ => "-",
    } + Name(step.Rule)));
}
