using Streams.Testing;
using Xunit;

namespace Streams.Events.Tests.Decoding;

/// <summary>The arguments of an execution where the records lack some.</summary>
public class ArgumentTests
{
    private const string Call =
        "type=SYSCALL arch=c000003e syscall=59 success=yes exit=0 a0=1 a1=2 a2=3 a3=8 items=2 ppid=1 pid=2 comm=\"a\" exe=\"/bin/a\"";

    /// <summary>EXECVE records, their arguments, and the numbers of those that are not there or not whole.</summary>
    public static TheoryData<string, string, string?> Lists => new()
    {
        { "argc=3 a0=\"/bin/ls\" a1=\"-l\" a2=\"/etc\"", "/bin/ls|-l|/etc", null },
        { "argc=3 a0=\"curl\" a1=\"\" a2=\"x\"", "curl||x", null },
        { "argc=3 a0=\"/bin/ls\" a2=\"/etc\"", "/bin/ls||/etc", "1" },
        { "argc=2 a1=\"x\"", "|x", "0" },
        { "argc=5 a1=\"x\" a4=\"y\"", "|x|||y", "0, 2, 3" },
        { "argc=2 a0=\"x\"", "x", "1" },
        { "argc=4 a0=\"x\" a2_len=6 a2[0]=\"abc\" a2[1]=\"def\" a3=\"y\"", "x||abcdef|y", "1" },
        { "argc=4 a0=\"x\" a1=\"y\"\na3=\"z\"", "x|y||z", "2" },
        { "argc=4 a0=\"x\" a1=\"y\"\na3_len=3 a3[0]=\"abc\"", "x|y||abc", "2" },
        { "a2=\"y\" a3=\"z\"", "y|z", null },
        { "argc=2 a0=\"x\" a1_len=9 a1[0]=\"abc\" a1[2]=\"ghi\"", "x|abcghi", "1" },
        { "argc=2 a0=\"x\" a1_len=9 a1[0]=\"abc\"\na1[1]=\"def\"", "x|abcdef", "1" },
        { "argc=2 a0=\"x\" a1_len=9 a1[1]=\"def\" a1[2]=\"ghi\"", "x|defghi", "1" },
        { "argc=2 a0=\"x\" a1_len=6 a1[0]=616263 a1[1]=646566", "x|abcdef", null },
        { "argc=2 a0=\"x\" a1_len=6 a1[0]=616263", "x|abc", "1" },
        { "argc=2 a0=\"x\" a1_len=6 a1[0]=616263 a1[1]=\"def\"", "x|abcdef", null },
        { "argc=2 a0=\"/bin/sh\" a1=\"/opt/x.sh\"\nargc=1 a0=\"/bin/sh\"", "/bin/sh|/opt/x.sh", null },
        { "argc=3 a0=\"/bin/sh\" a1=\"/opt/x.sh\"\nargc=1 a0=\"/bin/sh\"", "/bin/sh|/opt/x.sh", "2" },
        { "argc=1 a0_len=4 a0[0]=\"/bin\"\nargc=1 a0=\"/bin/sh\"", "/bin", null },
        { "argc=0", "", null },
        { "argc=-1 a0=\"x\"", "x", null },
        { "argc=x a0=\"x\"", "x", null },
    };

    [Theory]
    [MemberData(nameof(Lists))]
    [Trait("Found", "D3")]
    [Trait("Found", "D4")]
    public void Each_argument_stays_in_its_place(string records, string expected, string? missing)
    {
        AuditEvent made = Execution(records);
        Assert.Equal(expected, string.Join('|', made.Process.Args));
        Assert.Equal(missing, Documents.Read(made, "streams.missing_arguments"));
        Assert.Equal(missing, Documents.Leaves(Documents.Json(made)).GetValueOrDefault("streams.missing_arguments"));
    }

    [Theory]
    [InlineData(7000, 7500, 0, "0")]
    [InlineData(7000, 7500, 6500, null)]
    [InlineData(3750, 7500, 0, null)]
    [InlineData(7500, 7500, 0, "0")]
    [InlineData(8000, 7500, 500, null)]
    [InlineData(8000, 7500, 0, "0")]
    [InlineData(8000, 7500, 498, "0")]
    [Trait("Found", "D5")]
    public void A_length_counts_bytes_or_in_old_kernels_digits(int length, int first, int second, string? missing)
    {
        string pieces = $"a0[0]={new string('A', first)}" + (second == 0 ? "" : $" a0[1]={new string('A', second)}");
        AuditEvent made = Execution($"argc=1 a0_len={length} {pieces}");
        Assert.Equal((first + second) / 2, made.Process.Args[0].Length);
        Assert.Equal(missing, Documents.Read(made, "streams.missing_arguments"));
    }

    [Theory]
    [InlineData("argc=100000001 a0=\"x\" a100000000=\"y\"")]
    [InlineData("argc=2147483647 a0=\"x\" a99999999_len=1 a99999999[0]=\"y\"")]
    [Trait("Found", "D3")]
    public void A_number_that_a_log_makes_up_takes_no_memory(string records)
    {
        AuditEvent made = Execution(records);
        Assert.True(made.Process.Args.Count <= 4098);
        Assert.Equal(64, made[Field.Of("streams.missing_arguments")].TextCount);
    }

    private static AuditEvent Execution(string records) =>
        Audit.Of([Call, .. records.Split('\n').Select(record => "type=EXECVE " + record)]);
}
