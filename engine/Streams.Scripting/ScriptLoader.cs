using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.Loader;
using Streams.Engine;

namespace Streams.Scripting;

/// <summary>
/// Makes queries of the scripts in a folder. What the cache has is loaded without the compiler, which alone takes most of a second to
/// start; the rest is compiled. An error in one script never stops the others.
/// </summary>
public sealed class ScriptLoader
{
    private readonly ScriptOptions _options;

    /// <summary>Makes a loader; nothing is read yet.</summary>
    public ScriptLoader(ScriptOptions options) => _options = options;

    /// <summary>Loads one generation of the scripts, as they are on disk now.</summary>
    /// <param name="onlyNames">The names of the queries to keep; null keeps all. A name that no script has is an error.</param>
    public LoadResult Load(IReadOnlyCollection<string>? onlyNames = null)
    {
        List<ScriptError> errors = [];
        List<ScriptError> notices = [];
        AssemblyLoadContext context = new("queries", isCollectible: true);
        if (!Directory.Exists(_options.Folder))
        {
            errors.Add(new ScriptError(_options.Folder, 0, 0, "there is no such folder of queries", "name the folder with --queries"));
            return new LoadResult(context, [], errors);
        }

        ScriptFolder folder = new(_options.Folder);
        Dictionary<string, ReadOnlyMemory<byte>> texts = ReadScripts(folder, errors);
        ScriptCache? cache = OpenCache(notices);
        Dictionary<string, CompiledScript> known = cache?.Read() ?? [];
        SortedDictionary<string, CompiledScript> compiled = new(StringComparer.Ordinal);
        Dictionary<string, byte[]?> hashes = new(StringComparer.Ordinal);
        foreach ((string name, ReadOnlyMemory<byte> text) in texts)
        {
            if (known.TryGetValue(name, out CompiledScript? script) && IsCurrent(script, text.Span, folder, hashes)) compiled[name] = script;
        }

        int cached = compiled.Count;
        if (cached < texts.Count) Compile(folder, texts, compiled, errors);
        int made = compiled.Count - cached;
        if (made > 0 && cache is not null) Keep(cache, compiled.Values, notices);

        List<QueryDefinition> queries = [];
        foreach (CompiledScript script in compiled.Values) Run(context, folder, script, queries, errors);
        if (onlyNames is not null) queries = Select(queries, onlyNames, errors);
        errors.Sort(static (left, right) =>
            (string.CompareOrdinal(left.File, right.File), left.Line.CompareTo(right.Line), left.Column.CompareTo(right.Column)).CompareTo((0, 0, 0)));
        return new LoadResult(context, queries, errors) { Notices = notices, Compiled = made, Cached = cached };
    }

