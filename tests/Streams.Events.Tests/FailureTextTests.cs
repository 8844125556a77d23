using System.ComponentModel;
using System.Text.Json;
using Xunit;

namespace Streams.Events.Tests;

/// <summary>Why something failed, as people read it: the words of the runtime stay out.</summary>
[Trait("Found", "P5")]
public sealed class FailureTextTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("streams-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_file_that_is_not_there_is_said_without_its_path()
    {
        string file = Path.Combine(_folder, "none");
        Assert.Equal("there is no such file", Of(() => File.ReadAllText(file)));
        Assert.Equal("there is no such file or folder", Of(() => File.ReadAllText(Path.Combine(file, "none"))));
        Assert.Equal("there is no such program", Of(() => System.Diagnostics.Process.Start(file)));
    }

    [Fact]
    public void A_full_disk_is_said_in_the_words_of_the_system()
    {
        using var full = new FileStream("/dev/full", FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        Assert.Equal("No space left on device", Of(() => full.Write("x"u8)));
    }

    [Fact]
    public void A_program_that_cannot_be_run_is_told_from_one_that_is_not_there()
    {
        string file = Path.Combine(_folder, "program");
        File.WriteAllText(file, "echo");
        File.SetUnixFileMode(file, UnixFileMode.UserRead);
        Assert.Equal("this user may not run it, or it is not executable", Of(() => System.Diagnostics.Process.Start(file)));
    }

    public static TheoryData<Exception, string> Errors => new()
    {
        { new UnauthorizedAccessException("Access to the path '/x' is denied."), "this user has no permission" },
        { new ArgumentOutOfRangeException("count", 0, "count must be greater."), "count must be greater" },
        { new ArgumentException("It is not so.", "name"), "It is not so" },
        { new ArgumentNullException("key"), "key is null" },
        { new InsufficientExecutionStackException(), "a function calls itself without end, or too often for the stack" },
        { new AggregateException(new IOException("no")), "no" },
        { new HttpRequestException("The connection could not be established, see inner exception.", new IOException("bad")), "bad" },
        { new IOException("No space left on device : '/a/b'"), "No space left on device" },
        { new EndOfStreamException(), "it ends too early" },
        { new Win32Exception(8, "An error occurred trying to start process 'x'"), "it is neither a program nor a script that begins with #!" },
    };

    [Theory]
    [MemberData(nameof(Errors), DisableDiscoveryEnumeration = true)]
    public void What_the_runtime_adds_for_programmers_is_left_out(Exception error, string expected) =>
        Assert.Equal(expected, FailureText.Of(error));

    [Fact]
    public void A_mistake_in_JSON_is_said_without_its_position() => Assert.DoesNotContain(
        "LineNumber", Of(() => JsonDocument.Parse("{ \"a\": tru }").Dispose()), StringComparison.Ordinal);

    private static string Of(Action act) => FailureText.Of(Assert.ThrowsAny<Exception>(act));
}
