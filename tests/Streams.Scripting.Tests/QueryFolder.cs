namespace Streams.Scripting.Tests;

/// <summary>A queries folder of a test, with a cache folder beside it; both are gone after the test.</summary>
internal sealed class QueryFolder : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("streams-scripting-").FullName;

    public QueryFolder(params (string Name, string Text)[] files)
    {
        Directory.CreateDirectory(Path);
        foreach ((string name, string text) in files) Write(name, text);
    }

    public string Path => System.IO.Path.Combine(_root, "queries");

    public string Cache => System.IO.Path.Combine(_root, "cache");

    public string File(string name) => System.IO.Path.Combine(Path, name);

    public void Write(string name, string text)
    {
        string path = File(name);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        System.IO.File.WriteAllText(path, text);
    }

    public LoadResult Load(bool cached = false, params string[]? only) =>
        new ScriptLoader(new ScriptOptions { Folder = Path, CacheFolder = cached ? Cache : null }).Load(only is null or [] ? null : only);

    public void Dispose() => Directory.Delete(_root, recursive: true);
}
