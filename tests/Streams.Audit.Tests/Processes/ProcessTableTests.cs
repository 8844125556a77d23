using Streams.Audit.Processes;
using Streams.Events;
using Streams.Events.Tables;

namespace Streams.Audit.Tests.Processes;

public sealed class ProcessTableTests
{
    private const string Container = "4ca2e5b9d0f8a7163c5e4d2b1a09f8e7d6c5b4a39281706f5e4d3c2b1a0f9e8d";
    private readonly Host _host = new();

    [Fact]
    public void A_program_has_its_parent_its_ancestors_and_its_start()
    {
        _host.System.Start(10, 1, "/usr/sbin/sshd", 5);
        _host.System.Start(11, 10, "/usr/bin/bash", 6.5, arguments: "-bash\0--login\0");
        _host.System.Start(12, 11, "/usr/bin/curl", 7.25);

        AuditEvent made = _host.Execve(7.3, 12, 11, "/usr/bin/curl", "curl", "http://x");

        Assert.Equal("2023-11-14T22:13:27.250Z", Host.Read(made, "process.start"));
        Assert.Equal(16, made.Process.EntityId!.Length);
        Assert.Equal("/usr/bin/bash", made.Process.Parent.Executable);
        Assert.Equal("bash", made.Process.Parent.Name);
        Assert.Equal(["-bash", "--login"], made.Process.Parent.Args);
        Assert.Equal("2023-11-14T22:13:26.500Z", Host.Read(made, "process.parent.start"));
        Assert.Equal(["/usr/bin/bash", "/usr/sbin/sshd", "/sbin/init"], made.Process.Ancestors);
        Assert.Equal("12", Host.Read(made, "process.group_leader.pid"));
        Assert.Equal(made.Process.EntityId, Host.Read(made, "process.group_leader.entity_id"));
        Assert.Equal("1", Host.Read(made, "process.session_leader.pid"));
    }

    [Theory]
    [Trait("Found", "Q7")]
    [InlineData("opid=999999 oauid=-1 ouid=0 oses=-1 ocomm=\"streams\"", true)]
    [InlineData("opid=999999", true)]
    [InlineData("opid=9999990 oauid=-1 ouid=0 oses=-1 ocomm=\"x\"", false)]
    [InlineData("opid=7 oauid=-1 ouid=0 oses=-1 ocomm=206F7069643D393939393939", false)]
    [InlineData("oauid=-1 opid=999999", false)]
    public void A_call_on_the_own_process_is_marked_whatever_names_it(string target, bool isMarked)
    {
        AuditEvent one = _host.Event(8, Host.Call(62, 12, 1, "/usr/bin/kill", first: "fffffffe"), $"OBJ_PID {target}");
        AuditEvent last = _host.Event(
            9, Host.Call(62, 12, 1, "/usr/bin/kill", first: "ffffffff"), "OBJ_PID opid=1 oauid=-1 ouid=0 oses=-1 ocomm=\"x\"",
            $"OBJ_PID {target}");
        Assert.Equal([isMarked, isMarked], [one.TargetsStreams, last.TargetsStreams]);
        Assert.False(_host.Connect(10, 12, 1, "/usr/bin/kill").TargetsStreams);
        Assert.NotNull(one.Process.EntityId);
    }

    [Theory]
    [InlineData("bash -c x", true)]
    [InlineData("nc -l -p 4444", false)]
    [InlineData("nc -l -p 44", false)]
    [InlineData("nc -l -p 44445", true)]
    [InlineData("nc -l", false)]
    [InlineData("nc", false)]
    [Trait("Found", "Q8")]
    public void A_title_from_before_the_execve_does_not_lose_the_arguments(string title, bool isAnother)
    {
        _host.Execve(7, 12, 1, "/usr/bin/nc", "nc", "-l", "-p", "4444");

        AuditEvent[] later =
        [
            .. Enumerable.Range(8, 2).Select(second => _host.Event(
                second, Host.Call(50, 12, 1, "/usr/bin/nc"), $"PROCTITLE proctitle={Host.Value(title.Replace(' ', '\0'))}")),
        ];

        Assert.All(later, call => Assert.Equal(isAnother ? ["nc", "-l", "-p", "4444"] : [], call.Process.Args));
        Assert.All(later, call => Assert.Equal(isAnother ? "nc -l -p 4444" : title, call.Process.CommandLine));
        Assert.Empty(_host.Connect(10, 13, 12, "/usr/bin/nc").Process.Args);
    }

