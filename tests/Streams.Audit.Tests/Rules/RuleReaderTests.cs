using CsCheck;
using Streams.Audit.Rules;

namespace Streams.Audit.Tests.Rules;

public sealed class RuleReaderTests
{
    private static readonly string[] Pieces =
        ["-a", "-S", "-F", "-C", "-k", "-w", "-p", "always,exit", "uid=0", "a0&1", "arch=b32", "/etc", "\"", "\\", "-b", "open,kill", "wa"];

    [Fact]
    public void A_wrong_line_does_not_keep_the_others_from_being_read()
    {
        RuleSet set = Read(
            """
            # What is watched.
            -D
            -b 8192

            -w /etc/passwd -p wa -k identity
            -w passwd -p wa
            -a always,exit -F arch=b64 -S execve -k exec
            """);
        Assert.Equal(
            ["a.rules:5 -w /etc/passwd -p wa -k identity", "a.rules:7 -a always,exit -F arch=b64 -S execve -F key=exec"], Lines(set));
        Assert.Equal("a.rules:6:4: passwd is no absolute path; it must begin with /", Assert.Single(set.Problems).ToString());
    }

    [Fact]
    public void Control_options_become_settings()
    {
        RuleSet set = Read(
            "-D\n-b 8192\n-f 0\n-r 100\n-e 2\n--backlog_wait_time 60000\n--loginuid-immutable\n-c\n-i\n--reset-lost\n-D -k mine");
        Assert.Equal(
            new RuleSettings
            {
                BacklogLimit = 8192,
                FailureMode = 0,
                RateLimit = 100,
                Enabled = 2,
                BacklogWaitTime = 60000,
                LoginUidImmutable = true,
            },
            set.Settings);
        Assert.Empty(set.Problems);
        Assert.Empty(set.Rules);
    }

    [Theory]
    [InlineData("-w /etc/ssh -p wa", "-w /etc/ssh/ -p aw")]
    [InlineData("-w /etc/passwd -p wa", "-a always,exit -F path=/etc/passwd -F perm=wa")]
    [InlineData("-a always,exit -F arch=b64 -S execve,execveat", "-a exit,always -F arch=x86_64 -S 322 -S execve")]
    [InlineData("-a always,exit -F arch=b64 -S kill", "-A always,exit -F arch=b64 -S kill")]
    [InlineData("-a always,exit -F auid=unset", "-a always,exit -F loginuid=4294967295")]
    public void Rules_that_the_kernel_holds_for_the_same_count_once(string first, string second)
    {
        RuleSet set = Read(first + "\n" + second);
        Assert.Single(set.Rules);
        Assert.Equal("a.rules:2: warning: is the same rule as a.rules:1, and counts once", Assert.Single(set.Problems).ToString());
    }

    [Fact]
    public void Rules_put_in_front_stand_before_the_others_and_the_last_one_first()
    {
        RuleSet set = Read("-w /etc/a\n-A never,exit -F pid=1\n-w /etc/b\n-A never,exit -F pid=2");
        Assert.Equal([4, 2, 1, 3], set.Rules.Select(rule => rule.Line));
    }

    [Fact]
    public void More_rules_than_the_limit_are_left_out_and_said()
    {
        RuleSet set = Read(string.Join('\n', Enumerable.Range(0, 10_010).Select(at => $"-a always,exit -F pid={at}")));
        Assert.Equal(10_000, set.Rules.Count);
        Assert.Equal(
            "a.rules:10001: there are more than 10000 rules; this one and all behind it are left out",
            Assert.Single(set.Problems).ToString());
    }

    [Fact]
    public void Any_text_gives_rules_or_problems_and_never_throws() =>
        Gen.OneOf(Gen.String, Gen.Int[0, Pieces.Length - 1].Select(at => Pieces[at]))
            .Array[0, 12].Sample(words => Read(string.Join(' ', words)));

    [Fact]
    public void Any_bytes_are_a_rule_or_none() =>
        Gen.Byte.Array[0, 2000].Sample(bytes => AuditRule.Read(bytes)?.Text(RuleMachine.X8664));

    [Fact]
    public void Bytes_that_are_cut_off_are_no_rule()
    {
        byte[] bytes = TestEnvironment.Rule("-w /etc/passwd -p wa -k identity").Message(inFront: false);
        for (int length = 0; length < bytes.Length; length++) Assert.Null(AuditRule.Read(bytes.AsSpan(0, length)));
        Assert.NotNull(AuditRule.Read([.. bytes, 0, 0, 0]));
    }

    private static RuleSet Read(string text) => RuleReader.Read(text, "a.rules", TestEnvironment.On(RuleMachine.X8664));

    private static IEnumerable<string> Lines(RuleSet set) =>
        set.Rules.Select(rule => $"{rule.File}:{rule.Line} {rule.Rule.Text(RuleMachine.X8664)}");
}
