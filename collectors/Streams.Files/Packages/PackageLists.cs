using System.IO.Hashing;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Streams.Files.Packages;

/// <summary>
/// The files of packages by dpkg's lists (<c>info/*.md5sums</c>, deb-md5sums(5)). Of a line only its place and a hash of its path are
/// kept, 16 bytes; who asks for a file has its line read again, so that a list that has changed meanwhile, or two paths of one hash, give
/// no wrong answer.
/// </summary>
internal sealed class PackageLists
{
    // A large desktop has some 500,000 files in packages; more are not kept, and not recognised.
    private const int MaxFiles = 1_000_000;

    // Hexadecimal digits of an MD5; two spaces and the path without its first slash follow.
    private const int SumLength = 32;
    private const int PathStart = SumLength + 2;

    private readonly string[] _lists;

    // Sorted by hash; a place is the number of the list and, below it, where in the list the line begins.
    private readonly ulong[] _hashes;
    private readonly long[] _places;

    private PackageLists(string[] lists, ulong[] hashes, long[] places) => (_lists, _hashes, _places) = (lists, hashes, places);

    /// <summary>No lists.</summary>
    public static PackageLists None { get; } = new([], [], []);

    /// <summary>Reads the lists of a folder.</summary>
    /// <exception cref="IOException">One cannot be read, or went away meanwhile.</exception>
    public static PackageLists Read(string folder)
    {
        string[] lists = Directory.GetFiles(folder, "*.md5sums");
        byte[] buffer = new byte[64 << 10];
        // Read twice: arrays that grow would leave as much garbage behind as they hold.
        int count = 0;
        foreach (string list in lists) ForEachLine(list, buffer, (_, _) => count = Math.Min(count + 1, MaxFiles));

        ulong[] hashes = new ulong[count];
        long[] places = new long[count];
        int used = 0;
        for (int number = 0; number < lists.Length; number++)
        {
            ForEachLine(lists[number], buffer, (start, line) =>
            {
                if (line.Length <= PathStart || used == hashes.Length) return;
                hashes[used] = XxHash3.HashToUInt64(line[PathStart..]);
                places[used++] = ((long)number << 32) | start;
            });
        }

        Array.Resize(ref hashes, used);
        Array.Resize(ref places, used);
        Array.Sort(hashes, places);
        return new PackageLists(lists, hashes, places);
    }

    /// <summary>The packages that have a file of this path, as they have it.</summary>
    public IEnumerable<PackagedFile> Find(string path)
    {
        byte[] wanted = PathText.ToBytes(path)[1..];
        ulong hash = XxHash3.HashToUInt64(wanted);
        int at = Array.BinarySearch(_hashes, hash);
        while (at > 0 && _hashes[at - 1] == hash) at--;
        for (; at >= 0 && at < _hashes.Length && _hashes[at] == hash; at++)
        {
            string list = _lists[_places[at] >> 32];
            if (ReadSum(list, (uint)_places[at], wanted) is { } sum)
                yield return new PackagedFile(Path.GetFileNameWithoutExtension(list).Split(':')[0], sum);
        }
    }

    // The sum of the line at this place, if it is the line of the path.
    private static string? ReadSum(string list, long start, ReadOnlySpan<byte> path)
    {
        Span<byte> line = new byte[PathStart + path.Length + 1];
        try
        {
            using SafeFileHandle file = File.OpenHandle(list);
            line = line[..RandomAccess.Read(file, line, start)];
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }

        if (line is [.., (byte)'\n']) line = line[..^1];
        return line.Length == PathStart + path.Length && line.EndsWith(path) ? Encoding.ASCII.GetString(line[..SumLength]) : null;
    }

    private static void ForEachLine(string list, byte[] buffer, Action<uint, ReadOnlySpan<byte>> take)
    {
        using SafeFileHandle file = File.OpenHandle(list, options: FileOptions.SequentialScan);
        uint start = 0;
        int held = 0;
        while (RandomAccess.Read(file, buffer.AsSpan(held), start + held) is > 0 and var read)
        {
            held += read;
            int used = 0;
            while (buffer.AsSpan(used, held - used).IndexOf((byte)'\n') is >= 0 and var length)
            {
                take(start + (uint)used, buffer.AsSpan(used, length));
                used += length + 1;
            }

            // No path fills the buffer: what does is no list.
            if (used == 0 && held == buffer.Length) used = held;
            buffer.AsSpan(used, held - used).CopyTo(buffer);
            (start, held) = (start + (uint)used, held - used);
        }

        if (held > 0) take(start, buffer.AsSpan(0, held));
    }
}

/// <summary>A file as a package has it.</summary>
/// <param name="Package">Its name, without the architecture.</param>
/// <param name="Md5">The sum of its contents, in hexadecimal digits.</param>
internal readonly record struct PackagedFile(string Package, string Md5);
