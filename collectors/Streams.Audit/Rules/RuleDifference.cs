namespace Streams.Audit.Rules;

/// <summary>How the rules that are loaded differ from those that should be, and the way from one to the other.</summary>
/// <remarks>
/// The first rule of a list that matches decides, so the order between never-rules and the others counts. The order among rules of one
/// action only decides whose key a record gets, and is left as it is; except that what is done to this process is known by its key
/// (<see cref="SelfRules.GuardKey"/>). So rules are ordered by runs: rules that follow each other and are of one action and one of these
/// two kinds. The kernel adds a rule in front of or behind all others and holds each once, so that a rule that stands in a wrong place is
/// removed and added again, one after the other, and as few as can be.
/// </remarks>
public sealed class RuleDifference
{
    // Rules of more runs are compared with the whole list or with one run of it alone.
    private const int MostRuns = 12;

    private readonly List<AuditRule> _missing = [];
    private readonly List<AuditRule> _foreign = [];
    private readonly List<AuditRule> _misplaced = [];
    private readonly List<RuleStep> _steps = [];

    private RuleDifference()
    {
    }

    /// <summary>Rules that should be loaded and are not.</summary>
    public IReadOnlyList<AuditRule> Missing => _missing;

    /// <summary>Rules that are loaded and should not be.</summary>
    public IReadOnlyList<AuditRule> Foreign => _foreign;

    /// <summary>Rules that are loaded on the wrong side of a rule of another run.</summary>
    public IReadOnlyList<AuditRule> Misplaced => _misplaced;

    /// <summary>What makes all that should be loaded so, in order; rules that should not be are left alone.</summary>
    internal IReadOnlyList<RuleStep> Steps => _steps;

    /// <summary>Compares.</summary>
    /// <param name="desired">The rules that should be loaded, each list in the order in which it is to be matched.</param>
    /// <param name="loaded">The rules that are loaded, in the kernel's order.</param>
    public static RuleDifference Between(IReadOnlyList<AuditRule> desired, IReadOnlyList<AuditRule> loaded)
    {
        var difference = new RuleDifference();
        var wanted = new HashSet<AuditRule>(desired);
        difference._foreign.AddRange(loaded.Where(rule => !wanted.Contains(rule)));
        foreach (IGrouping<RuleList, AuditRule> list in desired.GroupBy(rule => rule.List))
            difference.Compare([.. list], [.. loaded.Where(rule => rule.List == list.Key && wanted.Contains(rule))]);
        return difference;
    }

    private void Compare(AuditRule[] desired, AuditRule[] loaded)
    {
        var runs = new Dictionary<AuditRule, int>();
        int run = 0;
        for (int at = 0; at < desired.Length; at++)
        {
            if (at > 0 && !AreOfOneRun(desired[at], desired[at - 1])) run++;
            runs[desired[at]] = run;
        }

        var present = new HashSet<AuditRule>(loaded);
        _missing.AddRange(desired.Where(rule => !present.Contains(rule)));
        int leading = desired.TakeWhile(Leads).Select(rule => runs[rule] + 1).LastOrDefault();
        (HashSet<AuditRule> kept, int first, int last) = Keep(desired, loaded, runs, run, leading);
        HashSet<AuditRule> ordered = InOrder(loaded, runs, run);
        _misplaced.AddRange(loaded.Where(rule => !ordered.Contains(rule)));

        // Behind the kept ones go those of the last run and later, before them those of the first and earlier. The runs that lead go before
        // the rules of others as well.
        bool GoesInFront(AuditRule rule) => runs[rule] < first || (runs[rule] == first && (first < last || first < leading));
        AuditRule[] placed = [.. desired.Where(rule => !kept.Contains(rule))];
        foreach (AuditRule rule in placed.Where(GoesInFront).Reverse()) Place(rule, RuleStepKind.Prepend);
        foreach (AuditRule rule in placed.Where(rule => !GoesInFront(rule))) Place(rule, RuleStepKind.Append);

        void Place(AuditRule rule, RuleStepKind kind)
        {
            if (present.Contains(rule)) _steps.Add(new RuleStep(RuleStepKind.Delete, rule));
            _steps.Add(new RuleStep(kind, rule));
        }
    }

    // What leaves something out and what is about this process, as far as nothing else stands before it.
    private static bool Leads(AuditRule rule) => rule.Action == RuleAction.Never || SelfRules.IsGuard(rule);

    private static bool AreOfOneRun(AuditRule rule, AuditRule before) =>
        rule.Action == before.Action && SelfRules.IsGuard(rule) == SelfRules.IsGuard(before);

    // The rules that can stay where they are: of the runs first to last, those between complete, as nothing can be put there; so of the
    // first those that stand before these, of the last those behind them.
    private static (HashSet<AuditRule> Kept, int First, int Last) Keep(
        AuditRule[] desired, AuditRule[] loaded, Dictionary<AuditRule, int> runs, int lastRun, int leading)
    {
        (HashSet<AuditRule> Kept, int First, int Last) best = ([], leading, leading);
        for (int first = 0; first <= lastRun; first++)
        {
            for (int last = lastRun; last >= first; last--)
            {
                if (lastRun >= MostRuns && first != last && (first, last) != (0, lastRun)) continue;
                bool IsBetween(AuditRule rule) => runs[rule] > first && runs[rule] < last;
                int begin = Array.FindIndex(loaded, IsBetween);
                int end = Array.FindLastIndex(loaded, IsBetween);
                IEnumerable<AuditRule> around = loaded.Where((rule, at) =>
                    IsBetween(rule) || (runs[rule] == first && (begin < 0 || at < begin)) || (runs[rule] == last && at > end));
                HashSet<AuditRule> kept = InOrder([.. around], runs, lastRun);
                bool isComplete = desired.All(rule => !IsBetween(rule) || kept.Contains(rule));
                if (isComplete && kept.Sum(Weight) > best.Kept.Sum(Weight))
                    best = (kept, kept.Min(rule => runs[rule]), kept.Max(rule => runs[rule]));
            }
        }

        return best;
    }

    // While an always-rule is moved, what it is about is not recorded; while a never-rule is moved, only more is.
    private static int Weight(AuditRule rule) => rule.Action == RuleAction.Never ? 1 : 1000;

    // The heaviest part of the rules whose runs do not go back.
    private static HashSet<AuditRule> InOrder(AuditRule[] loaded, Dictionary<AuditRule, int> runs, int lastRun)
    {
        // By run: the place of the last rule of the heaviest part that ends in it.
        int[] ends = new int[lastRun + 1];
        Array.Fill(ends, -1);
        int[] before = new int[loaded.Length];
        int[] weights = new int[loaded.Length];
        int heaviest = -1;
        for (int at = 0; at < loaded.Length; at++)
        {
            int run = runs[loaded[at]];
            before[at] = -1;
            for (int earlier = 0; earlier <= run; earlier++)
            {
                if (ends[earlier] >= 0 && (before[at] < 0 || weights[ends[earlier]] > weights[before[at]])) before[at] = ends[earlier];
            }

            weights[at] = Weight(loaded[at]) + (before[at] < 0 ? 0 : weights[before[at]]);
            ends[run] = at;
            if (heaviest < 0 || weights[at] > weights[heaviest]) heaviest = at;
        }

        var kept = new HashSet<AuditRule>();
        for (int at = heaviest; at >= 0; at = before[at]) kept.Add(loaded[at]);
        return kept;
    }
}
