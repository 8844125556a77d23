using System.Globalization;

namespace Streams.Audit.Rules;

/// <summary>The options of auditctl(8) that are no rules.</summary>
internal static class RuleControl
{
    // Options without a value that rule files have and that mean nothing here, or happen anyway.
    private static readonly string[] Ignored = ["-D", "-i", "-c", "-t", "--reset-lost", "--reset_backlog_wait_time_actual"];

    // Options that ask auditctl for something.
    private static readonly string[] Commands = ["-l", "-s", "-v", "-h", "-m", "-R", "--signal"];

    /// <summary>Applies a line of control options.</summary>
    /// <returns>False if the line is a rule.</returns>
    /// <exception cref="RuleException">An option or its value is wrong.</exception>
    public static bool TryApply(List<RuleWord> words, ref RuleSettings settings, Action<int, string> warn)
    {
        RuleWord option = words[0];
        if (Array.IndexOf(Commands, option.Text) >= 0)
            throw new RuleException(option.Column, $"{option.Text} is a command of auditctl and no rule; leave it out");
        if (option.Text == "-q")
        {
            warn(option.Column, "equivalent trees are not set here; watch both folders instead");
            return true;
        }

        // -D may have a key, which makes no difference: the loaded rules become those that are written.
        if (Array.IndexOf(Ignored, option.Text) >= 0) return true;
        if (option.Text == "--loginuid-immutable")
        {
            settings = settings with { LoginUidImmutable = true };
            return true;
        }

        switch (option.Text)
        {
            case "-b":
                settings = settings with { BacklogLimit = Value(words, uint.MaxValue) };
                return true;
            case "-f":
                settings = settings with { FailureMode = Value(words, 2) };
                return true;
            case "-e":
                settings = settings with { Enabled = Value(words, 2) };
                if (settings.Enabled == 0) warn(words[1].Column, "auditing is on while streams runs; leave it out");
                return true;
            case "-r":
                settings = settings with { RateLimit = Value(words, uint.MaxValue) };
                return true;
            case "--backlog_wait_time":
                settings = settings with { BacklogWaitTime = Value(words, uint.MaxValue) };
                return true;
            default:
                return false;
        }
    }

    private static uint Value(List<RuleWord> words, uint most)
    {
        if (words.Count == 1) throw new RuleException(words[0].Column, $"{words[0].Text} needs a number");
        if (words.Count > 2) throw new RuleException(words[2].Column, $"{words[2].Text} is too much; write one option a line");
        if (uint.TryParse(words[1].Text, NumberStyles.None, CultureInfo.InvariantCulture, out uint value) && value <= most) return value;
        throw new RuleException(words[1].Column, $"{words[1].Text} is no number from 0 to {most}");
    }
}
