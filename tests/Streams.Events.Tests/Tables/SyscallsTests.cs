using Streams.Events.Tables;
using Xunit;

namespace Streams.Events.Tests.Tables;

public class SyscallsTests
{
    private const int X32 = 0x40000000;

    // One architecture of each table.
    private static readonly uint[] AllTables =
    [
        Architectures.Aarch64, Architectures.Arm, Architectures.I386, Architectures.Loongarch64, Architectures.Mips, Architectures.Mips64,
        Architectures.Ppc, Architectures.Ppc64, Architectures.Riscv64, Architectures.S390x, Architectures.X8664,
    ];

    [Theory]
    [InlineData(0xc000003e, 42, "connect")]
    [InlineData(0xc000003e, 59, "execve")]
    [InlineData(0xc000003e, 0, "read")]
    [InlineData(0xc000003e, 17, "pread")]
    [InlineData(0xc000003e, 437, "openat2")]
    [InlineData(0xc000003e, 435, "clone3")]
    [InlineData(0xc000003e, 452, "fchmodat2")]
    [InlineData(0xc000003e, 453, "map_shadow_stack")]
    [InlineData(0xc000003e, 463, "setxattrat")]
    [InlineData(0xc000003e, 469, "file_setattr")]
    [InlineData(0xc000003e, 470, "listns")]
    [InlineData(0xc000003e, X32 | 520, "execve")]
    [InlineData(0xc000003e, X32 | 42, "connect")]
    [InlineData(0xc000003e, X32 | 547, "pwritev2")]
    [InlineData(0x40000003, 102, "socketcall")]
    [InlineData(0x40000003, 11, "execve")]
    [InlineData(0x40000003, 362, "connect")]
    [InlineData(0xc00000b7, 203, "connect")]
    [InlineData(0xc00000b7, 79, "newfstatat")]
    [InlineData(0xc00000b7, 221, "execve")]
    [InlineData(0x40000028, 283, "connect")]
    [InlineData(0x40000028, 102, "socketcall")]
    [InlineData(0xc00000f3, 203, "connect")]
    [InlineData(0xc00000f3, 259, "riscv_flush_icache")]
    [InlineData(0x80000016, 362, "connect")]
    [InlineData(0x80000016, 11, "execve")]
    [InlineData(0xc0000015, 328, "connect")]
    [InlineData(0x80000015, 328, "connect")]
    [InlineData(0x00000014, 328, "connect")]
    [InlineData(0x00000008, 4170, "connect")]
    [InlineData(0xc0000008, 5041, "connect")]
    [InlineData(0xc0000102, 203, "connect")]
    public void A_number_has_the_name_of_its_architecture(uint arch, int number, string name) =>
        Assert.Equal(name, Syscalls.Name(Syscalls.Id(arch, number)));

    [Fact]
    public void A_call_has_one_id_on_every_architecture()
    {
        Assert.Equal(SyscallId.Connect, Syscalls.Id(Architectures.X8664, 42));
        Assert.Equal(SyscallId.Connect, Syscalls.Id(Architectures.Aarch64, 203));
        Assert.Equal(SyscallId.Connect, Syscalls.Id(Architectures.Mips64, 5041));
        Assert.Equal(SyscallId.Execve, Syscalls.Id(Architectures.X8664, X32 | 520));
    }

    [Theory]
    [InlineData(0xc000003e, -1)]
    [InlineData(0xc000003e, 340)]
    [InlineData(0xc000003e, 512)]
    [InlineData(0xc000003e, 5000)]
    [InlineData(0xc000003e, X32 | 548)]
    [InlineData(0xc000003e, int.MinValue)]
    [InlineData(0xc000003e, int.MaxValue)]
    [InlineData(0xc00000b7, 244)]
    [InlineData(0xc00000b7, 100000)]
    [InlineData(0x00000008, 42)]
    [InlineData(0x00000008, int.MinValue)]
    [InlineData(0x12345678, 42)]
    [InlineData(0, 0)]
    public void What_no_table_names_has_no_id(uint arch, int number) => Assert.Equal(SyscallId.None, Syscalls.Id(arch, number));

    [Fact]
    public void Every_name_leads_back_to_its_id()
    {
        for (var id = 1; id <= Syscalls.Count; id++)
        {
            Assert.NotEmpty(Syscalls.Name((ushort)id));
            Assert.True(Syscalls.TryFind(Syscalls.Name((ushort)id), out var found));
            Assert.Equal(id, found);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("a")]
    [InlineData("zzz")]
    [InlineData("Connect")]
    [InlineData("connect ")]
    [InlineData("cönnect")]
    [InlineData("a_name_that_is_much_longer_than_any_system_call_has_ever_been_and_will_be")]
    public void What_is_no_name_is_not_found(string name) => Assert.False(Syscalls.TryFind(name, out _));

    [Theory]
    [InlineData(0)]
    [InlineData(ushort.MaxValue)]
    public void What_is_no_id_has_an_empty_name(ushort id)
    {
        Assert.Equal("", Syscalls.Name(id));
        Assert.True(Syscalls.NameUtf8(id).IsEmpty);
    }

    [Fact]
    public void There_are_at_least_as_many_names_as_go_libaudit_has()
    {
        var names = AllTables.Sum(arch => Enumerable.Range(0, 6000).Count(n => Syscalls.Id(arch, n) != SyscallId.None));
        Assert.True(names >= 2_760, $"{names}");
    }

    [Theory]
    [InlineData(1, "socket")]
    [InlineData(3, "connect")]
    [InlineData(20, "sendmmsg")]
    [InlineData(0, "")]
    [InlineData(21, "")]
    [InlineData(ulong.MaxValue, "")]
    public void Socketcall_is_named_by_its_first_argument(ulong call, string name) =>
        Assert.Equal(name, Syscalls.Name(Syscalls.SocketcallId(call)));
}
