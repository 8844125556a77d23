using System.Diagnostics;
using System.Runtime.InteropServices;
using Streams.Events;
using Streams.Files.Facts;

namespace Streams.Files.Tests;

/// <summary>What is found out about a file.</summary>
public sealed partial class FactsTests : IDisposable
{
    private readonly Folder _folder = new();

    public void Dispose() => _folder.Dispose();

    // The hashes of "abc" from the standards that define them: RFC 1321, FIPS 180-4, FIPS 202, RFC 7693; xxHash by its reference program.
    [Theory]
    [InlineData("md5", "900150983cd24fb0d6963f7d28e17f72")]
    [InlineData("sha1", "a9993e364706816aba3e25717850c26c9cd0d89d")]
    [InlineData("sha224", "23097d223405d8228642a477bda255b32aadbce4bda0b3f7e36c9da7")]
    [InlineData("sha256", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")]
    [InlineData("sha384", "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7")]
    [InlineData(
        "sha512",
        "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f")]
    [InlineData("sha512_224", "4634270f707b6a54daae7530460842e20e37ed265ceee9a43e8924aa")]
    [InlineData("sha512_256", "53048e2681941ef99b2e29b76b4c7dabe4c2d0c634fc6d46e0e2f13107e7af23")]
    [InlineData("sha3_224", "e642824c3f8cf24ad09234ee7d3c766fc9a3a5168d0c94ad73b46fdf")]
    [InlineData("sha3_256", "3a985da74fe225b2045c172d6bd390bd855f086e3e9d525b46bfe24511431532")]
    [InlineData("sha3_384", "ec01498288516fc926459f58e2c6ad8df9b473cb0fc08c2596da7cf0e49be4b298d88cea927ac7f539f1edf228376d25")]
    [InlineData(
        "sha3_512",
        "b751850b1a57168a5693cd924b6b096e08f621827444f70d884f5d0240d2712e10e116e9192af3c91a7ec57647e3934057340b4cf408d5a56592f8274eec53f0")]
    [InlineData("blake2b_256", "bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319")]
    [InlineData("blake2b_384", "6f56a82c8e7ef526dfe182eb5212f7db9df1317e57815dbda46083fc30f54ee6c66ba83be64b302d7cba6ce15bb556f4")]
    [InlineData(
        "blake2b_512",
        "ba80a53f981c4d0d6a2797b69f12f6e94c212f14685ac4b74b12bb6fdbffa2d17d87c5392aab792dc252d5de4533cc9518d38aa8dbf1925ab92386edd4009923")]
    [InlineData("xxh64", "44bc2cf5ad770999")]
    public void A_hash_is_what_its_standard_says(string name, string expected)
    {
        FileFacts facts = Read(_folder.Write("a", "abc"), name);
        Assert.Equal(KeyValuePair.Create(name, expected), Assert.Single(facts.Hashes));
    }

    [Fact]
    public void Every_hash_of_Auditbeat_is_there() => Assert.Equal(16, FileHash.Names.Count);

    [Fact]
    public void What_is_no_regular_file_is_never_opened()
    {
        string fifo = _folder.At("fifo");
        Process.Start("mkfifo", [fifo]).WaitForExit();
        Assert.Equal(FileType.Fifo, Read(fifo).Type);
        Assert.Equal(FileType.CharDevice, Read("/dev/null").Type);
        Assert.Equal(FileType.Directory, Read(_folder.Tree).Type);
    }

    [Fact]
    public void A_link_is_looked_at_itself()
    {
        string link = _folder.At("link");
        File.CreateSymbolicLink(link, "/etc/shadow");
        FileFacts facts = Read(link);
        Assert.Equal((FileType.Symlink, "/etc/shadow"), (facts.Type, facts.TargetPath));
        Assert.Empty(facts.Hashes);
    }

    [Fact]
    public void A_file_beyond_the_limit_has_no_hash()
    {
        using var reader = new FileFactsReader(["sha256"], maxFileSize: 3);
        Assert.Empty(reader.Read(_folder.Write("a", "abcd"))!.Hashes);
        Assert.Single(reader.Read(_folder.Write("b", "abc"))!.Hashes);
    }

    [Fact]
    public void A_file_that_grows_beyond_the_limit_while_it_is_read_has_no_hash_and_the_next_has()
    {
        const int limit = 1 << 20;
        string path = _folder.Write("a", new string('x', limit / 2));
        using var reader = new FileFactsReader(["sha256"], limit);
        FileFacts facts = reader.Read(path, read => File.AppendAllText(path, new string('x', read)))!;
        Assert.Empty(facts.Hashes);
        Assert.InRange(reader.BytesRead, limit, limit + 1);
        FileFacts next = reader.Read(_folder.Write("b", "abc"))!;
        Assert.StartsWith("ba7816bf", Assert.Single(next.Hashes).Value, StringComparison.Ordinal);
    }

    [Fact]
    public void Mode_and_owner_are_told()
    {
        string path = _folder.Write("a", "x");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserExecute | UnixFileMode.SetUser);
        FileFacts facts = Read(path);
        Assert.Equal(Convert.ToInt32("4500", 8), facts.Mode);
        Assert.True(facts.IsSetuid);
        Assert.False(facts.IsSetgid);
    }

    [Fact]
    public void A_folder_on_the_way_that_is_a_link_is_not_followed()
    {
        Directory.CreateDirectory(_folder.At("real"));
        _folder.Write("real/a", "x");
        File.CreateSymbolicLink(_folder.At("link"), _folder.At("real"));
        FileFacts facts = Read(_folder.At("link/a"));
        Assert.True(facts.IsUnknown);
        Assert.Contains("symbolic link", facts.Error, StringComparison.Ordinal);
        Assert.Equal(FileActions.None, Changes.Between(Read(_folder.At("real/a")), facts));
    }

    [Fact]
    public void A_name_that_is_not_UTF8_is_found_and_told()
    {
        string name = PathText.FromBytes([0xFF, (byte)'x']);
        Process.Start("sh", ["-c", $"printf new > \"$(printf '{_folder.Tree}/\\377x')\""]).WaitForExit();
        FileFacts facts = Read(_folder.At(name));
        Assert.Equal(3, facts.Size);
        FileEvent told = new FileEventWriter("h", "files").Write(FileActions.Created, null, facts, DateTimeOffset.UnixEpoch);
        Assert.EndsWith("/\uFFFDx", told.Path, StringComparison.Ordinal);
        Assert.EndsWith("2fff78", told.Text("streams.file.path_bytes"), StringComparison.Ordinal);
        // .NET cannot name it.
        Process.Start("rm", ["-r", _folder.Tree]).WaitForExit();
        Assert.Null(new FileFactsReader([], 0).Read(_folder.At(name)));
    }

    [Fact]
    public void Extended_attributes_are_facts()
    {
        string path = _folder.Write("a", "x");
        bool isSet = SetAttribute(path, "user.note", "one"u8, 3, 0) == 0;
        Assert.SkipUnless(isSet, "the file system of the temporary folder has no extended attributes");
        FileFacts before = Read(path);
        Assert.Equal("user.note", Assert.Single(before.Attributes).Key);
        FileFacts after = before with { Attributes = [] };
        Assert.Equal(FileActions.AttributesModified, Changes.Between(before, after));
    }

    [Fact]
    public void A_file_that_may_not_be_read_is_told_with_the_error()
    {
        FileFacts facts = new() { Path = "/etc/shadow", Inode = 1, Error = "its content cannot be read: Permission denied" };
        FileEvent told = new FileEventWriter("h", "files").Write(FileActions.Created, null, facts, DateTimeOffset.UnixEpoch);
        Assert.Equal("its content cannot be read: Permission denied", told.Text("error.message"));
    }

    [Fact]
    public void Nothing_is_null() => Assert.Null(new FileFactsReader([], 1).Read(_folder.At("nothing")));

    [Theory]
    [InlineData("7F454C4602", "application/x-elf")]
    [InlineData("23212F62696E2F7368", "text/x-script")]
    [InlineData("68656C6C6F", "text/plain")]
    [InlineData("00FF00FF", "application/octet-stream")]
    [InlineData("", "inode/x-empty")]
    public void The_first_bytes_tell_the_type(string bytes, string expected)
    {
        string path = _folder.At("a");
        File.WriteAllBytes(path, Convert.FromHexString(bytes));
        Assert.Equal(expected, Read(path).MimeType);
    }

    [LibraryImport("libc", EntryPoint = "setxattr", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetAttribute(string path, string name, ReadOnlySpan<byte> value, nint size, int flags);

    private static FileFacts Read(string path, string hash = "sha256")
    {
        using var reader = new FileFactsReader([hash], 100 << 20);
        return reader.Read(path)!;
    }
}
