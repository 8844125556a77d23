using System.Runtime.InteropServices;

namespace Streams.Host.Output;

/// <summary>
/// Writes to a descriptor with write(2) and nothing else. The streams of the runtime's console put a terminal into a mode in which its keys
/// send other codes (terminfo's keypad_xmit, ESC [ ? 1 h) and do not put it back; a file's stream keeps a position of its own that other
/// writers of the same file (<c>{ a; b; } &gt; file</c>) do not see.
/// </summary>
/// <param name="descriptor">The descriptor; it stays open.</param>
/// <param name="ignoresErrors">Whether what cannot be written is dropped, as on standard error: nobody is left to be told.</param>
internal sealed partial class DescriptorStream(int descriptor, bool ignoresErrors = false) : Stream
{
    // asm-generic/errno-base.h
    private const int Interrupted = 4, BadDescriptor = 9, Again = 11, BrokenPipe = 32;
    private const short Writable = 4; // POLLOUT, asm-generic/poll.h

    /// <inheritdoc/>
    public override bool CanRead => false;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => true;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <inheritdoc/>
    /// <exception cref="BrokenPipeException">Nobody reads any more.</exception>
    /// <exception cref="IOException">It cannot be written.</exception>
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            nint written = WriteTo(descriptor, in MemoryMarshal.GetReference(buffer), (nuint)buffer.Length);
            if (written >= 0)
            {
                buffer = buffer[(int)written..];
                continue;
            }

            int error = Marshal.GetLastPInvokeError();
            if (error == Interrupted) continue;
            if (error == Again) Wait();
            else if (ignoresErrors) return;
            else throw Failure(error);
        }
    }

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    /// <inheritdoc/>
    public override void Flush()
    {
    }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    private static IOException Failure(int error) => error switch
    {
        BrokenPipe => new BrokenPipeException(new IOException(Marshal.GetPInvokeErrorMessage(error), error)),
        BadDescriptor => new IOException("it is not open for writing", error),
        _ => new IOException(Marshal.GetPInvokeErrorMessage(error), error),
    };

    // Who shares the descriptor may have made it non-blocking.
    private void Wait()
    {
        var poll = new PollDescriptor { Descriptor = descriptor, Events = Writable };
        _ = Poll(ref poll, 1, -1);
    }

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    private static partial nint WriteTo(int descriptor, in byte buffer, nuint count);

    [LibraryImport("libc", EntryPoint = "poll")]
    private static partial int Poll(ref PollDescriptor descriptors, nuint count, int milliseconds);

    private struct PollDescriptor
    {
        public int Descriptor;
        public short Events;
        public short Returned;
    }
}
