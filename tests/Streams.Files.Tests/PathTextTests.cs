using System.Text;
using CsCheck;

namespace Streams.Files.Tests;

/// <summary>A path has one string, and a string one path.</summary>
public class PathTextTests
{
    // Attributes cannot hold lone surrogates. U+DCC0 in the form that UTF-8 does not have is no UTF-8 either.
    public static TheoryData<string, string> Paths => new()
    {
        { "2F657463", "/etc" }, { "2FC3BC", "/ü" }, { "2FFF", "/\uDCFF" }, { "2FC3", "/\uDCC3" }, { "2FEDB380", "/\uDCED\uDCB3\uDC80" },
    };

    [Theory]
    [MemberData(nameof(Paths))]
    public void Bytes_that_are_not_UTF8_stand_as_lone_surrogates(string bytes, string text)
    {
        Assert.Equal(text, PathText.FromBytes(Convert.FromHexString(bytes)));
        Assert.Equal(bytes, Convert.ToHexString(PathText.ToBytes(text)));
    }

    [Fact]
    public void Any_bytes_come_back() =>
        Gen.Byte.Array[0, 40].Sample(bytes => PathText.ToBytes(PathText.FromBytes(bytes)).AsSpan().SequenceEqual(bytes));

    [Fact]
    public void Any_bytes_are_shown_as_text_that_is_UTF8() => Gen.Byte.Array[0, 40].Sample(bytes =>
    {
        string shown = PathText.Shown(PathText.FromBytes(bytes));
        return shown == Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(shown));
    });
}
