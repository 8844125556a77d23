using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.Loader;
using Streams.Engine;
using Streams.Events;

namespace Streams.Scripting;

/// <summary>
/// Makes queries of the scripts in a folder. What the cache has is loaded without the compiler, which alone takes most of a second to
/// start; the rest is compiled. An error in one script never stops the others.
/// </summary>
public sealed class ScriptLoader
{
    /// <summary>The name of the contexts that scripts are loaded into.</summary>
    internal const string ContextName = "queries";

    private readonly ScriptOptions _options;

    /// <summary>Makes a loader; nothing is read yet.</summary>
    public ScriptLoader(ScriptOptions options) => _options = options;

    /// <summary>Loads one generation of the scripts, as they are on disk now.</summary>
    /// <param name="onlyNames">The names of the queries to keep; null keeps all. A name that no script has is an error.</param>
    public LoadResult Load(IReadOnlyCollection<string>? onlyNames = null)
    {
        List<ScriptError> errors = [];
        List<ScriptError> notices = [];
        AssemblyLoadContext context = new(ContextName, isCollectible: _options.CanUnload);
        if (!Directory.Exists(_options.Folder))
        {
            string fault = File.Exists(_options.Folder) ? "is a file, not a folder of queries" : "there is no such folder of queries";
            errors.Add(new ScriptError(_options.Folder, 0, 0, fault, "name the folder with --queries"));
            return new LoadResult(context, [], errors);
        }

        ScriptFolder folder = new(_options.Folder, _options.Trusted);
        Script[] scripts = ReadScripts(folder, errors);
        ScriptCache? cache = OpenCache(notices);
        Dictionary<string, CompiledScript> known = cache?.Read() ?? [];
        Dictionary<string, byte[]?> hashes = new(StringComparer.Ordinal);
        int cached = 0;
        foreach (Script script in scripts)
        {
            if (!known.TryGetValue(script.Name, out CompiledScript? compiled)) continue;
            if (!IsCurrent(compiled, script.Text, folder, hashes)) continue;
            script.Compiled = compiled;
            cached++;
        }

        int made = cached < scripts.Length ? Compile(folder, scripts) : 0;
        if (made > 0 && cache is not null) Keep(cache, scripts, notices);
        foreach (Script endless in LimitedThreads<Script>.Run(scripts, Threads(scripts), script => Run(context, folder, script), MostTime))
            endless.IsLeftBehind = true;
        List<QueryDefinition> queries = Collect(folder, scripts, errors, notices);
        if (onlyNames is not null) queries = Select(queries, onlyNames, errors);
        errors.Sort(static (left, right) =>
        {
            int order = string.CompareOrdinal(left.File, right.File);
            if (order == 0) order = left.Line.CompareTo(right.Line);
            return order != 0 ? order : left.Column.CompareTo(right.Column);
        });
        return new LoadResult(context, queries, errors) { Notices = notices, Compiled = made, Cached = cached };
    }

