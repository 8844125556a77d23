using Microsoft.Extensions.Time.Testing;

namespace Streams.Audit.Tests;

public sealed class FollowedPlaceTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("streams-place-");
    private readonly FakeTimeProvider _time = new();

    private string Log => Path.Combine(_folder.FullName, "audit.log");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData("nothing", "is not there any more")]
    [InlineData("dangling link", "is not there any more")]
    [InlineData("FIFO", "is a FIFO, not a regular file")]
    [InlineData("folder", "is a folder, not a regular file")]
    [InlineData("socket", "is a socket, not a regular file")]
    [InlineData("device", "is a device, not a regular file")]
    public void A_place_without_a_file_is_a_fault_after_a_grace(string kind, string what)
    {
        var place = new FollowedPlace(Log, _time);
        using IDisposable? made = kind == "nothing" ? null : SpecialFile.Make(kind, Log);
        Assert.Null(place.Look());
        Assert.True(place.IsEmpty);
        _time.Advance(FollowedPlace.Grace - TimeSpan.FromMilliseconds(1));
        Assert.Null(place.Look());
        Assert.Null(place.Fault);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Null(place.Look());
        Assert.Equal(what, place.Fault?.What);
    }

    [Fact]
    public void A_file_that_comes_back_ends_the_fault_and_the_grace_begins_anew()
    {
        var place = new FollowedPlace(Log, _time);
        place.Look();
        _time.Advance(FollowedPlace.Grace);
        place.Look();
        Assert.NotNull(place.Fault);
        File.WriteAllText(Log, "");
        Assert.NotNull(place.Look());
        Assert.Equal((false, null), (place.IsEmpty, place.Fault));
        File.Delete(Log);
        place.Look();
        Assert.Equal((true, null), (place.IsEmpty, place.Fault));
    }
}
