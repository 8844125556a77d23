namespace Streams.Files.Watching;

/// <summary>Understands one notice as the kernel has written it.</summary>
internal delegate void NoticeReader(ReadOnlySpan<byte> notice, Action<Notice> give);

/// <summary>A notice that cannot be understood costs itself: what it was about counts as missed, and is looked at again.</summary>
internal static class NoticeGuard
{
    public static void Take(ReadOnlySpan<byte> notice, NoticeReader read, Action<Notice> give, Action<Exception> failed)
    {
        try
        {
            read(notice, give);
        }
        catch (Exception error) when (FileFaults.IsContained(error))
        {
            failed(error);
            give(new Notice("", Happened.Overflow, IsFolder: true));
        }
    }
}
