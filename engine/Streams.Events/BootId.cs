namespace Streams.Events;

/// <summary>Identifies this run of the kernel.</summary>
public static class BootId
{
    /// <summary>The id of this boot; empty where it cannot be read.</summary>
    /// <param name="processes">The folder of the processes.</param>
    public static string Read(string processes = "/proc")
    {
        try
        {
            return File.ReadAllText(Path.Combine(processes, "sys/kernel/random/boot_id")).Trim();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
