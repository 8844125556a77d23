using Streams.Events.Tables;
using Xunit;

namespace Streams.Events.Tests.Tables;

public class FlagsTests
{
    [Theory]
    [InlineData(0xc000003e, 0x0, "O_RDONLY")]
    [InlineData(0xc000003e, 0x241, "O_WRONLY|O_CREAT|O_TRUNC")]
    [InlineData(0xc000003e, 0x80000, "O_RDONLY|O_CLOEXEC")]
    [InlineData(0xc000003e, 0x90800, "O_RDONLY|O_NONBLOCK|O_DIRECTORY|O_CLOEXEC")]
    [InlineData(0xc000003e, 0x101002, "O_RDWR|O_SYNC")]
    [InlineData(0xc000003e, 0x1002, "O_RDWR|O_DSYNC")]
    [InlineData(0xc000003e, 0x410002, "O_RDWR|O_TMPFILE")]
    [InlineData(0xc000003e, 0x20000, "O_RDONLY|O_NOFOLLOW")]
    [InlineData(0xc000003e, 0x80000001, "O_WRONLY|0x80000000")]
    [InlineData(0xc000003e, 0xffffffff00000001, "O_WRONLY")]
    [InlineData(0xc00000b7, 0x4000, "O_RDONLY|O_DIRECTORY")]
    [InlineData(0xc00000b7, 0x20000, "O_RDONLY|O_LARGEFILE")]
    [InlineData(0x40000028, 0x10000, "O_RDONLY|O_DIRECT")]
    [InlineData(0xc0000015, 0x10000, "O_RDONLY|O_LARGEFILE")]
    [InlineData(0x00000008, 0x301, "O_WRONLY|O_CREAT|O_TRUNC")]
    public void Open_flags_are_those_of_the_architecture(uint arch, ulong value, string text) =>
        Assert.Equal(text, Flags.Open(arch, value));

    [Theory]
    [InlineData(0x01200011, "CLONE_CHILD_CLEARTID|CLONE_CHILD_SETTID|SIGCHLD")]
    [InlineData(0x4111, "CLONE_VM|CLONE_VFORK|SIGCHLD")]
    [InlineData(0x7c020011, "CLONE_NEWNS|CLONE_NEWUTS|CLONE_NEWIPC|CLONE_NEWUSER|CLONE_NEWPID|CLONE_NEWNET|SIGCHLD")]
    [InlineData(0x10000000, "CLONE_NEWUSER")]
    [InlineData(0, "0")]
    [InlineData(0xff, "0xff")]
    public void Clone_flags_end_with_the_signal(ulong value, string text) => Assert.Equal(text, Flags.Clone(value));

    [Fact]
    public void The_other_arguments_have_their_names()
    {
        const uint x86 = Architectures.X8664;
        Assert.Equal("CLONE_NEWTIME|CLONE_NEWNS", Flags.Namespaces(0x20080));
        Assert.Equal("PROT_READ|PROT_WRITE|PROT_EXEC", Flags.MmapProtection(7));
        Assert.Equal("PROT_NONE", Flags.MmapProtection(0));
        Assert.Equal("MAP_PRIVATE|MAP_ANONYMOUS", Flags.Mmap(x86, 0x22));
        Assert.Equal("MAP_PRIVATE|MAP_ANONYMOUS|MAP_NORESERVE", Flags.Mmap(Architectures.Ppc64le, 0x62));
        Assert.Equal("PTRACE_ATTACH", Flags.Ptrace(16));
        Assert.Equal("PTRACE_SEIZE", Flags.Ptrace(0x4206));
        Assert.Equal("AF_INET6", Flags.SocketDomain(10));
        Assert.Equal("SOCK_STREAM|SOCK_NONBLOCK|SOCK_CLOEXEC", Flags.SocketType(x86, 0x80801));
        Assert.Equal("SOCK_STREAM", Flags.SocketType(Architectures.Mips, 2));
        Assert.Equal("IPPROTO_TCP", Flags.SocketProtocol(2, 6));
        Assert.Equal("NETLINK_AUDIT", Flags.SocketProtocol(16, 9));
        Assert.Equal("ETH_P_ALL", Flags.SocketProtocol(17, 0x300));
        Assert.Equal("0", Flags.SocketProtocol(1, 0));
        Assert.Equal("MS_BIND|MS_REC", Flags.Mount(0x5000));
        Assert.Equal("MS_RDONLY", Flags.Mount(0xC0ED0001));
        Assert.Equal("MNT_DETACH", Flags.Umount(2));
        Assert.Equal("F_OK", Flags.Access(0));
        Assert.Equal("R_OK|X_OK", Flags.Access(5));
        Assert.Equal("F_DUPFD_CLOEXEC", Flags.Fcntl(1030));
        Assert.Equal("SEEK_END", Flags.Seek(2));
        Assert.Equal("MFD_CLOEXEC|MFD_ALLOW_SEALING", Flags.Memfd(3));
    }

    [Fact]
    public void A_value_without_a_name_is_its_number()
    {
        Assert.Equal("0x63", Flags.SocketDomain(99));
        Assert.Equal("0xffffffffffffffff", Flags.Ptrace(ulong.MaxValue));
        Assert.Equal("0xa", Flags.Seek(10));
    }

    [Fact]
    public void A_value_that_comes_again_is_the_same_string() =>
        Assert.Same(Flags.Open(Architectures.X8664, 0x80242), Flags.Open(Architectures.X8664, 0x80242));

    [Fact]
    public void More_values_than_are_kept_still_have_a_text()
    {
        for (ulong value = 0; value < 5_000; value++) Assert.StartsWith("0x", Flags.Ptrace(0x10000 + value), StringComparison.Ordinal);
        Assert.Equal("PTRACE_CONT", Flags.Ptrace(7));
    }
}