    [Fact]
    public void The_next_program_of_a_process_has_a_title_of_its_own_again()
    {
        _host.Execve(7, 12, 1, "/usr/bin/nc", "nc", "-l");
        Assert.NotEmpty(_host.Event(8, Host.Call(50, 12, 1, "/usr/bin/nc"), "PROCTITLE proctitle=\"bash\"").Process.Args);
        Assert.Equal(["sh"], _host.Execve(9, 12, 1, "/bin/sh", "sh").Process.Args);
        Assert.Empty(_host.Event(10, Host.Call(42, 12, 1, "/bin/sh"), "PROCTITLE proctitle=\"sh\"").Process.Args);
    }

    [Fact]
    public void The_chain_is_known_when_everybody_in_it_has_ended()
    {
        _host.System.Start(10, 1, "/usr/sbin/nginx", 5);
        _host.System.Start(11, 10, "/bin/sh", 6);
        _host.Execve(6, 11, 10, "/bin/sh", "sh", "-c", "a b");
        foreach (int pid in (int[])[10, 11]) _host.System.End(pid);

        AuditEvent made = _host.Execve(6.1, 12, 11, "/usr/bin/id", "id");

        Assert.Equal(["/bin/sh", "/usr/sbin/nginx", "/sbin/init"], made.Process.Ancestors);
        Assert.Equal(["sh", "-c", "a b"], made.Process.Parent.Args);
        Assert.Null(made.Process.Start);
        Assert.NotNull(made.Process.EntityId);
    }

    [Fact]
    public void An_entity_is_the_same_in_all_events_of_a_process_and_another_in_its_children()
    {
        _host.System.Start(10, 1, "/bin/sh", 5);
        AuditEvent first = _host.Execve(5, 10, 1, "/bin/sh", "sh");
        AuditEvent second = _host.Connect(6, 10, 1, "/bin/sh");
        AuditEvent child = _host.Execve(7, 11, 10, "/bin/ls", "ls");
        AuditEvent third = _host.Execve(8, 10, 1, "/bin/dash", "dash");

        Assert.Equal(first.Process.EntityId, second.Process.EntityId);
        Assert.Equal(first.Process.EntityId, third.Process.EntityId);
        Assert.Equal(first.Process.EntityId, child.Process.Parent.EntityId);
        Assert.NotEqual(first.Process.EntityId, child.Process.EntityId);
    }

    [Fact]
    public void A_parent_that_runs_another_program_is_shown_with_it_from_then_on()
    {
        _host.System.Start(10, 1, "/bin/sh", 5);
        _host.Execve(5, 10, 1, "/bin/sh", "sh");
        _host.Execve(6, 11, 10, "/usr/bin/sleep", "sleep");
        _host.Execve(7, 10, 1, "/usr/bin/python3", "python3", "x.py");

        AuditEvent made = _host.Connect(8, 11, 10, "/usr/bin/sleep");

        Assert.Equal("/usr/bin/python3", made.Process.Parent.Executable);
        Assert.Equal(["python3", "x.py"], made.Process.Parent.Args);
        Assert.Equal(["/bin/sh", "/sbin/init"], made.Process.Ancestors);
    }