    private static Dictionary<string, ReadOnlyMemory<byte>> ReadScripts(ScriptFolder folder, List<ScriptError> errors)
    {
        Dictionary<string, ReadOnlyMemory<byte>> texts = new(StringComparer.Ordinal);
        try
        {
            foreach (string name in folder.Scripts())
            {
                try
                {
                    texts.Add(name, folder.Read(name));
                }
                catch (Exception e) when (e is IOException or UnauthorizedAccessException)
                {
                    errors.Add(new ScriptError(folder.Show(name), 0, 0, $"the script cannot be read: {e.Message}", "check its permissions and its size"));
                }
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            errors.Add(new ScriptError(folder.Path, 0, 0, $"the folder of queries cannot be read: {e.Message}", "check its permissions"));
        }
        return texts;
    }

    private ScriptCache? OpenCache(List<ScriptError> notices)
    {
        if (_options.CacheFolder is not { } path) return null;
        if (PrivateFolder.Prepare(path) is not { } fault) return new ScriptCache(path, _options.Folder);
        notices.Add(new ScriptError(path, 0, 0, $"{fault.Message}, so scripts are compiled in memory at each start", fault.Remedy));
        return null;
    }

    private static void Keep(ScriptCache cache, IReadOnlyCollection<CompiledScript> scripts, List<ScriptError> notices)
    {
        try
        {
            cache.Write(scripts);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            notices.Add(new ScriptError("compiled scripts", 0, 0, $"they cannot be written, so the next start compiles again: {e.Message}"));
        }
    }

    // hashes: what the #loads of earlier scripts came to; null for a file that is not there or cannot be read.
    private static bool IsCurrent(CompiledScript script, ReadOnlySpan<byte> text, ScriptFolder folder, Dictionary<string, byte[]?> hashes)
    {
        if (!script.Inputs[0].Hash.Span.SequenceEqual(ScriptFolder.Hash(text))) return false;
        foreach (ScriptInput input in script.Inputs.Skip(1))
        {
            if (!hashes.TryGetValue(input.Path, out byte[]? hash)) hashes[input.Path] = hash = HashOf(input.Path, folder);
            if (hash is null || !input.Hash.Span.SequenceEqual(hash)) return false;
        }
        return true;
    }

    private static byte[]? HashOf(string path, ScriptFolder folder)
    {
        try
        {
            return folder.Locate(path, loadedBy: null) is { } located ? ScriptFolder.Hash(folder.Read(located)) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    // The only way to the compiler: as long as this method is not called, its assemblies are not loaded.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Compile(
        ScriptFolder folder, Dictionary<string, ReadOnlyMemory<byte>> texts, SortedDictionary<string, CompiledScript> compiled, List<ScriptError> errors)
    {
        KeyValuePair<string, ReadOnlyMemory<byte>>[] missing = [.. texts.Where(text => !compiled.ContainsKey(text.Key))];
        Compiling.ScriptCompiler compiler = new(folder);
        Lock gate = new();
        Parallel.ForEach(missing, script =>
        {
            List<ScriptError> faults = [];
            CompiledScript? result = compiler.Compile(script.Key, script.Value, faults);
            lock (gate)
            {
                if (result is not null) compiled.Add(script.Key, result);
                errors.AddRange(faults);
            }
        });
    }

    private static void Run(
        AssemblyLoadContext context, ScriptFolder folder, CompiledScript script, List<QueryDefinition> queries, List<ScriptError> errors)
    {
        QueryScript host = new();
        try
        {
            Assembly assembly = context.LoadFromStream(Bytes(script.Assembly), Bytes(script.Symbols));
            MethodInfo start = assembly.GetType(EntryType, throwOnError: true)!.GetMethod(EntryMethod, BindingFlags.Static | BindingFlags.NonPublic | BindingFlags.Public)!;
            start.CreateDelegate<Func<object?[], Task<object>>>()([host, null]).GetAwaiter().GetResult();
        }
        catch (Exception e)
        {
            errors.Add(ScriptFault.Locate(e, folder.Show, new ScriptError(folder.Show(script.Name), 0, 0, "", "none of its queries runs")));
            return;
        }

        if (host.Queries.Count == 0)
        {
            errors.Add(new ScriptError(
                folder.Show(script.Name), 0, 0, "the script has no query", "end it with .Alert(…), or move it to lib/ when it only helps others"));
        }
        foreach (QueryDefinition query in host.Queries)
        {
            if (queries.Find(other => other.Name == query.Name) is { } first)
            {
                errors.Add(new ScriptError(
                    folder.Show(query.File!), query.Line, 0, $"the query name {query.Name} is taken by {folder.Show(first.File!)}({first.Line})",
                    "give one of them another name; the first one runs"));
            }
            else if (Try(query) is { } fault)
            {
                errors.Add(ScriptFault.Locate(fault, folder.Show, new ScriptError(folder.Show(query.File!), query.Line, 0, "", $"{query.Name} does not run")));
            }
            else
            {
                queries.Add(query);
            }
        }
    }

    // Composes a query for an engine that gets no input: what From(…) throws, for instance on a query string, is an error of the script.
    private static Exception? Try(QueryDefinition query)
    {
        try
        {
            new QueryEngine(new EngineOptions(), [query], static _ => { }).Dispose();
            return null;
        }
        catch (Exception e)
        {
            return e;
        }
    }

    internal const string EntryType = "Script";
    private const string EntryMethod = "<Factory>";

    private List<QueryDefinition> Select(List<QueryDefinition> queries, IReadOnlyCollection<string> names, List<ScriptError> errors)
    {
        foreach (string name in names.Where(name => !queries.Exists(query => query.Name == name)))
        {
            string known = queries.Count == 0 ? "there are none" : $"there are {string.Join(", ", queries.Select(query => query.Name))}";
            errors.Add(new ScriptError(_options.Folder, 0, 0, $"no query is named {name}", known));
        }
        return queries.FindAll(query => names.Contains(query.Name));
    }

    private static MemoryStream Bytes(ReadOnlyMemory<byte> bytes) =>
        System.Runtime.InteropServices.MemoryMarshal.TryGetArray(bytes, out ArraySegment<byte> array)
            ? new MemoryStream(array.Array!, array.Offset, array.Count, writable: false)
            : new MemoryStream(bytes.ToArray(), writable: false);
}
