using System.Text;
using System.Text.Json;
using Streams.Audit.Processes;
using Streams.Events;

namespace Streams.Audit.Tests.Processes;

public sealed class SystemTests
{
    [Theory]
    [InlineData("12 (bash) S 11 12 10 34816 12 4194304 1 2 3 4 5 6 7 8 20 0 1 0 4242 9 9", "bash", 11, 12, 10, 4242)]
    [InlineData("12 (a) R 1 (b) S 11 12 10 34816 12 4194304 1 2 3 4 5 6 7 8 20 0 1 0 4242 9 9", "a) R 1 (b", 11, 12, 10, 4242)]
    [InlineData("12 () S 0 0 0 0 -1 4194304 1 2 3 4 5 6 7 8 20 0 1 0 0 9 9", "", 0, 0, 0, 0)]
    public void A_state_is_read_whatever_the_name(string text, string name, int parent, int group, int session, long start)
    {
        Assert.True(ProcFileSystem.TryParseStatus(Encoding.UTF8.GetBytes(text), out ProcessStatus status));
        Assert.Equal((name, parent, group, session, start),
            (Encoding.UTF8.GetString(status.Name), status.ParentPid, status.Group, status.Session, status.Start));
    }

    [Theory]
    [InlineData("")]
    [InlineData("12")]
    [InlineData("12 (bash")]
    [InlineData("12 (bash) S")]
    [InlineData("12 (bash) S 11 12 10 34816")]
    public void What_is_no_state_is_refused(string text) =>
        Assert.False(ProcFileSystem.TryParseStatus(Encoding.UTF8.GetBytes(text), out _));

    [Fact]
    public void The_system_knows_this_process()
    {
        if (!OperatingSystem.IsLinux()) Assert.Skip("/proc is Linux's");
        var system = new ProcFileSystem();
        int pid = Environment.ProcessId;

        Assert.True(system.TryReadStatus(pid, out ProcessStatus status));
        Assert.True(system.Exists(pid));
        Assert.Contains(pid, system.List());
        Assert.Equal(Environment.ProcessPath, Encoding.UTF8.GetString(system.ReadDetails(pid)!.Executable));
        Assert.Equal(Environment.CurrentDirectory, Encoding.UTF8.GetString(system.ReadDetails(pid)!.WorkingDirectory));
        using var self = System.Diagnostics.Process.GetCurrentProcess();
        Assert.InRange(
            DateTimeOffset.FromUnixTimeMilliseconds(system.BootTime + status.Start * 10) - new DateTimeOffset(self.StartTime),
            TimeSpan.FromSeconds(-2), TimeSpan.FromSeconds(2));
        Assert.False(system.TryReadStatus(int.MaxValue, out _));
        Assert.False(system.Exists(int.MaxValue));
        Assert.Null(system.ReadDetails(int.MaxValue));
    }

    [Theory]
    [InlineData("0::/system.slice/docker-ID.scope")]
    [InlineData("12:cpu:/docker/ID\n0::/docker/ID")]
    [InlineData("0::/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod0f8fad5b.slice/cri-containerd-ID.scope")]
    [InlineData("0::/kubepods/besteffort/pod0f8fad5b-d9cb-469f-a165-70867728950e/ID")]
    [InlineData("0::/machine.slice/libpod-ID.scope/container")]
    [InlineData("0::/system.slice/containerd.service/kubepods-pod1.slice:cri-containerd:ID\n")]
    public void A_container_is_found_in_the_names_of_control_groups(string groups)
    {
        const string id = "4ca2e5b9d0f8a7163c5e4d2b1a09f8e7d6c5b4a39281706f5e4d3c2b1a0f9e8d";
        Assert.Equal(
            id,
            Encoding.ASCII.GetString(ContainerId.Find(Encoding.ASCII.GetBytes(groups.Replace("ID", id, StringComparison.Ordinal)))));
    }

    [Theory]
    [InlineData("")]
    [InlineData("0::/system.slice/ssh.service")]
    [InlineData("0::/user.slice/user-1000.slice/4ca2e5b9d0f8a716")]
    [InlineData("0::/a4ca2e5b9d0f8a7163c5e4d2b1a09f8e7d6c5b4a39281706f5e4d3c2b1a0f9e8d")]
    public void Elsewhere_is_no_container(string groups) => Assert.Empty(ContainerId.Find(Encoding.ASCII.GetBytes(groups)));

    [Fact]
    public void What_was_there_before_is_told_and_known()
    {
        var host = new Host(new ProcessTableOptions { OwnPid = 50 });
        host.System.Start(10, 1, "/usr/bin/b\"sh", 5, arguments: "bash\0-l\0");
        host.System.Start(50, 1, "/opt/streams", 6);
        host.System.Start(51, 50, "/bin/child", 6);

        IReadOnlyList<ProcessSnapshot> events =
            host.Table.ReadSnapshot("web-01", "audit", DateTimeOffset.FromUnixTimeSeconds(Logs.Start + 9));

        Assert.Equal(["1", "10"], events.Select(e => Read(e, "process.pid")));
        ProcessSnapshot made = events[1];
        string[] fields =
        [
            "@timestamp", "host.name", "event.action", "event.module", "process.name", "process.executable", "process.args",
            "process.args_count", "process.working_directory", "process.start", "process.parent.pid", "process.parent.executable",
            "user.id", "user.audit.id", "auditd.session",
        ];
        Assert.Equal(
            [
                "2023-11-14T22:13:29.000Z", "web-01", "process-snapshot", "streams", "b\"sh", "/usr/bin/b\"sh", "bash, -l", "2", "/",
                "2023-11-14T22:13:25.000Z", "1", "/sbin/init", "1000", "1000", "3",
            ],
            fields.Select(field => Read(made, field)));
        using JsonDocument json = JsonDocument.Parse(made.Json);

        int reads = host.System.DetailReads;
        Assert.Equal(Read(made, "process.entity_id"), host.Connect(9.5, 10, 1, "/usr/bin/b\"sh").Process.EntityId);
        Assert.Equal(reads, host.System.DetailReads);
        host.Connect(9.5, 51, 50, "/bin/child");
        Assert.False(host.IsGivenOut);
    }

    private static string Read(ProcessSnapshot made, string field) => made[Field.Of(field)].ToString();
}
