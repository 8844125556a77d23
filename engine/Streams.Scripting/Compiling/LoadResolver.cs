using System.Collections.Concurrent;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;
using Streams.Events;

namespace Streams.Scripting.Compiling;

/// <summary>Finds the files that <c>#load</c> names, inside the queries folder only, and remembers which ones were read.</summary>
internal sealed class LoadResolver(ScriptFolder folder) : SourceReferenceResolver
{
    private readonly ConcurrentDictionary<string, byte[]> _loaded = new(StringComparer.Ordinal);

    public IEnumerable<ScriptInput> Loaded =>
        _loaded.OrderBy(file => file.Key, StringComparer.Ordinal).Select(file => new ScriptInput(file.Key, ScriptFolder.Hash(file.Value)));

    /// <summary>What is wrong with a path that a <c>#load</c> in a file names; null when nothing is.</summary>
    public (string Message, string Remedy)? Fault(string path, string loadedBy)
    {
        if (folder.Locate(path, loadedBy) is not { } located)
            return ($"#load \"{path}\" leads out of the queries folder", "keep helpers in lib/ there: #load \"lib/NAME.csx\"");
        if (!folder.Exists(located)) return ($"#load \"{path}\" finds no file", $"there should be one at {folder.Show(located)}");
        try
        {
            folder.Read(located);
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return ($"#load \"{path}\" cannot be read: {FailureText.Of(e)}", "check its permissions and its size");
        }
    }

    public override string? NormalizePath(string path, string? baseFilePath) => path;

    public override string? ResolveReference(string path, string? baseFilePath) =>
        folder.Locate(path, baseFilePath) is { } located && folder.Exists(located) ? located : null;

    public override Stream OpenRead(string resolvedPath) => new MemoryStream(_loaded.GetOrAdd(resolvedPath, folder.Read), writable: false);

    public override SourceText ReadText(string resolvedPath) => ScriptCompiler.Source(_loaded.GetOrAdd(resolvedPath, folder.Read));

    public override bool Equals(object? other) => ReferenceEquals(this, other);

    public override int GetHashCode() => System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(this);
}
