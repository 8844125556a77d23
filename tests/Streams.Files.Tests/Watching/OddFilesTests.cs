using System.Diagnostics;
using System.Security.Cryptography;
using Streams.Events;
using Streams.Files.Facts;
using Streams.Files.Watching;

namespace Streams.Files.Tests.Watching;

/// <summary>Files that are no ordinary ones, and names that are no ordinary text.</summary>
public sealed class OddFilesTests : IDisposable
{
    private readonly Folder _folder = new();

    public static TheoryData<string> All => Backends.Names;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(All))]
    public void A_name_may_hold_any_bytes(string backend)
    {
        using Watcher watcher = Watcher.Over(_folder, backend);
        Shell(
            $"""
            cd '{_folder.Tree}' && printf x > "$(printf 'a\nb')" && printf x > "$(printf '\377')"
            mv "$(printf '\377')" "$(printf '\376')"
            """);
        watcher.WaitForFile(_folder.At("a\nb"), "created");
        FileEvent moved = watcher.WaitForFile(_folder.At("\uFFFD"), "moved");
        Assert.EndsWith("fe", moved.Text("streams.file.path_bytes"), StringComparison.Ordinal);
        watcher.Stop();
        using (Baseline baseline = Baseline.Open(_folder.State))
            Assert.NotNull(baseline.Get(_folder.At(PathText.FromBytes([0xFE]))));
        // .NET cannot name it.
        Shell($"rm -r '{_folder.Tree}'");
    }

    [Theory]
    [InlineData("p")]
    [InlineData("c 1 3")]
    [InlineData("b 7 0")]
    public void What_is_no_regular_file_is_told_and_never_opened(string node)
    {
        using Watcher watcher = Watcher.Over(_folder, "inotify");
        using var opened = new Descriptor(Libc.InotifyInit(Libc.CloseOnExec | Libc.NonBlocking));
        const uint open = 0x20;
        Shell($"mknod '{_folder.At("node")}' {node}");
        Assert.SkipUnless(Path.Exists(_folder.At("node")), "no node of a device may be made here");
        Assert.True(Libc.InotifyAddWatch(opened, _folder.At("node"), open) >= 0);
        Shell($"chmod 600 '{_folder.At("node")}'");
        watcher.WaitFor(e => e is FileEvent { After.Mode: "0600" } file && file.Path == _folder.At("node"), "the mode");
        watcher.Stop();
        using (Watcher scan = Watcher.Over(_folder, "inotify")) scan.Stop();
        Assert.Equal(-1, Libc.Read(opened, new byte[64], 64));
    }

    [Fact]
    public void A_huge_file_of_holes_is_told_without_a_hash_and_not_read()
    {
        using (FileStream sparse = File.Create(_folder.At("sparse"))) sparse.SetLength(1L << 40);
        using var reader = new FileFactsReader(["sha256"], 100 << 20, readsHeaders: true);
        FileFacts facts = reader.Read(_folder.At("sparse"))!;
        Assert.Equal((1L << 40, 0, 0L), (facts.Size, facts.Hashes.Count, reader.BytesRead));
    }

    [Theory]
    [MemberData(nameof(All))]
    public void A_file_that_is_written_while_it_is_hashed_is_known_as_it_is_in_the_end(string backend)
    {
        Backends.Need(backend);
        byte[] content = new byte[8 << 20];
        string path = _folder.At("busy");
        File.WriteAllBytes(path, content);
        using (Watcher watcher = new(Watcher.Options(_folder, backend)))
        {
            for (byte i = 1; i < 30; i++)
            {
                content.AsSpan().Fill(i);
                File.WriteAllBytes(path, content);
            }

            watcher.WaitForScans(1);
            watcher.Stop();
        }

        using Baseline baseline = Baseline.Open(_folder.State);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(content)), Assert.Single(baseline.Get(path)!.Hashes).Value);
    }

    private static void Shell(string script)
    {
        using Process shell = Process.Start("sh", ["-c", script]);
        shell.WaitForExit();
    }
}
