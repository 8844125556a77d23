using Streams.Events;
using Streams.Testing;
using Xunit;

namespace Streams.Engine.Tests.Operators;

/// <summary>What stands on the standard streams of a shell, where all is seen and where some of it has to be inferred.</summary>
public class StandardStreamsTests
{
    private const int Server = 200;
    private const int Child = 201;

    [Fact]
    public void A_socket_that_was_copied_there_is_known() =>
        Assert.Equal(
            ["203.0.113.5:51000 203.0.113.5:51000"],
            Found(Accept(0, 4), Dup(1, Server, 4, 0), Dup(1, Server, 0, 1), Shell(2, Server)));

    [Theory]
    [InlineData(Server)]
    [InlineData(Child)]
    public void What_nobody_knows_counts_as_the_socket_that_the_process_or_its_parent_has_just_opened(int pid) =>
        Assert.Equal(["203.0.113.5:51000? 203.0.113.5:51000?"], Found(Accept(0, 4), Dup(1, pid, 9, 0), Dup(2, pid, 9, 1), Shell(3, pid)));

    [Fact]
    public void Of_several_sockets_the_newest_counts() => Assert.Equal(
        ["203.0.113.6:443? 203.0.113.6:443?"],
        Found(Accept(0, 4), Connect(1, 5), Dup(2, Server, 9, 0), Dup(2, Server, 9, 1), Shell(3, Server)));

    [Theory]
    [InlineData(4.999, 1)]
    [InlineData(5, 0)]
    public void Five_seconds_later_it_does_not_count(double seconds, int found) =>
        Assert.Equal(found, Found(Accept(0, 4), Dup(seconds, Server, 9, 0), Shell(seconds, Server)).Count());

    [Fact]
    public void An_accept_that_waited_is_as_new_as_what_came_before_it() => Assert.Equal(
        ["203.0.113.5:51000? -"],
        Found(Connect(600, 8, pid: 77), Accept(0, 4), Dup(601, Server, 9, 0), Shell(602, Server)));

    [Fact]
    public void A_program_has_not_opened_what_the_one_before_it_had() => Assert.Equal(
        [], Found(Accept(0, 4), Shell(1, Server), Dup(2, Server, 9, 0), Shell(3, Server)));

    [Fact]
    public void Only_the_standard_streams_are_inferred() =>
        Assert.Equal([], Found(Accept(0, 4), Dup(1, Server, 9, 7), Shell(2, Server)));

    [Fact]
    public void What_a_child_of_a_child_does_is_nothing_that_is_known() => Assert.Equal(
        [], Found(Accept(0, 4), Dup(1, 300, 9, 0, parent: Child), Dup(1, 300, 9, 1, parent: Child), Shell(2, 300, parent: Child)));

    [Fact]
    public void A_child_that_has_replaced_them_does_not_get_its_parents_again() => Assert.Equal(
        ["203.0.113.5:51000 203.0.113.5:51000"],
        Found(
            Accept(0, 4), Dup(1, Server, 4, 0), Dup(1, Server, 4, 1), Shell(2, Server),
            Dup(8, Child, 9, 0), Dup(8, Child, 9, 1), Shell(9, Child), Shell(10, Child)));

    // Input and output of each execution; what was inferred has a question mark.
    private static IEnumerable<string> Found(params Event[] events)
    {
        var script = new QueryScript();
        script.Query("tested", Severity.Low, "Tested")
            .From(audit => audit.Syscalls([.. StandardStreamsOperator.Syscalls]).StandardStreams("descriptors"))
            .Alert(s => $"{Text(s.Input)} {Text(s.Output)}");
        return VirtualTime.Alerts(script, VirtualTime.Each(events)).Select(alert => alert.Message);
    }

    private static string Text(NetworkSocket? socket) => socket is null ? "-" : $"{socket.Peer}{(socket.IsInferred ? "?" : "")}";

    private static AuditEvent Accept(double seconds, int descriptor) =>
        Call(seconds, Server, 100, 43, descriptor, "3 7ffc 7ffd 0", "type=SOCKADDR saddr=0200C738CB0071050000000000000000");

    private static AuditEvent Connect(double seconds, int descriptor, int pid = Server) =>
        Call(seconds, pid, 100, 42, 0, $"{descriptor:x} 7ffc 10 0", "type=SOCKADDR saddr=020001BBCB0071060000000000000000");

    private static AuditEvent Dup(double seconds, int pid, int from, int to, int? parent = null) =>
        Call(seconds, pid, parent ?? ParentOf(pid), 33, to, $"{from:x} {to:x} 0 0");

    private static AuditEvent Shell(double seconds, int pid, int? parent = null) =>
        Call(seconds, pid, parent ?? ParentOf(pid), 59, 0, "1 2 3 0", "type=EXECVE argc=1 a0=\"sh\"");

    private static int ParentOf(int pid) => pid == Child ? Server : 100;

    private static AuditEvent Call(double seconds, int pid, int parent, int number, int exit, string arguments, params string[] others) =>
        Audit.Event(
            "web-01", VirtualTime.At(seconds), (ulong)(seconds * 1000),
            ["type=SYSCALL " + Audit.Syscall(number, exit, arguments, "/usr/bin/sh", pid, parent, 1000, 1000, "k"), .. others]);
}
