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

    /// <summary>Why a file could not be had, without its path, which the message has already.</summary>
    public static string Reason(Exception error)
    {
        if (error is UnauthorizedAccessException) return "this user may not";
        if (error is FileNotFoundException or DirectoryNotFoundException) return "there is no such file";
        // The runtime puts the path behind what the system says: "No space left on device : '/path'".
        int path = error.Message.IndexOf(" : '", StringComparison.Ordinal);
        return (path < 0 ? error.Message : error.Message[..path]).TrimEnd('.');
    }
}
