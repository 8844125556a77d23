using System.IO.Compression;

namespace Streams.Audit;

/// <summary>A log as the text it holds: gzip and zstd are known by their first bytes, whatever the name.</summary>
internal static class LogStream
{
    public static Stream Open(string path, LogStatistics statistics)
    {
        Stream raw = path == LogFiles.StandardInput
            ? Console.OpenStandardInput()
            : new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0, FileOptions.SequentialScan);
        var counted = new CountedStream(raw, statistics);
        ReadOnlySpan<byte> magic = counted.Peek(4);
        if (magic.StartsWith((ReadOnlySpan<byte>)[0x1F, 0x8B])) return new GZipStream(counted, CompressionMode.Decompress);
        if (magic.SequenceEqual((ReadOnlySpan<byte>)[0x28, 0xB5, 0x2F, 0xFD])) return new ZstdSharp.DecompressionStream(counted, leaveOpen: false);
        return counted;
    }

    /// <summary>Counts what is read, and gives the bytes that were looked at once more.</summary>
    private sealed class CountedStream(Stream inner, LogStatistics statistics) : Stream
    {
        private readonly byte[] _peeked = new byte[4];
        private int _start;
        private int _end;

        public override bool CanRead => true;
        public override bool CanSeek => false;
        public override bool CanWrite => false;
        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public ReadOnlySpan<byte> Peek(int length)
        {
            while (_end < length && inner.Read(_peeked, _end, length - _end) is > 0 and int read) _end += read;
            return _peeked.AsSpan(0, _end);
        }

        public override int Read(Span<byte> buffer)
        {
            int read = Math.Min(_end - _start, buffer.Length);
            if (read > 0)
            {
                _peeked.AsSpan(_start, read).CopyTo(buffer);
                _start += read;
            }
            else
            {
                read = inner.Read(buffer);
            }

            statistics.Read(read);
            return read;
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing) inner.Dispose();
            base.Dispose(disposing);
        }
    }
}
