using System.Text.Json;

namespace Streams.Live.Tests;

/// <summary>The program itself, whatever it watches.</summary>
public sealed class RunTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("streams-live-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task It_stops_cleanly_when_it_is_told_to()
    {
        string stats = Path.Combine(_folder.FullName, "stats.json");
        await using LiveStreams streams = await LiveStreams.Start(_folder.FullName, """{ "audit": { "enabled": false }, "files": { "enabled": false } }""", "--stats", stats);
        Assert.Equal(143, await streams.Stop());
        using JsonDocument figures = JsonDocument.Parse(await File.ReadAllBytesAsync(stats, TestContext.Current.CancellationToken));
        Assert.True(figures.RootElement.GetProperty("engine").TryGetProperty("events", out _));
        Assert.False(File.Exists(Path.Combine(_folder.FullName, "control.sock")));
    }
}