    [Fact]
    public void An_orphan_has_its_new_parent_and_the_ancestors_of_who_started_it()
    {
        _host.System.Start(10, 1, "/usr/sbin/nginx", 5);
        _host.System.Start(11, 10, "/bin/sh", 6);
        _host.System.Start(12, 11, "/tmp/x", 7);
        AuditEvent before = _host.Execve(7, 12, 11, "/tmp/x", "x");
        _host.System.End(11);

        AuditEvent after = _host.Connect(8, 12, 1, "/tmp/x");

        Assert.Equal("/sbin/init", after.Process.Parent.Executable);
        Assert.Equal(["/bin/sh", "/usr/sbin/nginx", "/sbin/init"], after.Process.Ancestors);
        Assert.Equal(before.Process.EntityId, after.Process.EntityId);
    }

    [Fact]
    public void A_number_that_belongs_to_another_process_is_noticed_when_it_runs_a_program()
    {
        _host.System.Start(10, 1, "/bin/old", 5);
        AuditEvent old = _host.Execve(5, 10, 1, "/bin/old", "old");
        _host.System.Start(10, 1, "/bin/old", 100);

        AuditEvent made = _host.Execve(100, 10, 1, "/bin/old", "old");

        Assert.NotEqual(old.Process.EntityId, made.Process.EntityId);
        Assert.Equal("2023-11-14T22:15:00.000Z", Host.Read(made, "process.start"));
    }

    [Theory]
    [InlineData(1, "/bin/new", true)]
    [InlineData(20, "/bin/old", true)]
    [InlineData(1, "/bin/old", false)]
    public void Without_an_execve_when_its_program_or_its_parent_is_another(int parent, string executable, bool noticed)
    {
        _host.System.Start(10, 1, "/bin/old", 5);
        AuditEvent old = _host.Execve(5, 10, 1, "/bin/old", "old");
        _host.System.Start(20, 1, "/bin/sh", 6);
        _host.System.Start(10, parent, executable, 100);

        AuditEvent made = _host.Connect(100, 10, parent, executable);

        Assert.Equal(noticed, made.Process.EntityId != old.Process.EntityId);
    }

    [Fact]
    public void Who_has_the_number_now_is_not_who_made_an_earlier_record()
    {
        _host.System.Start(10, 1, "/bin/new", 100);

        AuditEvent made = _host.Connect(50, 10, 1, "/bin/old");

        Assert.Null(made.Process.Start);
        Assert.Equal("/sbin/init", made.Process.Parent.Executable);
    }

    [Fact]
    public void A_program_of_which_there_was_no_record_leaves_the_process_the_same()
    {
        _host.System.Start(10, 1, "/bin/sh", 5);
        AuditEvent first = _host.Execve(5, 10, 1, "/bin/sh", "sh");
        _host.System.Start(10, 1, "/usr/bin/nc", 5, arguments: "nc\0-l\0");
        AuditEvent second = _host.Connect(6, 10, 1, "/usr/bin/nc");
        AuditEvent child = _host.Execve(7, 11, 10, "/bin/ls", "ls");

        Assert.Equal(first.Process.EntityId, second.Process.EntityId);
        Assert.Equal("/usr/bin/nc", child.Process.Parent.Executable);
        Assert.Equal(["nc", "-l"], child.Process.Parent.Args);
    }

    [Fact]
    public void A_fork_that_is_audited_makes_the_child_known_though_its_parent_ends_at_once()
    {
        _host.System.Start(10, 1, "/usr/sbin/nginx", 5);
        _host.Execve(5, 10, 1, "/usr/sbin/nginx", "nginx", "-g", "x");
        _host.Fork(6, 10, 1, "/usr/sbin/nginx", child: 11);
        _host.System.End(10);

        AuditEvent made = _host.Execve(6.1, 11, 1, "/bin/sh", "sh");

        Assert.Equal(["/usr/sbin/nginx", "/sbin/init"], made.Process.Ancestors);
        Assert.Equal("/sbin/init", made.Process.Parent.Executable);
    }

