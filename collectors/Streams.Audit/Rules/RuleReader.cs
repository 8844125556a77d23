namespace Streams.Audit.Rules;

/// <summary>Compiles texts in the syntax of audit.rules(7) into one set of rules.</summary>
/// <remarks>A line that is wrong is reported and left out; the others count. Not safe for use from several threads.</remarks>
public sealed class RuleReader(RuleEnvironment environment)
{
    // Far more than any published set has, and few enough to compare in a moment.
    private const int MostRules = 10_000;

    private readonly List<PlacedRule> _rules = [];
    private readonly Dictionary<AuditRule, PlacedRule> _known = [];
    private readonly List<RuleProblem> _problems = [];
    private RuleSettings _settings = new();
    private bool _isFull;

    /// <summary>The rules of what was added so far.</summary>
    public RuleSet Result => new(
        [.. _rules.Where(rule => rule.InFront).Reverse(), .. _rules.Where(rule => !rule.InFront)], _settings, [.. _problems]);

    /// <summary>Compiles one text.</summary>
    /// <param name="text">Its content.</param>
    /// <param name="file">The file, or what else it is, for messages.</param>
    /// <param name="environment">What the rules depend on beside their text.</param>
    public static RuleSet Read(string text, string file, RuleEnvironment environment)
    {
        var reader = new RuleReader(environment);
        reader.Add(text, file);
        return reader.Result;
    }

    /// <summary>Adds the rules of a text.</summary>
    /// <param name="text">Its content.</param>
    /// <param name="file">The file, or what else it is, for messages.</param>
    public void Add(string text, string file) => Add(text.TrimStart('\ufeff').ReplaceLineEndings("\n").Split('\n'), file);

    /// <summary>Adds rules, one a line.</summary>
    /// <param name="lines">The lines.</param>
    /// <param name="file">What they stand in, for messages.</param>
    public void Add(IReadOnlyList<string> lines, string file)
    {
        for (int at = 0; at < lines.Count && !_isFull; at++)
        {
            if (RuleLine.Compile(lines[at], file, at + 1, environment, ref _settings, _problems) is { } rule) Add(rule);
        }
    }

    /// <summary>Adds something that is wrong with a source of rules.</summary>
    public void Add(RuleProblem problem) => _problems.Add(problem);

    private void Add(PlacedRule rule)
    {
        if (_known.TryGetValue(rule.Rule, out PlacedRule? first))
        {
            Report(rule, isError: false, $"is the same rule as {first.File}:{first.Line}, and counts once");
            return;
        }

        if (_rules.Count == MostRules)
        {
            _isFull = true;
            Report(rule, isError: true, $"there are more than {MostRules} rules; this one and all behind it are left out");
            return;
        }

        _known.Add(rule.Rule, rule);
        _rules.Add(rule);
    }

    private void Report(PlacedRule rule, bool isError, string message) =>
        _problems.Add(new RuleProblem(rule.File, rule.Line, 0, isError, message));
}
