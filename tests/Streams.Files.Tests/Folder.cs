namespace Streams.Files.Tests;

/// <summary>A folder of a test, and a state folder beside it.</summary>
internal sealed class Folder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("files-");

    public Folder() => Directory.CreateDirectory(Tree);

    /// <summary>What is watched.</summary>
    public string Tree => Path.Combine(_folder.FullName, "tree");

    /// <summary>Where the baseline is.</summary>
    public string State => Path.Combine(_folder.FullName, "state");

    /// <summary>A path in the tree.</summary>
    public string At(string name) => Path.Combine(Tree, name);

    /// <summary>Writes a file, with its folders.</summary>
    public string Write(string name, string content = "")
    {
        string path = At(name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, content);
        return path;
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