    [Fact]
    public void The_record_of_a_vfork_comes_after_what_the_child_did()
    {
        _host.System.Start(10, 1, "/bin/sh", 5);
        _host.System.Start(11, 10, "/bin/ls", 6);
        _host.Execve(5, 10, 1, "/bin/sh", "sh");
        AuditEvent run = _host.Execve(6.01, 11, 10, "/bin/ls", "ls");
        _host.Fork(6, 10, 1, "/bin/sh", child: 11, call: 58);

        AuditEvent made = _host.Connect(6.02, 11, 10, "/bin/ls");

        Assert.Equal(run.Process.EntityId, made.Process.EntityId);
        Assert.Equal("/bin/ls", Host.Read(made, "process.executable"));
    }

    [Fact]
    public void A_thread_is_no_process()
    {
        _host.System.Start(10, 1, "/usr/bin/java", 5);
        _host.Fork(6, 10, 1, "/usr/bin/java", child: 11, call: 56, flags: "3d0f00");

        Assert.Equal(2, _host.Table.Count);
    }

    [Fact]
    public void After_its_end_a_number_is_another_process()
    {
        _host.System.Start(10, 1, "/bin/sh", 5);
        AuditEvent old = _host.Execve(5, 10, 1, "/bin/sh", "sh");
        _host.Exit(6, 10, 1, "/bin/sh");
        _host.System.End(10);
        AuditEvent thread = _host.Connect(5.9, 10, 1, "/bin/sh");
        AuditEvent made = _host.Execve(6.5, 10, 1, "/bin/sh", "sh");

        Assert.Equal(old.Process.EntityId, thread.Process.EntityId);
        Assert.NotEqual(old.Process.EntityId, made.Process.EntityId);
    }

    [Fact]
    public void A_container_is_read_once_and_inherited()
    {
        _host.System.Start(10, 1, "/usr/bin/node", 5, $"0::/system.slice/docker-{Container}.scope\n");
        AuditEvent first = _host.Connect(6, 10, 1, "/usr/bin/node");
        int reads = _host.System.ControlGroupReads;
        AuditEvent child = _host.Execve(7, 11, 10, "/bin/sh", "sh");
        AuditEvent grandchild = _host.Execve(8, 12, 11, "/bin/ls", "ls");

        Assert.All((AuditEvent[])[first, child, grandchild], made => Assert.Equal(Container, made.Container.Id));
        Assert.Equal(reads, _host.System.ControlGroupReads);
    }

    [Theory]
    [InlineData("/usr/bin/containerd-shim-runc-v2")]
    [InlineData("/usr/bin/conmon")]
    [InlineData("/usr/sbin/runc")]
    public void What_a_container_runtime_starts_is_in_the_container_that_it_was_moved_into(string runtime)
    {
        _host.System.Start(10, 1, runtime, 5);
        _host.System.Start(11, 10, "/entrypoint", 6, $"0::/kubepods/burstable/pod1/{Container}\n");
        _host.Execve(5, 10, 1, runtime, "runtime");

        Assert.Equal(Container, _host.Execve(6, 11, 10, "/entrypoint", "x").Container.Id);
    }

    [Fact]
    public void Of_more_processes_than_it_may_know_those_leave_that_were_silent_longest()
    {
        var host = new Host(new ProcessTableOptions { MaxProcesses = 3, OwnPid = 0 });
        for (int pid = 10; pid < 20; pid++)
        {
            host.System.Start(pid, 1, "/bin/x", pid);
            host.Execve(pid * 2, pid, 1, "/bin/x", "x");
        }

        Assert.Equal((3, 8), (host.Table.Count, host.Table.Evicted));
        Assert.Equal(
            [("processes.known", 3), ("processes.evicted", 8), ("names.unasked", 0)],
            host.Table.Counters.Select(c => (c.Key, c.Value)));
        Assert.Equal("/sbin/init", host.Connect(60, 10, 1, "/bin/x").Process.Parent.Executable);
    }

