using System.Globalization;

namespace Streams.Audit.Rules;

/// <summary>Ids from passwd(5) and group(5), which have the id in the third field.</summary>
internal static class AccountIds
{
    /// <summary>The id of a name; null if the file has no such name or cannot be read.</summary>
    public static uint? Find(string file, string name)
    {
        try
        {
            foreach (string line in File.ReadLines(file))
            {
                string[] fields = line.Split(':');
                if (fields.Length <= 2 || fields[0] != name) continue;
                if (uint.TryParse(fields[2], NumberStyles.None, CultureInfo.InvariantCulture, out uint id)) return id;
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }

        return null;
    }
}
