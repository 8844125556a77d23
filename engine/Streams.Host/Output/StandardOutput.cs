using System.Buffers;
using Streams.Events;

namespace Streams.Host.Output;

/// <summary>
/// Standard output for many small pieces: they are gathered and written together. Whoever reads it may leave
/// (<see cref="BrokenPipeException"/>), and a disk may be full (<see cref="IOException"/>).
/// </summary>
internal sealed class StandardOutput : IDisposable
{
    private const int FlushAt = 64 * 1024;

    private readonly ArrayBufferWriter<byte> _gathered = new(FlushAt * 2);
    private readonly Stream _stream;

    /// <summary>Opens this process's standard output.</summary>
    public StandardOutput()
        : this(new DescriptorStream(1))
    {
    }

    /// <summary>Writes to a stream.</summary>
    public StandardOutput(Stream stream) => _stream = stream;

    /// <summary>Where the next piece goes; say <see cref="Written"/> after it.</summary>
    public IBufferWriter<byte> Next => _gathered;

    /// <summary>A piece is complete.</summary>
    public void Written()
    {
        if (_gathered.WrittenCount >= FlushAt) Flush();
    }

    /// <summary>Writes all that was gathered.</summary>
    /// <exception cref="BrokenPipeException">Nobody reads any more.</exception>
    /// <exception cref="IOException">It cannot be written: the disk is full, or it was closed.</exception>
    public void Flush()
    {
        if (_gathered.WrittenCount == 0) return;
        try
        {
            _stream.Write(_gathered.WrittenSpan);
        }
        catch (IOException e) when (e is not BrokenPipeException)
        {
            throw new IOException($"standard output: {FailureText.Of(e)}", e);
        }
        finally
        {
            _gathered.ResetWrittenCount();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _stream.Dispose();
}

/// <summary>Whoever read the output has gone.</summary>
internal sealed class BrokenPipeException(Exception inner) : IOException("nobody reads the output any more", inner);
