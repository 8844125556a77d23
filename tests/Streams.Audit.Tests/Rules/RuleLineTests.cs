using Streams.Audit.Rules;

namespace Streams.Audit.Tests.Rules;

public sealed class RuleLineTests
{
    [Theory]
    [InlineData("-k first -w /etc/passwd -p wa", "-w /etc/passwd -p wa -k first")]
    [InlineData("-p wa -w /etc/passwd", "-w /etc/passwd -p wa")]
    [InlineData("-F arch=b64 -S execve -a always,exit", "-a always,exit -F arch=b64 -S execve")]
    [InlineData("-a always,exit -F key=whole", "-a always,exit -S all -F key=whole")]
    [InlineData("-a always,exit -F arch=b64 -S open -F success=yes", "-a always,exit -F arch=b64 -S open -F success=1")]
    [InlineData("-a always,exit -F arch=b64 -S open -F success=no", "-a always,exit -F arch=b64 -S open -F success=0")]
    [InlineData("-a always,exit -F arch=b64 -S open -F filetype=symlink", "-a always,exit -F arch=b64 -S open -F filetype=link")]
    [InlineData("-a always,exit -F arch=b64 -S connect -F saddr_fam=inet6", "-a always,exit -F arch=b64 -S connect -F saddr_fam=10")]
    [InlineData("-a always,exit -F arch=b64 -S connect -F saddr_fam=ipv4", "-a always,exit -F arch=b64 -S connect -F saddr_fam=2")]
    [InlineData("-a always,exit -F arch=b64 -S pread64", "-a always,exit -F arch=b64 -S pread")]
    [InlineData(
        "-a always,exit -F arch=b64 -S fchmodat2,setxattrat,lsm_set_self_attr",
        "-a always,exit -F arch=b64 -S fchmodat2,lsm_set_self_attr,setxattrat")]
    [InlineData("-a never,filesystem -F fstype=ext4", "-a never,filesystem -F fstype=ext4")]
    [InlineData("-a always,io_uring -S openat,connect -F uid=0 -k uring", "-a always,io_uring -S connect,openat -F uid=0 -F key=uring")]
    [InlineData("-w '/etc/a b' -p wa", "-w \"/etc/a b\" -p wa")]
    [InlineData("-w /etc/a\\ b -p wa", "-w \"/etc/a b\" -p wa")]
    [InlineData("-w /etc/system-a\\x2db.slice -p wa", "-w \"/etc/system-a\\\\x2db.slice\" -p wa")]
    [InlineData("   -w /etc/passwd -p wa   # who is who", "-w /etc/passwd -p wa")]
    [InlineData("-w /etc/passwd -p wa\r", "-w /etc/passwd -p wa")]
    public void What_auditctl_does_not_take_but_means_one_thing_is_taken(string line, string printed) =>
        Assert.Equal(printed, TestEnvironment.Rule(line).Text(RuleMachine.X8664));

