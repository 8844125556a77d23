using System.Buffers;
using Streams.Events;
using Microsoft.Win32.SafeHandles;

namespace Streams.Host.Output;

/// <summary>
/// Standard output for many small pieces: they are gathered and written together. Whoever reads it may leave
/// (<see cref="BrokenPipeException"/>), and a disk may be full (<see cref="IOException"/>).
/// </summary>
internal sealed class StandardOutput : IDisposable
{
    private const int FlushAt = 64 * 1024;
    private const int BrokenPipe = 32; // EPIPE, asm-generic/errno-base.h

    private readonly ArrayBufferWriter<byte> _gathered = new(FlushAt * 2);
    private readonly Stream _stream;

    /// <summary>Opens this process's standard output.</summary>
    public StandardOutput()
        : this(Open())
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
        catch (IOException e) when (e.HResult == BrokenPipe)
        {
            throw new BrokenPipeException(e);
        }
        catch (UnauthorizedAccessException e)
        {
            // So the runtime calls EBADF: it was closed, or is open for reading only.
            throw new IOException("standard output: it is not open for writing", e);
        }
        catch (IOException e)
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

    // The console's stream hides a broken pipe, and a file's stream keeps a position of its own that other writers of the same file
    // (`{ a; b; } > file`) do not see. So: pipes, sockets and terminals by the one, what has a position by the other.
    private static Stream Open()
    {
        var file = new FileStream(new SafeFileHandle(1, ownsHandle: false), FileAccess.Write, bufferSize: 0);
        return file.CanSeek ? Console.OpenStandardOutput() : file;
    }
}

/// <summary>Whoever read the output has gone.</summary>
internal sealed class BrokenPipeException(Exception inner) : IOException("nobody reads the output any more", inner);
