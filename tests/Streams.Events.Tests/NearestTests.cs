using Xunit;

namespace Streams.Events.Tests;

public class NearestTests
{
    [Theory]
    [InlineData("repaly", "replay")]
    [InlineData("Events", "events")]
    [InlineData("--querys", "--query")]
    [InlineData("chek", "check")]
    public void A_misspelt_word_is_recognised(string word, string meant) =>
        Assert.Equal(meant, Nearest.To(word, ["replay", "events", "check", "--query", "--queries-of-all"]));

    [Fact]
    public void A_word_that_is_like_none_gets_no_suggestion() => Assert.Null(Nearest.To("elephant", ["replay", "check"]));

    [Fact]
    public void A_word_of_a_megabyte_is_answered_at_once() => Assert.Null(Nearest.To(new string('r', 1 << 20), ["replay"]));

    [Theory]
    [InlineData("abc", "abc", 0)]
    [InlineData("abc", "acb", 1)]
    [InlineData("abc", "ab", 1)]
    [InlineData("", "abc", 3)]
    [InlineData("abc", "xyz", 3)]
    public void Distance_counts_edits(string left, string right, int expected) => Assert.Equal(expected, Nearest.Distance(left, right));
}
