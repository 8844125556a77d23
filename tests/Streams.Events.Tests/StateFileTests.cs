using System.Diagnostics;
using Xunit;

namespace Streams.Events.Tests;

/// <summary>A file in the state folder, where others may have put what they like.</summary>
[Trait("Found", "R6")]
public sealed class StateFileTests : IDisposable
{
    private const int Nobody = 65534;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("streams-state-");
    private readonly StateFile _file;

    public StateFileTests() => _file = new StateFile(_folder.FullName, "a.json");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    [InlineData(64 * 1024)]
    public void What_was_written_is_read(int length)
    {
        byte[] content = new byte[length];
        Array.Fill(content, (byte)'x');
        _file.Write(content);
        Assert.Equal(content, _file.Read(out string? fault));
        Assert.Null(fault);
    }

    [Fact]
    public void What_is_not_there_is_no_fault()
    {
        Assert.Null(_file.Read(out string? fault));
        Assert.Null(fault);
        _file.Write("file"u8);
        Assert.Null(new StateFile(_file.Path, "below").Read(out fault));
        Assert.Null(fault);
    }

    [Theory]
    [InlineData("link", "it is a symbolic link")]
    [InlineData("link to nothing", "it is a symbolic link")]
    [InlineData("FIFO", "it is not a regular file")]
    [InlineData("folder", "it is not a regular file")]
    [InlineData("device", "it is a symbolic link")]
    [InlineData("large", "it is larger than 64 KiB")]
    [InlineData("sparse", "it is larger than 64 KiB")]
    [InlineData("writable by all", "others may write it")]
    [InlineData("writable by its group", "others may write it")]
    [InlineData("another user's", "it belongs to uid 65534")]
    public void What_others_can_have_put_there_is_not_read_and_named(string what, string reason)
    {
        Assert.SkipUnless(what != "another user's" || Environment.IsPrivilegedProcess, "only root can give a file away");
        Put(what);
        Assert.Null(_file.Read(out string? fault));
        Assert.Equal($"{_file.Path}: {reason}", fault);
    }

    private void Put(string what)
    {
        string other = Path.Combine(_folder.FullName, "other");
        File.WriteAllText(other, "{}");
        switch (what)
        {
            case "link": File.CreateSymbolicLink(_file.Path, other); break;
            case "link to nothing": File.CreateSymbolicLink(_file.Path, other + "s"); break;
            case "device": File.CreateSymbolicLink(_file.Path, "/dev/zero"); break;
            case "folder": Directory.CreateDirectory(_file.Path); break;
            case "FIFO": Run("mkfifo", _file.Path); break;
            case "large": _file.Write(new byte[64 * 1024 + 1]); break;
            case "sparse":
                using (FileStream file = File.Create(_file.Path)) file.SetLength(1L << 40);
                break;
            default:
                _file.Write("{}"u8);
                const UnixFileMode owner = UnixFileMode.UserRead | UnixFileMode.UserWrite;
                if (what == "writable by all") File.SetUnixFileMode(_file.Path, owner | UnixFileMode.OtherWrite);
                else if (what == "another user's") Run("chown", $"{Nobody}", _file.Path);
                else File.SetUnixFileMode(_file.Path, owner | UnixFileMode.GroupWrite);
                break;
        }
    }

    private static void Run(string program, params string[] args)
    {
        using Process process = Process.Start(program, args);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }
}
