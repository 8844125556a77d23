using System.Runtime.Loader;
using Streams.Engine;

namespace Streams.Scripting;

/// <summary>One generation of the scripts: the queries of those that are right, and what is wrong with the others.</summary>
public sealed class LoadResult : IDisposable
{
    private AssemblyLoadContext? _context;

    internal LoadResult(AssemblyLoadContext context, IReadOnlyList<QueryDefinition> queries, IReadOnlyList<ScriptError> errors)
    {
        _context = context;
        Queries = queries;
        Errors = errors;
    }

    /// <summary>The queries, in the order of their scripts' names.</summary>
    public IReadOnlyList<QueryDefinition> Queries { get; private set; }

    /// <summary>What is wrong, in the order of file and line.</summary>
    public IReadOnlyList<ScriptError> Errors { get; }

    /// <summary>
    /// What cost no query: a cache folder that others may write, which costs time, or names in scripts that are probably misspelt.
    /// </summary>
    public IReadOnlyList<ScriptError> Notices { get; init; } = [];

    /// <summary>How many scripts were compiled because the cache did not have them.</summary>
    public int Compiled { get; init; }

    /// <summary>How many scripts came from the cache.</summary>
    public int Cached { get; init; }

    /// <summary>Where the compiled scripts are loaded; null once they are let go.</summary>
    internal AssemblyLoadContext? Context => _context;

    /// <summary>
    /// Lets go of the compiled scripts. Where <see cref="ScriptOptions.CanUnload"/>, they leave memory once nothing holds a query, a
    /// subscription or a delegate of them any more.
    /// </summary>
    public void Dispose()
    {
        Queries = [];
        if (_context is { IsCollectible: true }) _context.Unload();
        _context = null;
    }
}
