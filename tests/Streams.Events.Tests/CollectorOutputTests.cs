using Streams.Events.Input;
using Streams.Testing;
using Xunit;

namespace Streams.Events.Tests;

[Trait("Found", "C2")]
public sealed class CollectorOutputTests
{
    private readonly GrammarObserver<ReadOnlyMemory<Event>> _seen = new();

    [Theory]
    [InlineData(null)]
    [InlineData("it cannot")]
    public async Task It_ends_once_and_passes_nothing_on_behind_the_end(string? failure)
    {
        var output = new CollectorOutput(_seen);
        Assert.True(output.OnNext(default));
        output.End(failure is null ? null : new IOException(failure));
        output.End(new IOException("again"));
        output.End(null);
        Assert.False(output.OnNext(default));
        Assert.Equal(failure, (await _seen.Ended)?.Message);
        Assert.Empty(_seen.Breaches);
    }

    [Fact]
    public void Nothing_begins_after_it_is_closed()
    {
        var output = new CollectorOutput(_seen);
        output.Close();
        _seen.Disposed();
        Assert.False(output.OnNext(default));
        output.End(null);
        Assert.Empty(_seen.Breaches);
    }

    [Fact]
    public void Closed_within_a_call_it_stays_closed()
    {
        var output = new CollectorOutput(_seen);
        _seen.Next = _ => output.Close();
        Assert.True(output.OnNext(default));
        _seen.Disposed();
        Assert.False(output.OnNext(default));
        output.End(null);
        Assert.Empty(_seen.Breaches);
    }

    [Fact]
    public async Task An_observer_that_throws_can_still_be_told_the_end()
    {
        var output = new CollectorOutput(_seen);
        _seen.Next = _ => throw new InvalidOperationException();
        Assert.Throws<InvalidOperationException>(() => output.OnNext(default));
        output.End(new IOException("it cannot"));
        Assert.IsType<IOException>(await _seen.Ended);
        Assert.Empty(_seen.Breaches);
    }
}