    [Fact]
    public void Those_that_have_ended_are_forgotten_after_a_while()
    {
        for (int i = 0; i < 20_000; i++) _host.Execve(i * 0.01, 100 + i, 1, "/bin/true", "true");

        Assert.InRange(_host.Table.Count, 4096, 4200);
        Assert.Equal(0, _host.Table.Evicted);
    }

    [Fact]
    public void Those_that_run_stay_however_silent()
    {
        for (int i = 0; i < 5000; i++) _host.System.Start(100 + i, 1, "/bin/sleep");
        for (int i = 0; i < 5000; i++) _host.Connect(1, 100 + i, 1, "/bin/sleep");
        for (int i = 0; i < 20_000; i++) _host.Execve(30 + i * 0.01, 10_000 + i, 1, "/bin/true", "true");

        Assert.True(_host.Table.Count > 5000);
        int reads = _host.System.StatusReads;
        Assert.All(Enumerable.Range(100, 5000), pid => _host.Connect(231, pid, 1, "/bin/sleep"));
        Assert.Equal(reads, _host.System.StatusReads);
    }

    [Fact]
    public void Events_of_this_process_and_of_what_it_starts_are_not_given_out()
    {
        var host = new Host(new ProcessTableOptions { OwnPid = 50 });
        host.System.Start(50, 1, "/opt/streams", 5);
        (int Pid, int Parent, bool Kept)[] acts = [(50, 1, false), (51, 50, false), (52, 51, false), (60, 1, true)];
        foreach ((int pid, int parent, bool kept) in acts)
        {
            host.Execve(6, pid, parent, "/bin/x", "x");
            Assert.Equal((pid, kept), (pid, host.IsGivenOut));
            Assert.Equal((pid, !kept), (pid, host.Table.IsOwn(pid)));
        }

        host.Connect(7, 52, 1, "/bin/x");
        Assert.False(host.IsGivenOut);
        Assert.True(host.Table.IsOwn(50));
        Assert.False(host.Table.IsOwn(12345));
    }

    [Theory]
    [InlineData("LOGIN pid=10 uid=0 old-auid=4294967295 auid=1000 tty=(none) old-ses=4294967295 ses=2 res=1")]
    [InlineData("SECCOMP auid=1000 uid=1000 gid=1000 ses=3 subj=x pid=10 comm=\"sshd\" exe=\"/usr/sbin/sshd\" sig=31")]
    [InlineData("URINGOP uring_op=18 success=yes exit=5 items=1 ppid=1 pid=10 uid=0 gid=0 euid=0 suid=0 fsuid=0 egid=0 sgid=0 "
        + "fsgid=0 key=(null)")]
    public void Records_with_little_more_than_a_number_get_the_rest(string record)
    {
        _host.System.Start(10, 1, "/usr/sbin/sshd", 5);
        AuditEvent run = _host.Execve(5, 10, 1, "/usr/sbin/sshd", "sshd");

        AuditEvent made = _host.Event(6, record);

        Assert.Equal("/usr/sbin/sshd", made.Process.Executable);
        Assert.Equal("sshd", made.Process.Name);
        Assert.Equal(1, made.Process.ParentPid);
        Assert.Equal("/sbin/init", made.Process.Parent.Executable);
        Assert.Equal(run.Process.EntityId, made.Process.EntityId);
    }