    [Theory]
    [InlineData("-a always,exit -F arch=b64 -S execve -F foo=1", "1:41: there is no field foo; there are pid, *")]
    [InlineData("-a always,exit -F arch=b64 -S execve -F uid=abc", "1:45: there is no user abc; *")]
    [InlineData("-a always,exit -F arch=b64 -S execve -F gid=abc", "1:45: there is no group abc; *")]
    [InlineData("-a always,exit -F arch=b64 -S execve -F uid", "1:41: uid compares nothing; *")]
    [InlineData("-a always,exit -F arch=b64 -S execve -F uid=", "1:45: uid is compared with nothing; *")]
    [InlineData("-a always,exit -F arch=b64 -S execve -F uid&1", "1:44: uid cannot be compared with &")]
    [InlineData("-a always,exit -F arch=b64 -S execve -F perm!=wa", "1:45: perm cannot be compared with !=")]
    [InlineData("-a always,exit -F arch=b64 -S execve -F exe>=/bin/sh", "1:44: exe cannot be compared with >=")]
    [InlineData("-a always,exit -F arch=b64 -S execve -F inode>5", "1:46: inode cannot be compared with >")]
    [InlineData("-a always,exit -F arch=b64 -S execve -F loginuid_set>0", "1:53: loginuid_set cannot be compared with >")]
    [InlineData("-a always,exit -F path!=/etc/passwd", "1:23: path cannot be compared with !=")]
    [InlineData("-a always,exit -F arch=b64 -S open -F subj_type>=a", "1:48: subj_type cannot be compared with >=")]
    [InlineData("-a always,exit -F arch=b64 -S open -F filetype>=dir", "1:47: filetype cannot be compared with >=")]
    [InlineData("-a always,exit -F arch=b64 -S execve -F a0=foo", "1:44: foo is no number for a0; *")]
    [InlineData("-a always,exit -F arch=b64 -S execve -F a0=08", "1:44: 08 is no number for a0; *")]
    [InlineData("-a always,exit -F arch=b64 -S execve -F a0=0x1ffffffff", "1:44: 0x1ffffffff does not fit into the 32 bits *")]
    [InlineData("-a always,exit -F arch=b64 -S execve -F a0=-3000000000", "1:44: -3000000000 does not fit into the 32 bits *")]
    [InlineData(
        "-a always,exit -F arch=b64 -S execve -F exit=EFOO",
        "1:46: EFOO is no number for exit; write an errno such as -EACCES, or a number")]
    [InlineData("-a always,exit -F arch=b64 -S execve -F pid=-1", "1:45: -1 is no number for pid; *")]
    [InlineData("-a always,exit -F arch=b64 -S execve -F uid!=-1", "1:46: only auid and sessionid can be unset; uid is always set")]
    [InlineData("-a always,exit -F arch=b64 -S execve -F auid>=unset", "1:47: auid can only be equal or unequal to unset")]
    [InlineData("-a always,exit -F arch=b64 -S execve -F msgtype=CWD", "1:41: msgtype is not known on the list exit")]
    [InlineData("-a always,exit -F arch=b64 -S execve -F fstype=ext4", "1:41: fstype is not known on the list exit")]
    [InlineData("-a always,exit -F arch=b64 -S execve -F saddr_fam=50", "1:51: there is no address family 50; the largest is 45")]
    [InlineData("-a never,filesystem -F fstype=nofs", "1:31: nofs is no number for fstype; *")]
    [InlineData("-a never,filesystem -F fstype=tracefs -F uid=0", "1:42: uid is not known on the list filesystem")]
    [InlineData("-a always,exclude -F msgtype=FOO", "1:30: FOO is no number for msgtype; *")]
    [InlineData("-a always,task -F path=/etc/passwd", "1:19: path is not known on the list task")]
    [InlineData("-a always,io_uring -S openat -F perm=w", "1:33: perm is not known on the list io_uring")]
    [InlineData("-a always,task -S fork", "1: -S has no meaning on the list task; leave it out")]
    [InlineData("-a always,exclude -S open -F msgtype=CWD", "1: -S has no meaning on the list exclude; leave it out")]
    [InlineData("-a always,exit -F arch=b16 -S execve", "1:24: there is no architecture b16; write b64 or b32")]
    [InlineData("-a always,exit -S all -F arch=b64", "1:26: arch must stand before -S, *")]
    [InlineData("-a always,exit -F arch=b64 -S 2032", "1:31: 2032 is no number of a system call; the largest is 2031")]
    [InlineData("-a always,exit -F arch=b64 -S open foo", "1:36: foo belongs to no option; *")]
    [InlineData("-a always,exit -F arch=b64 -S open -z foo", "1:36: -z is no option of a rule; *")]
    [InlineData("-a always,exit -F arch=b64 -S open -k", "1:36: -k needs a value")]
    [InlineData("-a always,exit -F arch=b64 -S open -k ''", "1:39: -k needs a value that is not empty")]
    [InlineData("-a always,exit -F arch=b64 -S open -k 'a", "1:39: the quote is not closed")]
    [InlineData("-w /etc/sudoers -p wa -k -F T1078_accounts", "1:29: T1078_accounts belongs to no option; *")]
    [InlineData("-a always,entry -S open", "1:4: entry is a list that no kernel has any more; *")]
    [InlineData("-a possible,exit -S open", "1:4: possible is an action that no kernel takes any more; *")]
    [InlineData("-a always -S open", "1:4: always is no action and list; *")]
    [InlineData("-a always,exit,foo -S open", "1:4: always,exit,foo is no action and list; *")]
    [InlineData("-a always,foo -S open", "1:4: there is no list foo; *")]
    [InlineData("-a foo,exit -S open", "1:4: foo,exit has no action; *")]
    [InlineData("-S open", "1: the rule has no list; *")]
    [InlineData("-a always,exit -a never,exit", "1:16: the rule has a list already; *")]
    [InlineData("-w relative/path -p wa", "1:4: relative/path is no absolute path; *")]
    [InlineData("-a always,exit -F dir=+ -F obj=x", "1:23: + is no absolute path; *")]
    [InlineData("-w /etc/passwd -p z", "1:19: z are no permissions; *")]
    [InlineData("-w /etc/passwd -w /etc/shadow", "1:16: a rule watches one path; *")]
    [InlineData("-w /etc/passwd -S open", "1: a watch takes no -S; *")]
    [InlineData("-w /etc/passwd -a always,exit", "1:16: a watch has no list; *")]
    [InlineData("-a always,exit -w /etc/passwd", "1:16: -w is a rule of its own; *")]
    [InlineData("-a always,exit -S open -C uid!=gid", "1:27: the kernel does not compare uid with gid")]
    [InlineData("-a always,exit -S open -C uid>euid", "1:27: uid>euid does not compare two fields with = or !=; *")]
    [InlineData("-a always,exit -S open -C foo!=uid", "1:27: foo cannot be compared with a field; *")]
    [InlineData("-a always,exit -S open -F path=/a -F dir=/b", "1: a rule can have one of path, dir and inode, once; *")]
    [InlineData("-a always,exit -S open -F exe=/a -F exe=/b", "1: a rule can have one exe; *")]
    [InlineData("-d always,exit -F arch=b64 -S open", "1:1: deletes a rule; *")]
    [InlineData("-W /etc/passwd", "1:1: deletes a rule; *")]
    [InlineData("-R /etc/audit/other.rules", "1:1: -R is a command of auditctl and no rule; leave it out")]
    [InlineData("-e 3", "1:4: 3 is no number from 0 to 2")]
    [InlineData("-b", "1:1: -b needs a number")]
    [InlineData("hello", "1:1: hello belongs to no option; *")]
    public void A_wrong_line_says_where_and_what_to_do(string line, string expected)
    {
        RuleSet set = RuleReader.Read(line, "a.rules", TestEnvironment.On(RuleMachine.X8664));
        Assert.Empty(set.Rules);
        string problem = Assert.Single(set.Problems, each => each.IsError).ToString();
        if (expected.EndsWith('*')) Assert.StartsWith("a.rules:" + expected[..^1], problem, StringComparison.Ordinal);
        else Assert.Equal("a.rules:" + expected, problem);
    }

