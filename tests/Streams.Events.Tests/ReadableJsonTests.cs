using System.Buffers;
using System.Text;
using System.Text.Json;
using Streams.Testing;
using Xunit;

namespace Streams.Events.Tests;

/// <summary>JSON that grep finds things in, and that a terminal can show.</summary>
[Trait("Found", "P6")]
public sealed class ReadableJsonTests
{
    [Theory]
    [InlineData("it's <b> & \"c\" + d\\e", "it's <b> & \\\"c\\\" + d\\\\e")]
    [InlineData("é ß 漢字 Ω \U0001F600", "é ß 漢字 Ω \U0001F600")]
    [InlineData("a\nb\tc\rd\0", "a\\nb\\tc\\rd\\u0000")]
    [InlineData("\u001b[31m\u007f\u009b", "\\u001b[31m\\u007f\\u009b")]
    [InlineData("\u202egnp.exe\u2066\u200b\ufeff", "\\u202egnp.exe\\u2066\\u200b\\ufeff")]
    [InlineData("\u2028\u2029\ue000", "\\u2028\\u2029\\ue000")]
    [InlineData("\U000E0041", "\\udb40\\udc41")]
    public void Letters_stand_as_they_are_and_hidden_characters_by_number(string text, string expected)
    {
        Assert.Equal($"\"{expected}\"", Write(json => json.WriteStringValue(text)));
        Assert.Equal($"\"{expected}\"", Write(json => json.WriteStringValue(Encoding.UTF8.GetBytes(text))));
        Assert.Equal($"{{\"{expected}\":1}}", Write(json =>
        {
            json.WriteStartObject();
            json.WriteNumber(text, 1);
            json.WriteEndObject();
        }));
    }

    [Fact]
    public void Half_of_a_surrogate_pair_becomes_the_replacement_character() =>
        Assert.Equal("\"\ufffd lone\"", Write(json => json.WriteStringValue("\ud800 lone")));

    [Theory]
    [InlineData("{\"a\":\"it's é\"}", "{\"a\":\"it's é\"}")]
    [InlineData("{\"a\":\"x\u007fy\u0085\u202e\"}", "{\"a\":\"x\\u007fy\\u0085\\u202e\"}")]
    [InlineData("{\"\U000E0041\":1}", "{\"\\udb40\\udc41\":1}")]
    [InlineData("", "")]
    public void A_document_that_came_in_is_copied_with_hidden_characters_escaped(string json, string expected)
    {
        var output = new ArrayBufferWriter<byte>();
        ReadableJson.Copy(Encoding.UTF8.GetBytes(json), output);
        Assert.Equal(expected, Encoding.UTF8.GetString(output.WrittenSpan));
    }

    [Fact]
    public void Broken_UTF8_of_a_document_is_left_as_it_is()
    {
        byte[] broken = [(byte)'"', 0xFF, 0xE2, 0x80, (byte)'"', 0xC2];
        var output = new ArrayBufferWriter<byte>();
        ReadableJson.Copy(broken, output);
        Assert.Equal(broken, output.WrittenSpan.ToArray());
    }

    [Fact]
    public void Each_character_is_read_back_as_it_was_written()
    {
        for (int first = 0; first < 0x11_0000; first += 0x1000)
        {
            var text = new StringBuilder();
            for (int c = first; c < first + 0x1000; c++)
                if (Rune.IsValid(c)) text.Append(new Rune(c).ToString());
            string written = Write(json => json.WriteStringValue(text.ToString()));
            Assert.Equal(text.ToString(), JsonSerializer.Deserialize<string>(written));
            Assert.DoesNotContain(written.EnumerateRunes(), HiddenCharacters.Contains);
        }
    }

    [Fact]
    public void The_fields_of_a_record_are_written_in_the_same_way()
    {
        const string Argument = "it's <b>&é\u202e\u200b";
        AuditEvent made = Audit.Of("type=EXECVE argc=1 a0=" + Convert.ToHexString(Encoding.UTF8.GetBytes(Argument)));
        Assert.Contains("[\"it's <b>&é\\u202e\\u200b\"]", Documents.Text(made), StringComparison.Ordinal);
    }

    private static string Write(Action<Utf8JsonWriter> write)
    {
        var output = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(output, ReadableJson.WriterOptions)) write(json);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }
}
