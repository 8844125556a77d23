using System.Buffers.Text;

namespace Streams.Audit.Processes;

/// <summary>
/// The accounts of <c>/etc/passwd</c> or <c>/etc/group</c>, read again when the file has changed. Not safe for several threads.
/// </summary>
public sealed class AccountFile(string path)
{
    // Larger ones are for a directory service to hold.
    private const long MaxBytes = 16 << 20;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private Dictionary<uint, byte[]> _names = [];
    private (DateTime Written, long Length) _seen;
    private long _lookedAt;
    private bool _hasLooked;

    /// <summary>Looks whether the file has changed, at most once a second, and reads it if so.</summary>
    /// <returns>Whether there are other names than before.</returns>
    public bool Refresh(TimeProvider clock)
    {
        if (_hasLooked && clock.GetElapsedTime(_lookedAt) < Interval) return false;
        _hasLooked = true;
        _lookedAt = clock.GetTimestamp();
        try
        {
            var file = new FileInfo(path);
            if (!file.Exists || file.Length > MaxBytes || _seen == (file.LastWriteTimeUtc, file.Length)) return false;
            _seen = (file.LastWriteTimeUtc, file.Length);
            _names = Parse(File.ReadAllBytes(path));
            return true;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // It is just being replaced, or not for us: the names from before stay good.
            return false;
        }
    }

    /// <summary>The name of an id as a record has it; null when the file does not hold it.</summary>
    public byte[]? Find(uint id) => _names.GetValueOrDefault(id);

    /// <summary>
    /// Reads <c>name:password:id:…</c> lines (passwd(5), group(5)); of several with one id the first counts, as for getpwuid.
    /// </summary>
    internal static Dictionary<uint, byte[]> Parse(ReadOnlySpan<byte> text)
    {
        var names = new Dictionary<uint, byte[]>();
        while (!text.IsEmpty)
        {
            int end = text.IndexOf((byte)'\n');
            ReadOnlySpan<byte> line = end < 0 ? text : text[..end];
            text = end < 0 ? default : text[(end + 1)..];
            int name = line.IndexOf((byte)':');
            if (name <= 0 || line[0] is (byte)'#' or (byte)'+' or (byte)'-') continue;
            int password = line[(name + 1)..].IndexOf((byte)':');
            if (password < 0) continue;
            ReadOnlySpan<byte> rest = line[(name + password + 2)..];
            if (Utf8Parser.TryParse(rest, out uint id, out int used) && (used == rest.Length || rest[used] == ':'))
                names.TryAdd(id, RecordText.Encode(line[..name]));
        }

        return names;
    }
}
