using System.Collections.Concurrent;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;
using Streams.Events;

namespace Streams.Scripting.Compiling;

/// <summary>Finds the files that <c>#load</c> names, inside the queries folder only, and remembers which ones were read.</summary>
internal sealed class LoadResolver(ScriptFolder folder) : SourceReferenceResolver
{
    private readonly ConcurrentDictionary<string, byte[]> _loaded = new(StringComparer.Ordinal);

    // How many files in a row lead to a file that was loaded; the script itself is not in it.
    private readonly ConcurrentDictionary<string, int> _depths = new(StringComparer.Ordinal);

    public IEnumerable<ScriptInput> Loaded =>
        _loaded.OrderBy(file => file.Key, StringComparer.Ordinal).Select(file => new ScriptInput(file.Key, ScriptFolder.Hash(file.Value)));

    /// <summary>What is wrong with a path that a <c>#load</c> in a file names; null when nothing is.</summary>
    public (string Message, string Remedy)? Fault(string path, string loadedBy)
    {
        if (folder.Locate(path, loadedBy) is not { } located)
            return ($"#load \"{path}\" leads out of the queries folder", "keep helpers in lib/ there: #load \"lib/NAME.csx\"");
        if (!folder.Exists(located)) return ($"#load \"{path}\" finds no file", $"there should be one at {folder.Show(located)}");
        if (!_depths.ContainsKey(located) && IsTooDeep(loadedBy))
        {
            return ($"#load \"{path}\" is the last of more than {Nesting.MaxLoads} files that load each other",
                "load it from the script itself");
        }
        try
        {
            string text = ScriptCompiler.Source(folder.Read(located)).ToString();
            return Nesting.TooDeep(text) is { } place
                ? ($"#load \"{path}\" is {Nesting.Message} in line {text.AsSpan(0, place).Count('\n') + 1}", Nesting.Remedy)
                : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return ($"#load \"{path}\" cannot be read: {FailureText.Of(e)}", "check its permissions and its size");
        }
    }

    public override string? NormalizePath(string path, string? baseFilePath) => path;

    // The compiler recurses for each file that loads the next.
    public override string? ResolveReference(string path, string? baseFilePath)
    {
        if (folder.Locate(path, baseFilePath) is not { } located || !folder.Exists(located)) return null;
        if (_depths.ContainsKey(located)) return located;
        if (Fault(path, baseFilePath ?? "") is not null) return null;
        _depths.TryAdd(located, Depth(baseFilePath) + 1);
        return located;
    }

    private bool IsTooDeep(string? loadedBy) => Depth(loadedBy) >= Nesting.MaxLoads;

    private int Depth(string? file) => file is null ? 0 : _depths.GetValueOrDefault(file);

    public override Stream OpenRead(string resolvedPath) => new MemoryStream(_loaded.GetOrAdd(resolvedPath, folder.Read), writable: false);

    public override SourceText ReadText(string resolvedPath) => ScriptCompiler.Source(_loaded.GetOrAdd(resolvedPath, folder.Read));

    public override bool Equals(object? other) => ReferenceEquals(this, other);

    public override int GetHashCode() => System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(this);
}
