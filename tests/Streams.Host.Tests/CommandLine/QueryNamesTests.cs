using Streams.Host.CommandLine;
using Xunit;

namespace Streams.Host.Tests.CommandLine;

public sealed class QueryNamesTests
{
    [Theory]
    [InlineData("replay log --query a", "replay log --query a")]
    [InlineData("replay log --query a b c", "replay log --query a --query b --query c")]
    [InlineData("replay --query a,b c", "replay --query a,b --query c")]
    [InlineData("replay --query a b --query c d", "replay --query a --query b --query c --query d")]
    [InlineData("replay --query a b --json", "replay --query a --query b --json")]
    [InlineData("replay --query a ./log", "replay --query a ./log")]
    [InlineData("replay --query a audit.log b", "replay --query a audit.log b")]
    [InlineData("replay --query a b here", "replay --query a --query b here")]
    [InlineData("replay --query a -", "replay --query a -")]
    [InlineData("replay --query a -- b c", "replay --query a -- b c")]
    [InlineData("replay -- --query a b", "replay -- --query a b")]
    [InlineData("replay --query here b", "replay --query here --query b")]
    [InlineData("replay --query --json a b", "replay --query --json a b")]
    [InlineData("replay --query", "replay --query")]
    [InlineData("replay --queries a b", "replay --queries a b")]
    public void Names_behind_the_option_are_an_option_each(string words, string expected) =>
        Assert.Equal(expected, string.Join(' ', QueryNames.Spread(words.Split(' '), name => name == "here")));
}
