using Microsoft.Win32.SafeHandles;

namespace Streams.Audit;

/// <summary>
/// The first bytes of an open log. A log only grows, so that other ones say that it was truncated and filled again, also beyond what was
/// read of it. The first line of an audit log has a stamp and a serial in these bytes, unless its host has a name that is longer.
/// </summary>
internal sealed class LogHead
{
    private const int Longest = 256;

    private readonly byte[] _known = new byte[Longest];
    private int _length;

    /// <summary>Forgets them: another file, or another beginning.</summary>
    public void Forget() => _length = 0;

    /// <summary>Whether a file still begins with what is known; what it has beyond that is known from then on.</summary>
    public bool IsOf(SafeFileHandle file)
    {
        Span<byte> now = stackalloc byte[Longest];
        now = now[..RandomAccess.Read(file, now, 0)];

        // A writer without O_APPEND writes on where it was, behind a hole: what is new is still where it is read.
        bool isHole = now.Length > 0 && now[0] == 0;
        if (!isHole && !now.StartsWith(_known.AsSpan(0, _length))) return false;
        now.CopyTo(_known);
        _length = now.Length;
        return true;
    }
}
