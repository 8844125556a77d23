using Xunit;

namespace Streams.Events.Tests.Decoding;

public class EndpointTests
{
    [Theory]
    [InlineData("8.8.8.8", true)]
    [InlineData("203.0.113.7", true)]
    [InlineData("192.0.2.1", true)]
    [InlineData("198.51.100.1", true)]
    [InlineData("2001:db8::1", true)]
    [InlineData("2a00:1450:4001:82b::200e", true)]
    [InlineData("100.128.0.1", true)]
    [InlineData("172.32.0.1", true)]
    [InlineData("127.0.0.1", false)]
    [InlineData("10.1.2.3", false)]
    [InlineData("172.31.255.255", false)]
    [InlineData("192.168.0.1", false)]
    [InlineData("169.254.169.254", false)]
    [InlineData("100.64.0.1", false)]
    [InlineData("224.0.0.251", false)]
    [InlineData("255.255.255.255", false)]
    [InlineData("0.0.0.0", false)]
    [InlineData("::", false)]
    [InlineData("::1", false)]
    [InlineData("fe80::1", false)]
    [InlineData("fd00::1", false)]
    [InlineData("ff02::1", false)]
    [InlineData("::ffff:10.0.0.1", false)]
    [InlineData("::ffff:8.8.8.8", true)]
    [InlineData("/run/docker.sock", false)]
    [InlineData("@/tmp/.X11-unix/X0", false)]
    [InlineData("1.2.3", false)]
    [InlineData("1.2.3.4.5", false)]
    [InlineData("1.2.3.256", false)]
    [InlineData(":::", false)]
    [InlineData("1::2::3", false)]
    [InlineData("1:2:3:4:5:6:7:8:9", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    public void Public_is_what_belongs_to_somebody_else_on_the_Internet(string? address, bool isPublic) =>
        Assert.Equal(isPublic, new Endpoint(address, 443).IsPublic);
}
