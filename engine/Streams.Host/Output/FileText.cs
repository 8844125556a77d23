namespace Streams.Host.Output;

/// <summary>Files in messages.</summary>
internal static class FileText
{
    /// <summary>A path as short as it can be written here: from the current folder for what is in it.</summary>
    public static string Shown(string path)
    {
        string here = Environment.CurrentDirectory + "/";
        return path.Length > here.Length && path.StartsWith(here, StringComparison.Ordinal) ? path[here.Length..] : path;
    }
}
