using Streams.Audit.Rules;
using Streams.Engine;
using Xunit;

namespace Streams.Queries.Tests;

/// <summary>The audit rules that are loaded by default, beside those that the queries ask for.</summary>
public sealed class DefaultRulesTests
{
    public static TheoryData<string> Queries => [.. Shipped.Queries.Where(query => query.Rules.Count > 0).Select(query => query.Name)];

    [Theory]
    [MemberData(nameof(Queries))]
    public void The_default_rules_record_all_that_a_query_needs(string name)
    {
        QueryDefinition query = Shipped.Queries.Single(each => each.Name == name);
        foreach (RuleMachine machine in (RuleMachine[])[RuleMachine.X8664, RuleMachine.Aarch64])
        {
            var environment = new RuleEnvironment
            {
                Machine = machine,
                User = _ => null,
                Group = _ => null,
                IsFolder = path => !Path.HasExtension(path),
            };
            IReadOnlyList<AuditRule> loaded = Compiled(RuleSources.DefaultRules, environment);
            IReadOnlyList<AuditRule> needed = Compiled(string.Join('\n', query.Rules), environment);
            Assert.Equal(query.Rules.Count, needed.Count);
            Assert.All(needed, rule => Assert.True(rule.IsCoveredBy(loaded), $"{rule.Text(machine)} is not among the default rules"));
        }
    }

    private static IReadOnlyList<AuditRule> Compiled(string text, RuleEnvironment environment)
    {
        RuleSet set = RuleReader.Read(text, "a.rules", environment);
        Assert.DoesNotContain(set.Problems, problem => problem.IsError);
        return [.. set.Rules.Select(rule => rule.Rule)];
    }
}
