using System.Text;
using Streams.Events.Tables;
using Xunit;

namespace Streams.Events.Tests.Tables;

public class NamesTests
{
    [Theory]
    [InlineData(0xc000003e, "x86_64", true)]
    [InlineData(0x40000003, "i386", false)]
    [InlineData(0xc00000b7, "aarch64", true)]
    [InlineData(0x80000016, "s390x", true)]
    [InlineData(0xc0000015, "ppc64le", true)]
    [InlineData(0xc00000f3, "riscv64", true)]
    public void An_architecture_has_the_name_that_Auditbeat_writes(uint arch, string name, bool is64)
    {
        Assert.Equal(name, Architectures.Name(arch));
        Assert.True(Architectures.TryFind(name, out var found));
        Assert.Equal(arch, found);
        Assert.Equal(is64, Architectures.Is64(arch));
    }

    [Fact]
    public void An_unknown_architecture_has_no_name()
    {
        Assert.Null(Architectures.Name(0x12345678));
        Assert.False(Architectures.TryFind("vax", out _));
    }

    [Theory]
    [InlineData(1, "EPERM")]
    [InlineData(2, "ENOENT")]
    [InlineData(11, "EAGAIN")]
    [InlineData(13, "EACCES")]
    [InlineData(14, "EFAULT")]
    [InlineData(95, "EOPNOTSUPP")]
    [InlineData(115, "EINPROGRESS")]
    [InlineData(133, "EHWPOISON")]
    [InlineData(512, "ERESTARTSYS")]
    public void An_error_has_its_name_and_number(int number, string name)
    {
        Assert.Equal(name, Errno.Name(number));
        Assert.True(Errno.TryFind(name, out var found));
        Assert.Equal(number, found);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(41)]
    [InlineData(-1)]
    [InlineData(100000)]
    public void A_number_that_is_no_error_has_no_name(int number) => Assert.Null(Errno.Name(number));

    [Fact]
    public void There_are_at_least_as_many_errors_as_go_libaudit_has() =>
        Assert.True(Enumerable.Range(0, 200).Count(n => Errno.Name(n) is not null) >= 131);

    [Fact]
    public void A_second_name_of_an_error_is_found_too()
    {
        Assert.True(Errno.TryFind("EWOULDBLOCK", out var number));
        Assert.Equal(11, number);
        Assert.False(Errno.TryFind("ENOTHING", out _));
    }

    [Theory]
    [InlineData(1, "SIGHUP")]
    [InlineData(9, "SIGKILL")]
    [InlineData(31, "SIGSYS")]
    [InlineData(34, "SIGRTMIN")]
    [InlineData(35, "SIGRTMIN+1")]
    [InlineData(64, "SIGRTMIN+30")]
    public void A_signal_has_its_name_and_number(int number, string name)
    {
        Assert.Equal(name, Signals.Name(number));
        Assert.True(Signals.TryFind(name, out var found));
        Assert.Equal(number, found);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(32)]
    [InlineData(65)]
    [InlineData(-1)]
    public void A_number_that_is_no_signal_has_no_name(int number) => Assert.Null(Signals.Name(number));

    [Theory]
    [InlineData(0UL, "")]
    [InlineData(1UL, "chown")]
    [InlineData(0x200000UL, "sys_admin")]
    [InlineData(0x3000UL, "net_admin,net_raw")]
    [InlineData(0x8000000000000000UL, "63")]
    public void A_mask_is_the_names_of_its_capabilities(ulong mask, string names) =>
        Assert.Equal(names, string.Join(',', Capabilities.NamesOf(mask)));

    [Theory]
    [InlineData(0x1ffffffffffUL, true)]
    [InlineData(0x3fffffffffUL, true)]
    [InlineData(0x1fffffffffUL, false)]
    [InlineData(0x1fffffffffeUL, false)]
    [InlineData(0UL, false)]
    public void A_full_set_is_recognised_whatever_the_kernel_knows(ulong mask, bool full) => Assert.Equal(full, Capabilities.IsFull(mask));

    [Fact]
    public void All_capabilities_are_named()
    {
        Assert.Equal(0x1ffffffffffUL, Capabilities.Full);
        Assert.Equal("checkpoint_restore", Capabilities.Name(40));
        Assert.Null(Capabilities.Name(41));
    }

    [Theory]
    [InlineData(1, "unix")]
    [InlineData(2, "ipv4")]
    [InlineData(10, "ipv6")]
    [InlineData(16, "netlink")]
    [InlineData(17, "packet")]
    [InlineData(38, "alg")]
    [InlineData(40, "vsock")]
    [InlineData(65535, null)]
    public void A_socket_family_has_the_name_that_Auditbeat_writes(int family, string? name) =>
        Assert.Equal(name, SocketFamilies.Name(family));

    [Theory]
    [InlineData(0x81A4, "file", "0644")]
    [InlineData(0x41FF, "directory", "0777")]
    [InlineData(0x89ED, "file", "04755")]
    [InlineData(0x43FF, "directory", "01777")]
    [InlineData(0x2190, "character-device", "0620")]
    [InlineData(0x61B0, "block-device", "0660")]
    [InlineData(0x1000, "named-pipe", "0000")]
    [InlineData(0xA1FF, "symlink", "0777")]
    [InlineData(0xC1ED, "socket", "0755")]
    [InlineData(0x0009, null, "0011")]
    public void Mode_bits_are_a_kind_and_permissions(uint mode, string? kind, string permissions)
    {
        Assert.Equal(kind, FileModes.Kind(mode));
        Assert.Equal(permissions, FileModes.PermissionText(mode));
    }

    [Theory]
    [InlineData("comm", true)]
    [InlineData("exe", true)]
    [InlineData("proctitle", true)]
    [InlineData("name", true)]
    [InlineData("new-disk", true)]
    [InlineData("a0", false)]
    [InlineData("pid", false)]
    [InlineData("saddr", false)]
    [InlineData("", false)]
    [InlineData("COMM", false)]
    public void The_fields_with_untrusted_strings_are_known(string field, bool encoded) =>
        Assert.Equal(encoded, RecordFields.IsEncoded(Encoding.ASCII.GetBytes(field)));

    [Theory]
    [InlineData(RecordType.Execve, "a0", true)]
    [InlineData(RecordType.Execve, "a123", true)]
    [InlineData(RecordType.Execve, "a1[0]", true)]
    [InlineData(RecordType.Execve, "a1_len", false)]
    [InlineData(RecordType.Execve, "a", false)]
    [InlineData(RecordType.Execve, "a[0]", false)]
    [InlineData(RecordType.Execve, "a1[", false)]
    [InlineData(RecordType.Execve, "a1[]", false)]
    [InlineData(RecordType.Execve, "argc", false)]
    [InlineData(RecordType.Syscall, "a0", false)]
    [InlineData(RecordType.Syscall, "comm", true)]
    public void Arguments_are_strings_in_EXECVE_and_numbers_in_SYSCALL(RecordType type, string field, bool encoded) =>
        Assert.Equal(encoded, RecordFields.IsEncoded(type, Encoding.ASCII.GetBytes(field)));
}
