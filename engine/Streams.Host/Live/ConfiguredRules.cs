using Streams.Audit.Rules;
using Streams.Events;
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

    /// <summary>Where a problem stands: a rule of the configuration is a text in its file.</summary>
    public static Problem Place(RuleProblem problem, CollectorSettings settings)
    {
        if (problem.File != RuleSources.InlineName
            || settings.RulePlaces.ElementAtOrDefault(problem.Line - 1) is not { File: { } file } place)
        {
            return new Problem(problem.File, problem.Line, problem.Column, problem.Message);
        }

        // The text begins behind its quote.
        return new Problem(file, place.Line, place.Column + problem.Column, problem.Message);
    }
}
