using Microsoft.Extensions.Time.Testing;
using Streams.Host.Running;
using Xunit;

namespace Streams.Host.Tests.Running;

/// <summary>One request to stop may arrive as several signals; a second request ends the process at once.</summary>
public class StopRequestsTests
{
    [Theory]
    [InlineData(0, false)]
    [InlineData(499, false)]
    [InlineData(500, true)]
    [InlineData(5000, true)]
    [Trait("Found", "P1")]
    public void Signals_that_arrive_together_are_one_request(int milliseconds, bool isSecond)
    {
        var time = new FakeTimeProvider();
        var requests = new StopRequests(time);
        Assert.Equal(StopRequest.First, requests.Add());
        Assert.Equal(StopRequest.Repeated, requests.Add());
        time.Advance(TimeSpan.FromMilliseconds(milliseconds));
        Assert.Equal(isSecond ? StopRequest.Second : StopRequest.Repeated, requests.Add());
    }
}