    private static Script[] ReadScripts(ScriptFolder folder, List<ScriptError> errors)
    {
        List<Script> scripts = [];
        try
        {
            foreach (string name in folder.Scripts())
            {
                try
                {
                    scripts.Add(new Script(name, folder.Read(name)));
                }
                catch (UnauthorizedAccessException)
                {
                    errors.Add(new ScriptError(
                        folder.Show(name), 0, 0, "the script cannot be read: this user may not", "check its permissions"));
                }
                catch (IOException e)
                {
                    errors.Add(new ScriptError(folder.Show(name), 0, 0, $"the script cannot be read: {FailureText.Of(e)}"));
                }
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            errors.Add(new ScriptError(
                folder.Path, 0, 0, $"the folder of queries cannot be read: {FailureText.Of(e)}", "check its permissions"));
        }
        return [.. scripts];
    }

    private ScriptCache? OpenCache(List<ScriptError> notices)
    {
        if (_options.CacheFolder is not { } path) return null;
        if (PrivateFolder.Prepare(path) is not { } fault) return new ScriptCache(path, _options.Folder);
        notices.Add(new ScriptError(path, 0, 0, $"{fault.Message}, so scripts are compiled in memory at each start", fault.Remedy));
        return null;
    }

    private static void Keep(ScriptCache cache, Script[] scripts, List<ScriptError> notices)
    {
        try
        {
            cache.Write([.. scripts.Select(script => script.Compiled).OfType<CompiledScript>()]);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            notices.Add(new ScriptError(
                "compiled scripts", 0, 0, $"they cannot be written, so the next start compiles again: {FailureText.Of(e)}"));
        }
    }

    // hashes: what the #loads of earlier scripts came to; null for a file that is not there or cannot be read.
    private static bool IsCurrent(CompiledScript script, byte[] text, ScriptFolder folder, Dictionary<string, byte[]?> hashes)
    {
        if (!script.Inputs[0].Hash.Span.SequenceEqual(ScriptFolder.Hash(text))) return false;
        for (int i = 1; i < script.Inputs.Count; i++)
        {
            ScriptInput input = script.Inputs[i];
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
    private static int Compile(ScriptFolder folder, Script[] scripts)
    {
        Compiling.ScriptCompiler compiler = new(folder);
        Script[] missing = [.. scripts.Where(script => script.Compiled is null)];
        Each(missing, script => script.Compiled = compiler.Compile(script.Name, script.Text, script.Errors));
        return missing.Count(script => script.Compiled is not null);
    }

    // Nearly all the time goes into compiling, by the script compiler or by the runtime, and scripts know nothing of each other.
    private static void Each(Script[] scripts, Action<Script> action)
    {
        int next = -1;
        void Work()
        {
            for (int i = Interlocked.Increment(ref next); i < scripts.Length; i = Interlocked.Increment(ref next)) action(scripts[i]);
        }

        // The caller's own stack may be small: the limit of the process (ulimit -s), or of a thread, is not ours.
        Thread[] workers = new Thread[Threads(scripts)];
        for (int i = 0; i < workers.Length; i++)
        {
            workers[i] = new Thread(Work, Compiling.Nesting.StackSize) { IsBackground = true, Name = "scripts" };
            workers[i].Start();
        }
        foreach (Thread worker in workers) worker.Join();
    }

    private static int Threads(Script[] scripts) => Math.Clamp(Math.Min(Environment.ProcessorCount, scripts.Length), 1, MaxThreads);

    private const int MaxThreads = 8;

    // A script needs a few hundredths of a second to make its queries and compose them.
    private static readonly TimeSpan MostTime = TimeSpan.FromSeconds(5);

    private static void Run(AssemblyLoadContext context, ScriptFolder folder, Script script)
    {
        if (script.Compiled is not { } compiled) return;
        QueryScript host = new();
        try
        {
            // Of an empty script the compiler makes no assembly.
            if (compiled.Assembly.Length > 0) Start(context.LoadFromStream(Bytes(compiled.Assembly), Bytes(compiled.Symbols)), host);
        }
        catch (Exception e)
        {
            ScriptError otherwise = new(folder.Show(script.Name), 0, 0, "", "none of its queries runs");
            script.Errors.Add(ScriptFault.Locate(e, folder.Show, otherwise));
            return;
        }

        if (host.Queries.Count == 0)
        {
            script.Errors.Add(new ScriptError(
                folder.Show(script.Name), 0, 0, "the script has no query",
                "end it with .Alert(…), or move it to lib/ when it only helps others"));
        }
        foreach (QueryDefinition query in host.Queries)
        {
            if (Try(query) is not { } fault)
            {
                script.Queries.Add(query);
                continue;
            }
            ScriptError otherwise = new(folder.Show(query.File!), query.Line, 0, "", $"{query.Name} does not run");
            script.Errors.Add(ScriptFault.Locate(fault, folder.Show, otherwise));
        }
    }

    // The compiler makes an async method of a script, although none awaits: it is refused. Its body is run as it is, without the three
    // methods around it, which the runtime would have to compile for each script: a third of the time that starting one takes.
    private static void Start(Assembly assembly, QueryScript host)
    {
        const BindingFlags Any = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;
        Type type = assembly.GetType(EntryType, throwOnError: true)!;
        Type bodyType = Array.Find(type.GetNestedTypes(Any), nested => nested.IsAssignableTo(typeof(IAsyncStateMachine)))!;
        object script = type.GetConstructors(Any)[0].Invoke([new object?[] { host, null }]);
        IAsyncStateMachine body = (IAsyncStateMachine)RuntimeHelpers.GetUninitializedObject(bodyType);
        bodyType.GetField("<>4__this", Any)?.SetValue(body, script); // A body that uses nothing of the script has none.
        bodyType.GetField("<>1__state", Any)!.SetValue(body, -1);
        body.MoveNext();
        ((AsyncTaskMethodBuilder<object>)bodyType.GetField("<>t__builder", Any)!.GetValue(body)!).Task.GetAwaiter().GetResult();
    }

    private static List<QueryDefinition> Collect(
        ScriptFolder folder, Script[] scripts, List<ScriptError> errors, List<ScriptError> notices)
    {
        List<QueryDefinition> queries = [];
        foreach (Script script in scripts)
        {
            if (script.IsLeftBehind)
            {
                errors.Add(new ScriptError(
                    folder.Show(script.Name), 0, 0,
                    $"the script has used {MostTime.TotalSeconds:0} s of processor time and has not come to its end, "
                        + "so none of its queries runs",
                    "look for a loop in what it does when it is loaded"));
                continue;
            }

            errors.AddRange(script.Errors);
            notices.AddRange(script.Compiled?.Doubts.Select(doubt => doubt with { File = folder.Show(doubt.File) }) ?? []);
            foreach (QueryDefinition query in script.Queries)
            {
                if (queries.Find(other => other.Name == query.Name) is { } first)
                {
                    errors.Add(new ScriptError(
                        folder.Show(query.File!), query.Line, 0,
                        $"the query name {query.Name} is taken by {folder.Show(first.File!)}:{first.Line}",
                        "give one of them another name; the first one runs"));
                    continue;
                }
                queries.Add(query);
            }
        }
        return queries;
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

    private List<QueryDefinition> Select(List<QueryDefinition> queries, IReadOnlyCollection<string> names, List<ScriptError> errors)
    {
        // A file that does not compile may hold the query: then that is the mistake.
        bool MayBeIn(ScriptError error, string name) => Path.GetFileNameWithoutExtension(error.File) == name;
        foreach (string name in names.Where(name => !queries.Exists(query => query.Name == name)))
        {
            if (errors.Exists(error => MayBeIn(error, name))) continue;
            string[] all = [.. queries.Select(query => query.Name).Order(StringComparer.Ordinal)];
            string remedy = Nearest.To(name, all) is { } meant ? $"did you mean {meant}?"
                : all.Length == 0 ? "there are none"
                : $"there are {string.Join(", ", all)}";
            errors.Add(new ScriptError(_options.Folder, 0, 0, $"no query is named {name}", remedy));
        }
        return queries.FindAll(query => names.Contains(query.Name));
    }

    private static MemoryStream Bytes(ReadOnlyMemory<byte> bytes) =>
        System.Runtime.InteropServices.MemoryMarshal.TryGetArray(bytes, out ArraySegment<byte> array)
            ? new MemoryStream(array.Array!, array.Offset, array.Count, writable: false)
            : new MemoryStream(bytes.ToArray(), writable: false);

    // One file on its way to queries.
    private sealed class Script(string name, byte[] text)
    {
        public string Name { get; } = name;
        public byte[] Text { get; } = text;
        public CompiledScript? Compiled { get; set; }
        public List<QueryDefinition> Queries { get; } = [];
        public List<ScriptError> Errors { get; } = [];

        // Its thread may still add to the lists.
        public bool IsLeftBehind { get; set; }
    }
}
