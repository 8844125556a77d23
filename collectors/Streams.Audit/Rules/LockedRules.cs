namespace Streams.Audit.Rules;

/// <summary>
/// What nobody can help while rules are locked until the next boot, and is not worth an alert: they were loaded by an earlier run, or by
/// others.
/// </summary>
internal static class LockedRules
{
    /// <summary>Whether a rule could not be loaded because there is nothing to watch: then it is not missed.</summary>
    // audit_add_watch and audit_alloc_mark (kernel) ask for the folder that the file is in, audit_add_tree_rule for the folder itself.
    public static bool WatchesNothing(AuditRule rule, RuleEnvironment environment) => rule.Fields.Any(field => field.Number switch
    {
        RuleFields.Folder => !environment.IsFolder(field.Text!),
        RuleFields.Path or RuleFields.Executable => !environment.IsFolder(Path.GetDirectoryName(field.Text!) ?? "/"),
        _ => false,
    });

    /// <summary>Whether a rule keeps a run out that has ended, and so leaves nothing out now.</summary>
    public static bool IsOfEndedRun(AuditRule rule, RuleEnvironment environment, Func<int, bool> hasProcess) =>
        SelfRules.ProcessOf(rule, environment) is { } process && !hasProcess(process);
}
