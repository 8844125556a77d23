using Streams.Audit.Rules;
using Streams.Host.Configuration;
using Streams.Scripting;

namespace Streams.Host.Live;

/// <summary>The audit rules that the configuration asks for.</summary>
internal static class ConfiguredRules
{
    /// <summary>Where they are written. As root, no file counts that others may write.</summary>
    public static RuleSources Of(CollectorSettings settings) => new()
    {
        Inline = settings.RulesText,
        Files = settings.RuleFiles,
        Distrust = EffectiveUser.Id == 0 ? TrustedPath.OfThisProcess.Check : _ => null,
    };
}
