using Streams.Audit.Netlink;
using Streams.Audit.Rules;

namespace Streams.Audit.Tests.Rules;

/// <summary>A kernel's rules, with the errors that it has.</summary>
internal sealed class FakeKernel : IKernelRules
{
    public const int Eperm = 1;
    public const int Enoent = 2;
    public const int Eexist = 17;
    public const int Einval = 22;
    public const int Etimedout = 110;

    private readonly List<AuditRule> _rules = [];

    public bool IsLocked { get; set; }

    /// <summary>How many changes it takes before somebody locks it; null for any number.</summary>
    public int? LocksAfter { get; set; }

    /// <summary>How many changes it refused because it is locked.</summary>
    public int Locked { get; private set; }

    public bool HasOtherOwner { get; set; }

    /// <summary>Rules that are refused, by their text, and why.</summary>
    public Dictionary<string, int> Refused { get; } = [];

    /// <summary>Whether it does not list its rules.</summary>
    public bool IsSilent { get; set; }

    /// <summary>What was asked, in order: + and a rule for one that was added behind, ^ for one in front, - for one removed.</summary>
    public List<string> Requests { get; } = [];

    /// <summary>The rules as text.</summary>
    public IEnumerable<string> Texts => _rules.Select(Text);

    public IReadOnlyList<AuditRule> List() => IsSilent ? throw new AuditException("list the rules", Etimedout) : [.. _rules];

    public void Has(params IEnumerable<string> lines) => _rules.AddRange(lines.Select(TestEnvironment.Rule));

    public void Lose(string line) => Assert.True(_rules.Remove(TestEnvironment.Rule(line)));

    public void Add(AuditRule rule, bool inFront)
    {
        Change("load the rule");
        if (Refused.TryGetValue(Text(rule), out int number)) throw new AuditException("load the rule", number);
        if (_rules.Contains(rule)) throw new AuditException("load the rule", Eexist);
        Requests.Add((inFront ? "^ " : "+ ") + Text(rule));
        _rules.Insert(inFront ? 0 : _rules.Count, rule);
    }

    public void Delete(AuditRule rule)
    {
        Change("remove the rule");
        if (Refused.TryGetValue(Text(rule), out int number)) throw new AuditException("remove the rule", number);
        if (!_rules.Remove(rule)) throw new AuditException("remove the rule", Enoent);
        Requests.Add("- " + Text(rule));
    }

    private void Change(string doing)
    {
        IsLocked |= LocksAfter-- == 0;
        if (!IsLocked) return;
        Locked++;
        throw new AuditException(doing, Eperm);
    }

    private static string Text(AuditRule rule) => rule.Text(RuleMachine.X8664);
}