    [Fact]
    public void That_auditing_is_not_switched_off_by_a_rule_file_is_said()
    {
        RuleSet set = RuleReader.Read("-e 0", "a.rules", TestEnvironment.On(RuleMachine.X8664));
        Assert.Equal("a.rules:1:4: warning: auditing is on while streams runs; leave it out", Assert.Single(set.Problems).ToString());
    }

    [Theory]
    [InlineData(
        "-a always,exit -F arch=b64 -S open,no_such_call -k x",
        "1:36: warning: b64 has no system call no_such_call that is known here; it is left out")]
    [InlineData("-a always,exit -F arch=b64 -S stime,open", "1:31: warning: stime is a system call of b32 and not of b64; it is left out")]
    [InlineData(
        "-a always,io_uring -S openat,execve",
        "1:30: warning: io_uring has no operation execve that is known here; it is left out")]
    [InlineData(
        "-a always,exit -S open",
        "1: warning: without -F arch=b64 or b32 the numbers of the calls match programs of both kinds, where they mean different calls")]
    [InlineData("-w /etc/*.conf -p wa", "1:4: warning: audit knows no wildcards; only a file of exactly this name is watched")]
    [InlineData("-a always,task -F a0=1", "1:19: warning: a0 is not known on the list task; the rule never matches")]
    public void A_doubtful_line_is_taken_with_a_warning(string line, string expected)
    {
        RuleSet set = RuleReader.Read(line, "a.rules", TestEnvironment.On(RuleMachine.X8664));
        Assert.Single(set.Rules);
        Assert.Equal("a.rules:" + expected, Assert.Single(set.Problems).ToString());
    }

    [Fact]
    public void A_rule_none_of_whose_calls_is_known_is_left_out()
    {
        RuleSet set = RuleReader.Read("-a always,exit -F arch=b64 -S nothing", "a.rules", TestEnvironment.On(RuleMachine.X8664));
        Assert.Empty(set.Rules);
        Assert.Equal(["a.rules:1:31: warning: b64 has no system call nothing that is known here; it is left out",
                      "a.rules:1: none of its system calls is known here; the rule is left out"],
                     set.Problems.Select(problem => problem.ToString()));
    }

    [Fact]
    public void A_key_of_256_bytes_is_taken_and_a_longer_one_is_not()
    {
        Assert.Equal([new string('k', 256)], TestEnvironment.Rule("-w /etc/passwd -k " + new string('k', 256)).Keys);
        RuleSet set = RuleReader.Read("-w /etc/passwd -k " + new string('k', 257), "a.rules", TestEnvironment.On(RuleMachine.X8664));
        Assert.Equal("a.rules:1: the keys of a rule may have 256 bytes together", Assert.Single(set.Problems).ToString());
    }

    [Fact]
    public void A_rule_of_64_fields_is_taken_and_a_longer_one_is_not()
    {
        string fields = string.Concat(Enumerable.Range(0, 64).Select(at => $" -F a0!={at}"));
        Assert.Equal(64, TestEnvironment.Rule("-a always,exit -S all" + fields).Fields.Count);
        RuleSet set = RuleReader.Read("-a always,exit -S all -k one" + fields, "a.rules", TestEnvironment.On(RuleMachine.X8664));
        Assert.Equal("a.rules:1: a rule may have 64 fields at most", Assert.Single(set.Problems).ToString());
    }
}
