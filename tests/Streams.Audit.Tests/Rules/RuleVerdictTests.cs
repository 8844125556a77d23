using Streams.Audit.Rules;

namespace Streams.Audit.Tests.Rules;

/// <summary>
/// Which field is allowed on which list. The verdicts were compared with auditctl 3.0.9 and Linux 6.18 for each list and field. Stricter
/// than auditctl is the list <c>user</c>: auditctl and the kernel take euid, arch, a0 and others there, and the kernel then ends the list
/// at such a rule (<c>audit_filter</c> of kernel/auditfilter.c knows the same fields for <c>user</c> and <c>exclude</c>). More lenient is
/// the list <c>task</c>: auditctl refuses ppid, sessionid, -C and keys, which <c>audit_filter_rules</c> of kernel/auditsc.c knows.
/// </summary>
public sealed class RuleVerdictTests
{
    private static readonly string[] All =
    [
        "pid=1", "uid=0", "euid=0", "suid=0", "fsuid=0", "gid=0", "egid=0", "sgid=0", "fsgid=0", "auid=0", "auid=-1", "pers=8", "arch=b64",
        "msgtype=CWD", "subj_user=u", "subj_role=r", "subj_type=t", "subj_sen=s", "subj_clr=s", "ppid=1", "obj_user=u", "obj_role=r",
        "obj_type=t", "obj_lev_low=s", "obj_lev_high=s", "sessionid=1", "fstype=0x1", "devmajor=1", "devminor=1", "inode=5", "exit=0",
        "success=1", "path=/etc/passwd", "perm=wa", "dir=/etc", "filetype=file", "obj_uid=0", "obj_gid=0", "exe=/usr/bin/true",
        "saddr_fam=2", "a0=1", "a1=1", "a2=1", "a3=1", "key=k", "-C",
    ];

    private const string Labels = " subj_user subj_role subj_type subj_sen subj_clr ";
    private const string Ids = " pid uid euid suid fsuid gid egid sgid fsgid auid ppid pers sessionid ";

    // The list; the fields that it takes; those that it takes with a warning. All others are errors.
    public static TheoryData<string, string, string> Lists => new()
    {
        {
            "exit", Ids + Labels + "arch obj_user obj_role obj_type obj_lev_low obj_lev_high devmajor devminor inode exit success path perm "
                + "dir filetype obj_uid obj_gid exe saddr_fam a0 a1 a2 a3 key -C", ""
        },
        {
            "task", Ids + Labels + "exe key -C",
            "arch obj_user obj_role obj_type obj_lev_low obj_lev_high devmajor devminor exit success filetype obj_uid obj_gid saddr_fam "
                + "a0 a1 a2 a3"
        },
        { "user", "pid uid gid auid msgtype exe" + Labels, "" },
        { "exclude", "pid uid gid auid msgtype exe" + Labels, "" },
        { "filesystem", "fstype key", "" },
    };

    [Theory]
    [Trait("Found", "R1")]
    [Trait("Found", "R2")]
    [MemberData(nameof(Lists))]
    public void Each_list_takes_the_fields_that_the_kernel_knows_there(string list, string taken, string warned)
    {
        foreach (string field in All)
        {
            string name = field.Split('=')[0];
            string test = field == "-C" ? "-C uid!=euid" : $"-F {field}";
            RuleSet set = RuleReader.Read($"-a never,{list} {test}", "a.rules", TestEnvironment.On(RuleMachine.X8664));
            string verdict = set.Rules.Count == 0 ? "error" : set.Problems.Any(problem => problem.Column > 0) ? "warning" : "taken";
            string expected = taken.Split(' ').Contains(name) ? "taken" : warned.Split(' ').Contains(name) ? "warning" : "error";
            Assert.True(verdict == expected, $"{field} on {list}: {verdict} and not {expected}");
        }
    }

    private const string Ends =
        "the kernel would end the list there, so that the rules behind this one have no effect; leave it out, there are pid, uid, gid, "
        + "auid, msgtype, subj_user, subj_role, subj_type, subj_sen, subj_clr, loginuid_set, exe";

    [Theory]
    [Trait("Found", "R1")]
    [Trait("Found", "R2")]
    [Trait("Found", "R3")]
    [InlineData("-a always,exclude -F msgtype=CWD -k foo", "1:34: key is not known on the list exclude: " + Ends)]
    [InlineData("-a never,user -F uid=1000 -k foo", "1:27: key is not known on the list user: " + Ends)]
    [InlineData("-a always,exclude -F msgtype=CWD -F key=foo", "1:37: key is not known on the list exclude: " + Ends)]
    [InlineData("-a always,exclude -F a0=1", "1:22: a0 is not known on the list exclude: " + Ends)]
    [InlineData("-a always,exclude -C uid!=euid", "1:22: field_compare is not known on the list exclude: " + Ends)]
    [InlineData("-a always,exit -F path=/etc/ssl/private/",
        "1:24: /etc/ssl/private/ is a folder, which the kernel refuses here; write dir=/etc/ssl/private/ for the folder with all that is in "
        + "it, or path= without the last slash")]
    [InlineData("-a always,exit -F path=/",
        "1:24: / is a folder, which the kernel refuses here; write dir=/ for the folder with all that is in it, or path= without the last "
        + "slash")]
    [InlineData("-a always,exit -F exe=/usr/bin/", "1:23: /usr/bin/ is a folder, and exe is one program; write a rule for each program")]
    public void What_the_kernel_does_not_take_or_ends_at_is_an_error(string line, string expected)
    {
        RuleSet set = RuleReader.Read(line, "a.rules", TestEnvironment.On(RuleMachine.X8664));
        Assert.Empty(set.Rules);
        Assert.Equal("a.rules:" + expected, Assert.Single(set.Problems).ToString());
    }

    [Theory]
    [Trait("Found", "R3")]
    [InlineData("-w / -p wa", "-w / -p wa")]
    [InlineData("-w /etc/passwd/ -p wa", "-w /etc/passwd -p wa")]
    [InlineData("-a always,exit -F dir=/etc/", "-a always,exit -S all -F dir=/etc/")]
    [InlineData("-a always,exit -F dir=/", "-a always,exit -S all -F dir=/")]
    public void A_slash_at_the_end_is_taken_where_the_kernel_takes_it(string line, string printed) =>
        Assert.Equal(printed, TestEnvironment.Rule(line).Text(RuleMachine.X8664));

    [Theory]
    [Trait("Found", "R4")]
    [InlineData("read", false)]
    [InlineData("readv", false)]
    [InlineData("write", false)]
    [InlineData("send", false)]
    [InlineData("fadvise", false)]
    [InlineData("socket", false)]
    [InlineData("read_multishot", false)]
    [InlineData("openat", true)]
    [InlineData("connect", true)]
    [InlineData("sendmsg", true)]
    [InlineData("unlinkat", true)]
    [InlineData("getxattr", true)]
    [InlineData("listen", true)]
    public void An_operation_of_io_uring_that_is_never_audited_is_a_warning(string operation, bool isAudited)
    {
        RuleSet set = RuleReader.Read($"-a always,io_uring -S {operation}", "a.rules", TestEnvironment.On(RuleMachine.X8664));
        Assert.Single(set.Rules);
        string[] expected = isAudited
            ? []
            : [$"a.rules:1:23: warning: the kernel never audits {operation} of io_uring (audit_skip in io_uring/opdef.c); it has no effect"];
        Assert.Equal(expected, set.Problems.Select(problem => problem.ToString()));
    }
}