    [Fact]
    public void What_a_program_reports_has_its_process_also_when_nothing_was_heard_of_it_before()
    {
        _host.System.Start(10, 1, "/usr/sbin/sshd", 5);
        _host.System.Start(11, 10, "/usr/bin/bash", 6);
        _host.System.Start(12, 11, "/usr/bin/su", 7);

        AuditEvent made = _host.Event(7.5, UserAuth(12));

        Assert.Equal(["/usr/bin/bash", "/usr/sbin/sshd", "/sbin/init"], made.Process.Ancestors);
        Assert.Equal(11, made.Process.ParentPid);
        Assert.Equal("2023-11-14T22:13:27.000Z", Host.Read(made, "process.start"));
        Assert.Equal(made.Process.EntityId, _host.Connect(8, 12, 11, "/usr/bin/su").Process.EntityId);
        int reads = _host.System.StatusReads + _host.System.DetailReads + _host.System.ControlGroupReads;
        _host.Event(8.1, UserAuth(12));
        Assert.Equal(reads, _host.System.StatusReads + _host.System.DetailReads + _host.System.ControlGroupReads);
    }

    [Fact]
    public void What_a_program_reports_is_not_put_down_to_who_had_its_number_before()
    {
        _host.System.Start(20, 1, "/usr/sbin/cron", 4);
        _host.System.Start(12, 20, "/bin/old", 5);
        AuditEvent old = _host.Connect(5, 12, 20, "/bin/old");
        _host.System.Start(12, 1, "/usr/bin/su", 100);

        AuditEvent made = _host.Event(100.5, UserAuth(12));

        Assert.NotEqual(old.Process.EntityId, made.Process.EntityId);
        Assert.Equal("/sbin/init", made.Process.Parent.Executable);
    }

    [Theory]
    [InlineData("CONFIG_CHANGE auid=0 ses=1 op=set audit_enabled=1 old=0 res=1")]
    [InlineData("AVC avc:  denied  { read } for  pid=77 comm=\"x\"")]
    [InlineData("SYSCALL arch=c000003e syscall=42 success=yes")]
    [InlineData("PROCTITLE proctitle=6C73")]
    public void Nothing_is_added_where_no_process_is_known(string record)
    {
        AuditEvent made = _host.Event(6, record);

        Assert.Equal(1, made.RecordCount);
        Assert.True(_host.IsGivenOut);
    }

    [Fact]
    public void The_working_directory_is_the_one_of_the_last_record_that_had_one()
    {
        _host.System.Start(10, 1, "/bin/sh", 5);
        _host.Execve(5, 10, 1, "/bin/sh", "sh");
        Assert.Equal("/root", _host.Connect(6, 10, 1, "/bin/sh").Process.WorkingDirectory);
        Assert.Equal("/srv", _host.Event(7, Host.Call(2, 10, 1, "/bin/sh"), "CWD cwd=\"/srv\"").Process.WorkingDirectory);
        Assert.Equal("/srv", _host.Connect(8, 10, 1, "/bin/sh").Process.WorkingDirectory);
        Assert.Equal("/root", _host.Execve(9, 11, 10, "/bin/ls", "ls").Process.WorkingDirectory);
        Assert.Equal("/srv", _host.Connect(10, 10, 1, "/bin/sh").Process.WorkingDirectory);
    }

    [Fact]
    public void Odd_names_are_encoded_and_read_back()
    {
        const string odd = "/tmp/a b\"c,ü";
        _host.System.Start(10, 1, odd, 5, arguments: "x y\0,\0\0\"\0");
        _host.System.Start(11, 10, "/a,b", 6);
        AuditEvent made = _host.Connect(7, 12, 11, "/bin/ls");

        Assert.Equal(["/a,b", odd, "/sbin/init"], made.Process.Ancestors);
        Assert.Equal(["x y", ",", "", "\""], _host.Connect(7, 13, 10, "/bin/ls").Process.Parent.Args);
    }

    [Fact]
    public void Of_long_arguments_and_of_many_ancestors_the_first_are_kept()
    {
        _host.System.Start(10, 1, "/bin/x", 5);
        _host.Execve(5, 10, 1, "/bin/x", [.. Enumerable.Range(0, 200).Select(i => $"argument-{i}")]);
        AuditEvent made = _host.Connect(6, 11, 10, "/bin/y");
        Assert.InRange(made.Process.Parent.Args.Count, 30, 40);
        Assert.Equal("argument-0", made.Process.Parent.Args[0]);
        Assert.Equal("200", Host.Read(made, "process.parent.args_count"));

        for (int i = 12; i < 50; i++) made = _host.Execve(7, i, i - 1, $"/bin/{i}", "x");
        Assert.Equal(16, made.Process.Ancestors.Count);
        Assert.Equal(("/bin/48", "/bin/33"), (made.Process.Ancestors[0], made.Process.Ancestors[^1]));
    }

