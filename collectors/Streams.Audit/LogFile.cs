using System.IO.Compression;

namespace Streams.Audit;

/// <summary>A folder that was named, to tell whether it held a log.</summary>
internal sealed class LogFolder(string path)
{
    public string Path => path;
    public bool HasLog { get; private set; }

    public void Accept() => HasLog = true;
}

/// <summary>A file of a log, or a pipe. gzip and zstd are known by their first bytes, whatever the name.</summary>
/// <param name="path">As given, or as found in a folder; <c>-</c> for standard input.</param>
/// <param name="folder">The folder it was found in; null when it was named itself.</param>
/// <param name="statistics">Counts what is read.</param>
internal sealed class LogFile(string path, LogFolder? folder, LogStatistics statistics) : IDisposable
{
    /// <summary>The path of standard input.</summary>
    public const string StandardInput = "-";

    private LineSplitter? _kept;
    private FileStream? _file;

    public string Path => path;
    public LogFolder? Folder => folder;

    /// <summary>Whether it can be read once only; known when it has been opened.</summary>
    public bool IsPipe { get; private set; }

    /// <summary>Its size on disk, known when it has been opened; 0 for a pipe.</summary>
    public long Length { get; private set; }

    /// <summary>
    /// When it was last changed, in ticks of 100 ns, UTC; of a pipe, and of one that is not open, the time given.
    /// </summary>
    public long LastChange(long now)
    {
        try
        {
            if (IsPipe || _file is not { SafeFileHandle.IsClosed: false } file) return now;
            return File.GetLastWriteTimeUtc(file.SafeFileHandle).Ticks;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ObjectDisposedException)
        {
            return now;
        }
    }

    /// <summary>How it is compressed when that cannot be read here; null for all else. Known when it has been opened.</summary>
    public string? Compression { get; private set; }

    /// <summary>Opens it; what was kept, instead, when there is something.</summary>
    /// <param name="buffer">Bytes to read at once.</param>
    /// <param name="beforeWait">Called before a pipe is read.</param>
    /// <param name="isLook">Whether it will be opened once more; what is read of a file now is then not counted.</param>
    public LineSplitter Open(int buffer, Action beforeWait, bool isLook = false)
    {
        if (_kept is { } kept)
        {
            _kept = null;
            return kept;
        }

        Stream raw = path == StandardInput
            ? Console.OpenStandardInput()
            : new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 0, FileOptions.SequentialScan);
        try
        {
            IsPipe = path == StandardInput || !raw.CanSeek;
            _file = raw as FileStream;
            Length = IsPipe ? 0 : raw.Length;
            var counted = new CountedStream(raw, isLook && !IsPipe ? null : statistics);
            Stream plain = counted.Plain();
            Compression = counted.Compression;

            // A damaged stream loses what was to be read with the damage: little at a time.
            if (plain != counted) buffer = Math.Min(buffer, 64 << 10);
            return new LineSplitter(plain, buffer) { BeforeRead = IsPipe ? beforeWait : null };
        }
        catch
        {
            raw.Dispose();
            throw;
        }
    }

    /// <summary>Keeps what can be opened once only for the next <see cref="Open"/>.</summary>
    public void Keep(LineSplitter lines) => _kept = lines;

    public void Dispose() => _kept?.Dispose();

    /// <summary>Counts what is read, and gives the first bytes that were looked at once more.</summary>
    private sealed class CountedStream(Stream inner, LogStatistics? statistics) : ForwardStream
    {
        private readonly byte[] _peeked = new byte[4];
        private int _start;
        private int _end;

        /// <summary>What its first bytes say of a compression that is not read here.</summary>
        public string? Compression => _peeked.AsSpan(0, _end) switch
        {
            [0xFD, (byte)'7', (byte)'z', (byte)'X'] => "xz",
            [(byte)'B', (byte)'Z', (byte)'h', _] => "bzip2",
            [0x04, 0x22, 0x4D, 0x18] => "lz4",
            [(byte)'P', (byte)'K', 3, 4] => "zip",
            _ => null,
        };

        /// <summary>The stream without its compression.</summary>
        public Stream Plain()
        {
            while (_end < _peeked.Length && inner.Read(_peeked, _end, _peeked.Length - _end) is > 0 and int read) _end += read;
            ReadOnlySpan<byte> magic = _peeked.AsSpan(0, _end);
            if (magic.StartsWith((ReadOnlySpan<byte>)[0x1F, 0x8B])) return new GZipStream(this, CompressionMode.Decompress);
            bool zstd = magic.SequenceEqual((ReadOnlySpan<byte>)[0x28, 0xB5, 0x2F, 0xFD]);
            return zstd ? new ZstdSharp.DecompressionStream(this, leaveOpen: false) : this;
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

            statistics?.Read(read);
            return read;
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing) inner.Dispose();
            base.Dispose(disposing);
        }
    }
}
