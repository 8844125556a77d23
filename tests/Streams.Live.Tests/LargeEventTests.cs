using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Streams.Live.Tests;

/// <summary>A program with a long path and many arguments, run by a user without rights: it is seen like any other, and so is the next.</summary>
[Trait("Found", "C1")]
public sealed class LargeEventTests : IDisposable
{
    private const int PathBytes = 974;
    private const int Arguments = 72;

    // A user of the test's own, who has no account and no group.
    private static readonly string[] AsUser = ["--reuid", "54321", "--regid", "54321", "--clear-groups"];

    private static readonly string Argument = new('a', 1000);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("streams-large-");

    public LargeEventTests() => File.SetUnixFileMode(
        _folder.FullName,
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupRead | UnixFileMode.GroupExecute
            | UnixFileMode.OtherRead | UnixFileMode.OtherExecute);

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task From_the_kernel_it_costs_nothing_that_comes_behind_it()
    {
        using KernelAudit audit = KernelAudit.Take();
        await using LiveStreams streams = await LiveStreams.Start(
            _folder.FullName, """{ "audit": { "socket_type": "unicast" }, "files": { "enabled": false } }""");
        string large = LongPath(), small = Path.Combine(_folder.FullName, "implant");
        Directory.CreateDirectory(Path.GetDirectoryName(large)!);
        File.Copy("/bin/true", large);
        File.Copy("/bin/true", small);
        Assert.Equal(0, (await Result.Of("setpriv", [.. AsUser, large, .. Enumerable.Repeat(Argument, Arguments)])).Code);
        Assert.Equal(0, (await Result.Of("setpriv", [.. AsUser, small])).Code);

        JsonElement first = await streams.Alert("writable-folder-exec", alert => Key(alert) == large);
        // An event of this size is cut where it is evidence.
        Assert.StartsWith(large[..512], Evidence(first).GetProperty("process").GetProperty("executable").GetString(), StringComparison.Ordinal);
        Assert.Equal("54321", Evidence(first).GetProperty("user").GetProperty("id").GetString());
        Assert.DoesNotContain("\"fault\"", first.GetRawText(), StringComparison.Ordinal);
        await streams.Alert("writable-folder-exec", alert => Key(alert) == small);
        Assert.DoesNotContain("fault", streams.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task From_a_log_it_costs_nothing_that_comes_behind_it()
    {
        string log = Path.Combine(_folder.FullName, "audit.log");
        await File.WriteAllTextAsync(log, "", TestContext.Current.CancellationToken);
        await using LiveStreams streams = await LiveStreams.Start(
            _folder.FullName, """{ "files": { "enabled": false } }""", "--follow", log);
        await File.AppendAllTextAsync(log, Execution(1, LongPath(), Arguments), TestContext.Current.CancellationToken);
        await File.AppendAllTextAsync(log, Execution(2, "/tmp/implant", 0), TestContext.Current.CancellationToken);
        await streams.Alert("writable-folder-exec", alert => Key(alert) == LongPath());
        await streams.Alert("writable-folder-exec", alert => Key(alert) == "/tmp/implant");
        Assert.DoesNotContain("fault", streams.Errors, StringComparison.Ordinal);
    }

    private string LongPath()
    {
        string path = _folder.FullName;
        while (PathBytes - path.Length > 201) path += "/" + new string('d', 150);
        return path + "/" + new string('p', PathBytes - path.Length - 1);
    }

    // The lines that auditd writes of it, without those that follow EXECVE: they come with the next event.
    private static string Execution(int serial, string path, int arguments)
    {
        string stamp = string.Create(
            CultureInfo.InvariantCulture, $"msg=audit({DateTimeOffset.UtcNow.ToUnixTimeSeconds()}.000:{serial}):");
        var lines = new StringBuilder();
        lines.Append(
            CultureInfo.InvariantCulture,
            $"type=SYSCALL {stamp} arch=c000003e syscall=59 success=yes exit=0 a0=1 a1=2 a2=3 a3=8 items=1 ppid=1 pid=4242 auid=1000 uid=1000 "
            + $"gid=1000 euid=1000 suid=1000 fsuid=1000 egid=1000 sgid=1000 fsgid=1000 tty=pts0 ses=3 comm=\"p\" exe=\"{path}\" key=\"exec\"\n");
        lines.Append(CultureInfo.InvariantCulture, $"type=EXECVE {stamp} argc={arguments + 1} a0=\"{path}\"");
        for (int i = 1; i <= arguments; i++)
        {
            if (i % 7 == 0) lines.Append(CultureInfo.InvariantCulture, $"\ntype=EXECVE {stamp}");
            lines.Append(CultureInfo.InvariantCulture, $" a{i}=\"{Argument}\"");
        }

        lines.Append(CultureInfo.InvariantCulture, $"\ntype=CWD {stamp} cwd=\"/\"\n");
        lines.Append(
            CultureInfo.InvariantCulture,
            $"type=PATH {stamp} item=0 name=\"{path}\" inode=1 dev=fe:01 mode=0100755 ouid=0 ogid=0 rdev=00:00 nametype=NORMAL\n");
        lines.Append(CultureInfo.InvariantCulture, $"type=PROCTITLE {stamp} proctitle=\"p\"\n");
        return lines.ToString();
    }

    private static string? Key(JsonElement alert) => alert.GetProperty("streams").GetProperty("alert").GetProperty("key").GetString();

    private static JsonElement Evidence(JsonElement alert) =>
        alert.GetProperty("streams").GetProperty("alert").GetProperty("evidence")[0];
}
