using System.Text;

namespace Streams.Audit.Tests;

public sealed class LineSplitterTests
{
    [Theory]
    [InlineData("")]
    [InlineData("\n", "")]
    [InlineData("a", "a")]
    [InlineData("a\n", "a")]
    [InlineData("a\n\nb", "a", "", "b")]
    [InlineData("a\r\nb\0c\n", "a\r", "b\0c")]
    public void A_stream_is_split_at_its_line_feeds(string text, params string[] lines)
    {
        for (int piece = 1; piece <= 4; piece++) Assert.Equal(lines, Split(new Pieces(Encoding.UTF8.GetBytes(text), _ => piece), 16));
    }

    [Fact]
    public void A_line_may_be_longer_than_the_buffer()
    {
        string text = string.Join('\n', new string('a', 100_000), "b", new string('c', 3_000_000), "d");
        Assert.Equal(text.Split('\n'), Split(new MemoryStream(Encoding.UTF8.GetBytes(text)), 4096));
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(1, true)]
    public void A_line_longer_than_the_longest_is_skipped_to_its_end(int more, bool tooLong)
    {
        byte[] text = [.. "a\n"u8, .. Enumerable.Repeat((byte)'x', LineSplitter.MaxLine + more), .. "\nb"u8];
        using var splitter = new LineSplitter(new MemoryStream(text));
        var seen = new List<(long Line, bool TooLong, byte First, bool Terminated)>();
        while (splitter.TryRead(out ReadOnlySpan<byte> line)) seen.Add((splitter.Line, splitter.IsTooLong, line[0], splitter.IsTerminated));
        Assert.Equal([(1, false, (byte)'a', true), (2, tooLong, (byte)'x', true), (3, false, (byte)'b', false)], seen);
    }

    [Fact]
    public void A_line_without_end_takes_no_more_memory_than_the_longest()
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        using var splitter = new LineSplitter(new Endless(200 << 20));
        Assert.True(splitter.TryRead(out _));
        Assert.True(splitter.IsTooLong);
        Assert.False(splitter.IsTerminated);
        Assert.False(splitter.TryRead(out _));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 8 * LineSplitter.MaxLine);
    }

    [Fact]
    public void Peeking_reads_nothing()
    {
        using var splitter = new LineSplitter(new Pieces("a\nb\n"u8.ToArray(), _ => 1), 16);
        Assert.Equal("a\nb"u8.ToArray(), splitter.Peek(3).ToArray());
        Assert.Equal("a\nb"u8.ToArray(), splitter.Peek(0).ToArray());
        Assert.Equal("a\nb\n"u8.ToArray(), splitter.Peek(99).ToArray());
        Assert.True(splitter.TryRead(out ReadOnlySpan<byte> line));
        Assert.Equal("a"u8.ToArray(), line.ToArray());
    }

    internal static List<string> Split(Stream stream, int size)
    {
        using var splitter = new LineSplitter(stream, size);
        var lines = new List<string>();
        while (splitter.TryRead(out ReadOnlySpan<byte> line)) lines.Add(Encoding.UTF8.GetString(line));
        return lines;
    }

    private sealed class Endless(long length) : MemoryStream
    {
        private long _left = length;

        public override int Read(byte[] buffer, int offset, int count)
        {
            int read = (int)Math.Min(_left, count);
            buffer.AsSpan(offset, read).Fill((byte)'x');
            _left -= read;
            return read;
        }
    }
}

/// <summary>A stream that is read in pieces of given lengths.</summary>
internal sealed class Pieces(byte[] bytes, Func<int, int> length) : MemoryStream(bytes)
{
    private int _reads;

    public override int Read(byte[] buffer, int offset, int count) => base.Read(buffer, offset, Math.Clamp(length(_reads++), 1, count));
}