    [Fact]
    public void Parents_in_a_circle_end_somewhere()
    {
        _host.System.Start(10, 11, "/bin/a", 5);
        _host.System.Start(11, 10, "/bin/b", 5);

        Assert.NotEmpty(_host.Connect(7, 12, 11, "/bin/c").Process.Ancestors);
    }

    [Fact]
    public void Who_had_a_number_is_known_after_its_end()
    {
        _host.System.Start(10, 1, "/bin/sh", 5);
        _host.System.Start(11, 10, "/usr/bin/vim", 6);
        AuditEvent made = _host.Execve(6, 11, 10, "/usr/bin/vim", "vim");
        _host.System.End(11);

        ProcessFacts found = _host.Table.Find(11, made.Occurred.AddSeconds(3))!;

        Assert.Equal((11, 10, made.Process.EntityId), (found.Pid, found.ParentPid, found.EntityId));
        Assert.Equal(("/usr/bin/vim", "vim", "/bin/sh"), (found.Executable, found.Name, found.ParentExecutable));
        Assert.Equal(["/bin/sh", "/sbin/init"], found.Ancestors);
        Assert.Equal((0u, 1000u, 3u), (found.User, found.AuditUser, found.Session));
        Assert.Null(found.ContainerId);
        Assert.Null(_host.Table.Find(12, made.Occurred));
    }

    [Fact]
    public void Who_has_a_number_is_looked_up_where_no_record_told()
    {
        _host.System.Start(10, 1, "/bin/sh", 5, $"0::/docker/{Container}");

        ProcessFacts found = _host.Table.Find(10, DateTimeOffset.FromUnixTimeSeconds(Logs.Start + 9))!;

        Assert.Equal(("/bin/sh", 1000u, 1000u, 3u), (found.Executable, found.User, found.AuditUser, found.Session));
        Assert.Equal(Container, found.ContainerId);
    }

    [Fact]
    public void A_number_that_was_given_out_anew_is_not_who_had_it_before()
    {
        _host.System.Start(10, 1, "/bin/old", 5);
        AuditEvent old = _host.Execve(5, 10, 1, "/bin/old", "old");
        _host.System.Start(10, 1, "/bin/new", 100);

        Assert.Equal("/bin/old", _host.Table.Find(10, old.Occurred.AddSeconds(10))!.Executable);
        Assert.Equal("/bin/new", _host.Table.Find(10, old.Occurred.AddSeconds(96))!.Executable);
    }

    [Fact]
    public void A_known_process_costs_no_memory_and_no_look_at_the_system()
    {
        _host.System.Start(10, 1, "/usr/bin/curl", 5);
        _host.Execve(5, 10, 1, "/usr/bin/curl", "curl");
        var builder = new AuditEventBuilder();
        byte[] call = System.Text.Encoding.ASCII.GetBytes(Host.Call(42, 10, 1, "/usr/bin/curl")["SYSCALL ".Length..]);
        Add();
        int reads = _host.System.StatusReads;

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++) Add();

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(reads, _host.System.StatusReads);

        void Add()
        {
            builder.Clear();
            builder.Add(RecordType.Syscall, call);
            _host.Table.AddTo(builder, (Logs.Start + 6) * 1000);
        }
    }

    private static string UserAuth(int pid) =>
        $"USER_AUTH pid={pid} uid=1000 auid=1000 ses=3 msg='op=PAM:authentication acct=\"root\" exe=\"/usr/bin/su\" res=failed'";
}
