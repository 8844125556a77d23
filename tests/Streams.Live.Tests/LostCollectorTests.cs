namespace Streams.Live.Tests;

/// <summary>A collector that cannot go on: the others do, and it is said everywhere.</summary>
public sealed class LostCollectorTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("streams-lost-");

    private string State => Path.Combine(_folder.FullName, "state");

    private string Config => Path.Combine(_folder.FullName, "streams.config.json");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData("a file", "name a folder that may be written with \"state\"")]
    [InlineData("read only", "check that it may be written")]
    [InlineData("full", "its disk has room")]
    public async Task A_file_collector_that_cannot_write_its_state_leaves_the_others_watching(string state, string said)
    {
        using KernelAudit audit = KernelAudit.Take();
        if (state == "a file") await File.WriteAllTextAsync(State, "mine", TestContext.Current.CancellationToken);
        else await Mount(state == "full");
        try
        {
            await using LiveStreams streams = await LiveStreams.Start(
                _folder.FullName, $$"""{ "audit": { "socket_type": "unicast" }, "files": { "paths": ["{{_folder.FullName}}"] } }""");
            await streams.Said("; the run goes on with audit");
            Assert.Contains("watching web-1 by audit;", streams.Errors, StringComparison.Ordinal);
            await streams.Alert(
                "records-lost",
                alert => alert.GetProperty("message").GetString()!.Contains(said, StringComparison.Ordinal));
            string program = Path.Combine(_folder.FullName, "implant");
            File.Copy("/bin/true", program);
            await Result.Of(program);
            await streams.Alert(
                "writable-folder-exec", alert => alert.GetProperty("message").GetString()!.Contains(program, StringComparison.Ordinal));
            Result status = await Result.Of(LiveStreams.Program, "status", "--config", Config);
            Assert.Contains("! The files collector cannot go on: ", status.Output, StringComparison.Ordinal);
            Assert.Contains(State, status.Output, StringComparison.Ordinal);
            Assert.Equal(143, await streams.Stop());
        }
        finally
        {
            if (state != "a file") await Result.Of("umount", State);
        }
    }

    [Fact]
    public async Task When_nothing_is_left_to_watch_the_run_ends_and_its_exit_code_tells()
    {
        await File.WriteAllTextAsync(State, "mine", TestContext.Current.CancellationToken);
        InvalidOperationException ended = await Assert.ThrowsAsync<InvalidOperationException>(() => LiveStreams.Start(
            _folder.FullName, $$"""{ "audit": { "enabled": false }, "files": { "paths": ["{{_folder.FullName}}"] } }"""));
        Assert.Contains($"error: files: {State}: ", ended.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("the run goes on", ended.Message, StringComparison.Ordinal);
        Assert.Equal(2, (await Result.Of(LiveStreams.Program, "run", "--config", Config)).Code);
    }

    private async Task Mount(bool isFull)
    {
        Directory.CreateDirectory(State);
        string options = isFull ? "size=64k,mode=0700" : "ro,mode=0700";
        Result mounted = await Result.Of("mount", "-t", "tmpfs", "-o", options, "none", State);
        Assert.SkipUnless(mounted.Code == 0, $"no tmpfs may be mounted here: {mounted.Error}");
        if (isFull) await Result.Of("dd", "if=/dev/zero", $"of={State}/ballast", "bs=4k");
    }
}
