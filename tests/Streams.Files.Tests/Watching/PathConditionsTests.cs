using Microsoft.Extensions.Time.Testing;
using Streams.Events.Input;
using Streams.Files.Watching;

namespace Streams.Files.Tests.Watching;

public sealed class PathConditionsTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("streams-paths-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    [Trait("Found", "C5")]
    public void Paths_that_are_not_there_are_noted_until_they_are()
    {
        string later = Path.Combine(_folder.FullName, "later");
        var conditions = new PathConditions(new FilesOptions { Paths = [new(_folder.FullName), new(later)] }, _time);
        conditions.Look(refused: 0);
        Assert.Equal([CollectorCondition.Note($"1 path will be watched when there is something: {later}.")], conditions.Found);
        Directory.CreateDirectory(later);
        conditions.Look(refused: 0);
        Assert.Single(conditions.Found);
        _time.Advance(TimeSpan.FromSeconds(10));
        conditions.Look(refused: 0);
        Assert.Empty(conditions.Found);
    }

    [Fact]
    [Trait("Found", "C5")]
    public void Of_many_paths_the_first_are_named()
    {
        WatchedPath[] paths = [.. Enumerable.Range(0, 5).Select(i => new WatchedPath($"{_folder.FullName}/{i}/*"))];
        var conditions = new PathConditions(new FilesOptions { Paths = paths }, _time);
        conditions.Look(refused: 0);
        Assert.Equal(
            $"5 paths will be watched when there is something: {paths[0].Path}, {paths[1].Path}, {paths[2].Path} and 2 more.",
            Assert.Single(conditions.Found).Text);
    }

    [Fact]
    [Trait("Found", "C5")]
    public void Folders_without_a_watch_are_a_fault()
    {
        var conditions = new PathConditions(new FilesOptions { Paths = [new(_folder.FullName)] }, _time);
        conditions.Look(refused: 7);
        Assert.Equal(
            [CollectorCondition.Fault(
                "7 folders have no watch, only scans see what changes there: raise fs.inotify.max_user_watches with sysctl.")],
            conditions.Found);
    }

    [Theory]
    [Trait("Found", "P8")]
    [InlineData(false)]
    [InlineData(true)]
    public void A_folder_that_may_not_be_read_is_a_fault_when_it_is_configured(bool isDefault)
    {
        var options = new FilesOptions();
        if (!isDefault) options = options with { Paths = [new(_folder.FullName), new("/etc")] };
        var conditions = new PathConditions(options, _time, path => path == "/etc");
        conditions.Look(refused: 0);
        Assert.Contains(
            new CollectorCondition(!isDefault, "1 path may not be read by this user, so not watched: /etc."), conditions.Found);
    }
}
