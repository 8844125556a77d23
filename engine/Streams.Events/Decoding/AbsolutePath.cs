namespace Streams.Events.Decoding;

/// <summary>
/// What the name in a PATH record means on the host. By the text alone: links are not followed. A name that is relative to a descriptor
/// has no such path (<see cref="PathOrigin"/>).
/// </summary>
internal static class AbsolutePath
{
    public static string Of(string name, string? folder)
    {
        bool isAbsolute = name.StartsWith('/');
        if (!isAbsolute && folder is null) return name;
        string path = isAbsolute ? name : folder + "/" + name;
        return IsPlain(path) ? path : Simplified(path);
    }

    private static bool IsPlain(string path) =>
        !path.Contains("//", StringComparison.Ordinal) && !path.Contains("/.", StringComparison.Ordinal)
            && (path.Length == 1 || !path.EndsWith('/'));

    private static string Simplified(string path)
    {
        var parts = new List<string>();
        foreach (string part in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (part == "..")
            {
                if (parts.Count > 0) parts.RemoveAt(parts.Count - 1);
            }
            else if (part != ".")
            {
                parts.Add(part);
            }
        }

        return "/" + string.Join('/', parts);
    }
}
