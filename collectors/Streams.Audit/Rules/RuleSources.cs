using System.IO.Enumeration;
using System.Text;
using Streams.Events;

namespace Streams.Audit.Rules;

/// <summary>Where the rules that should be loaded are written: inline, in files, or nowhere, which means the default set.</summary>
public sealed class RuleSources
{
    // Larger ones are no rules; the largest published set has 60 kB.
    private const long MostBytes = 4 << 20;

    /// <summary>What <see cref="Inline"/> is called where a problem says its file; the line there is the rule's number.</summary>
    public const string InlineName = "collectors.audit.rules";

    /// <summary>Rules of the configuration, one each, in the syntax of auditctl(8); null for none.</summary>
    public IReadOnlyList<string>? Inline { get; init; }

    /// <summary>
    /// Files of rules. The last part of a path may have * and ?; what it matches is read in the order of the names' bytes, as
    /// augenrules(8) does, behind the inline rules.
    /// </summary>
    public IReadOnlyList<string> Files { get; init; } = [];

    /// <summary>Why a file is not to be read, since others may write it; null for a file that may be trusted.</summary>
    public Func<string, string?> Distrust { get; init; } = _ => null;

    /// <summary>The default rules.</summary>
    public static string DefaultRules { get; } = ReadDefault();

    /// <summary>Whether the rules that are loaded are to be left alone: the configuration has an empty list and names no file.</summary>
    public bool AreNone => Inline is { Count: 0 } && Files.Count == 0;

    /// <summary>Reads them as they are now.</summary>
    /// <param name="environment">What rules depend on beside their text.</param>
    /// <param name="isWhole">False when a file could not be read, so that rules may lack.</param>
    public RuleSet Read(RuleEnvironment environment, out bool isWhole)
    {
        isWhole = true;
        var reader = new RuleReader(environment);
        if (Inline is null && Files.Count == 0)
        {
            // Each has its b32 twin and a name that only one of them knows, which is no mistake here.
            RuleSet all = RuleReader.Read(DefaultRules, "default.rules", environment);
            return all with { Problems = [.. all.Problems.Where(problem => problem.IsError)] };
        }

        if (Inline is not null) reader.Add(Inline, InlineName);
        foreach (string pattern in Files)
        {
            string[] files = Expand(pattern);
            if (files.Length == 0) reader.Add(new RuleProblem(pattern, 0, 0, IsError: false, "no file is there by this name"));
            foreach (string file in files) isWhole &= TryAdd(reader, file);
        }

        return reader.Result;
    }

    /// <summary>The files that there are by their names, in the order in which they are read.</summary>
    internal IEnumerable<string> FindFiles() => Files.SelectMany(Expand);

    private bool TryAdd(RuleReader reader, string file)
    {
        try
        {
            string? fault = Distrust(file);
            if (fault is null && new FileInfo(file).Length > MostBytes)
                fault = $"has more than {MostBytes >> 20} MB, so it is no file of rules";
            if (fault is null)
            {
                reader.Add(File.ReadAllText(file, Encoding.UTF8), file);
                return true;
            }

            reader.Add(new RuleProblem(file, 0, 0, IsError: true, fault));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            string reason = error switch
            {
                FileNotFoundException or DirectoryNotFoundException => "there is no such file; check the path",
                UnauthorizedAccessException when Directory.Exists(file) =>
                    $"is a folder; name the files in it: {Path.Combine(file, "*.rules")}",
                UnauthorizedAccessException => "there is no permission to read it; run as a user who may",
                _ => $"cannot be read: {FailureText.Of(error)}",
            };
            reader.Add(new RuleProblem(file, 0, 0, IsError: true, reason));
        }

        return false;
    }

    private static string[] Expand(string pattern)
    {
        string name = Path.GetFileName(pattern);
        if (!name.AsSpan().ContainsAny('*', '?')) return [pattern];
        string folder = Path.GetDirectoryName(Path.GetFullPath(pattern))!;
        if (!Directory.Exists(folder)) return [];
        bool Matches(string file) => FileSystemName.MatchesSimpleExpression(name, Path.GetFileName(file), ignoreCase: false);
        try
        {
            string[] files = [.. Directory.EnumerateFiles(folder).Where(Matches)];
            Array.Sort(files, StringComparer.Ordinal);
            return files;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // Reading the folder's name as a file says what is wrong with it.
            return [pattern];
        }
    }

    private static string ReadDefault()
    {
        using Stream text = typeof(RuleSources).Assembly.GetManifestResourceStream("default.rules")!;
        return new StreamReader(text, Encoding.UTF8).ReadToEnd();
    }
}
