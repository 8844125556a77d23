using System.Buffers;
using Streams.Events;

namespace Streams.Notify;

/// <summary>
/// Appends alerts to a file, one line of JSON each. It is opened anew for each alert, so that one that was rotated away is left alone. A
/// new file belongs to this process's user alone (0600); the mode of one that is there is left as it is.
/// </summary>
/// <param name="options">Where.</param>
public sealed class FileNotifier(AlertFileOptions options) : INotifier
{
    private readonly ArrayBufferWriter<byte> _line = new(4096);
    private readonly FileStreamOptions _open = new()
    {
        Mode = FileMode.OpenOrCreate,
        Access = FileAccess.Write,
        Share = FileShare.ReadWrite | FileShare.Delete,
        BufferSize = 0,
        UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
    };

    /// <inheritdoc/>
    public string Name => "file";

    /// <inheritdoc/>
    public void Notify(Alert alert, CancellationToken stop)
    {
        _line.ResetWrittenCount();
        AlertDocument.Write(alert, _line);
        _line.Write("\n"u8);
        try
        {
            using var file = new FileStream(options.Path, _open);
            Append(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DeliveryException($"{options.Path} cannot be written: {FailureText.Of(e)}", isTransient: true, inner: e);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    private void Append(FileStream file)
    {
        // A pipe or a terminal (/dev/stderr) has no end to append at.
        long end = file.CanSeek ? file.Seek(0, SeekOrigin.End) : 0;
        try
        {
            file.Write(_line.WrittenSpan);
        }
        catch (IOException) when (file.CanSeek)
        {
            // On a full disk a part may have been written; the line comes whole later, or not at all.
            file.SetLength(end);
            throw;
        }
    }
}
