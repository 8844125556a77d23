using Streams.Events.Tables;
using Xunit;

namespace Streams.Events.Tests.Tables;

public class NormalizationsTests
{
    [Fact]
    public void There_are_as_many_rules_as_go_libaudit_has()
    {
        var rules = Normalizations.All().ToList();
        Assert.Equal(140, rules.Count);
        Assert.Equal(134, rules.Select(r => r.Action).Where(a => a.Length > 0).Distinct().Count());
        Assert.Equal(22, rules.Count(r => r.EcsKind == "alert"));
        Assert.Equal(29, rules.Count(r => r.EcsCategories.Contains("process")));
        Assert.Equal(22, rules.Count(r => r.EcsCategories.Contains("intrusion_detection")));
        Assert.Equal(17, rules.Count(r => r.EcsCategories.Contains("authentication")));
        Assert.Equal(16, rules.Count(r => r.EcsCategories.Contains("iam")));
        Assert.Equal(11, rules.Count(r => r.EcsCategories.Contains("configuration")));
        Assert.Equal(51, rules.Count(r => r.EcsTypes.Contains("info")));
        Assert.Equal(33, rules.Count(r => r.EcsTypes.Contains("change")));
        Assert.Equal(23, rules.Count(r => r.EcsTypes.Contains("start")));
        Assert.Equal(10, rules.Count(r => r.EcsTypes.Contains("end")));
        Assert.Equal(6, rules.Count(r => r.EcsTypes.Contains("denied")));
    }

    [Theory]
    [InlineData("execve", "executed", "file", "process", "start")]
    [InlineData("connect", "connected-to", "socket", "network", "connection,start")]
    [InlineData("rename", "renamed", "file", "file", "change")]
    [InlineData("linkat", "linked", "file", "file", "creation")]
    [InlineData("exit_group", "end", "process", "process", "end")]
    [InlineData("finit_module", "loaded-kernel-module", "file", "driver", "start")]
    [InlineData("getpid", "", "", "process", "info")]
    public void A_system_call_has_its_rule(string syscall, string action, string kind, string categories, string types)
    {
        Assert.True(Syscalls.TryFind(syscall, out var id));
        var rule = Normalizations.ForSyscall(id);
        Assert.Equal(action, rule.Action);
        Assert.Equal(kind, rule.ObjectKind);
        Assert.Equal(categories, string.Join(',', rule.EcsCategories));
        Assert.Equal(types, string.Join(',', rule.EcsTypes));
    }

    [Theory]
    [InlineData(SyscallId.None)]
    [InlineData(ushort.MaxValue)]
    public void An_unknown_system_call_has_the_rule_of_all_others(ushort id) => Assert.Equal("", Normalizations.ForSyscall(id).Action);

    [Fact]
    public void A_rule_is_built_once() =>
        Assert.Same(Normalizations.ForSyscall(SyscallId.Execve), Normalizations.ForSyscall(SyscallId.Execveat));

    [Fact]
    public void The_path_that_is_the_object_is_told() => Assert.Equal(2, Normalizations.ForSyscall(SyscallId.Rename).PathIndex);

    [Fact]
    public void A_login_tells_where_everything_comes_from()
    {
        var rule = For(RecordType.UserLogin)!;
        Assert.Equal("logged-in", rule.Action);
        Assert.Equal("user-session", rule.ObjectKind);
        Assert.Equal(["auid"], rule.SubjectPrimary.Select(f => f.Text));
        Assert.Equal(["acct", "id", "uid"], rule.SubjectSecondary.Select(f => f.Text));
        Assert.Equal(["terminal"], rule.ObjectPrimary.Select(f => f.Text));
        Assert.Equal(["addr", "hostname"], rule.ObjectSecondary.Select(f => f.Text));
        Assert.Equal(["exe", "terminal"], rule.How.Select(f => f.Text));
        Assert.Equal(["addr"], rule.SourceIp.Select(f => f.Text));
        Assert.Equal(["start"], rule.EcsTypes);
        Assert.Equal(
            [
                new(EcsSource.SubjectPrimary, FieldName.None, EcsTarget.User),
                new(EcsSource.SubjectSecondary, FieldName.None, EcsTarget.UserEffective),
            ],
            rule.EcsMappings);
    }

    [Fact]
    public void A_changed_password_takes_the_effective_user_from_the_user_ids() =>
        Assert.Equal(
            [
                new(EcsSource.SubjectPrimary, FieldName.None, EcsTarget.User),
                new(EcsSource.UserId, new FieldName("uid"), EcsTarget.UserEffective),
                new(EcsSource.SubjectSecondary, FieldName.None, EcsTarget.UserTarget),
            ],
            For(RecordType.UserChauthtok)!.EcsMappings);

    [Fact]
    public void What_a_rule_does_not_say_is_its_templates()
    {
        Assert.Equal(["addr", "hostname"], For(RecordType.GrpChauthtok)!.ObjectSecondary.Select(field => field.Text));
        Assert.Equal("user-session", For(RecordType.CryptoSession)!.ObjectKind);
        Assert.Equal(["addr"], For(RecordType.CryptoSession)!.ObjectPrimary.Select(field => field.Text));
    }

    [Theory]
    [InlineData("apparmor", "violated-apparmor-policy")]
    [InlineData("seresult", "violated-selinux-policy")]
    [InlineData("comm", null)]
    public void The_rule_of_AVC_depends_on_its_fields(string field, string? action) =>
        Assert.Equal(action, For(RecordType.Avc, field)?.Action);

    [Fact]
    public void The_anomalies_that_go_libaudit_misses_have_their_rules()
    {
        Assert.Equal("attempted-log-in-to-watched-account", For(RecordType.AnomLoginAcct)?.Action);
        Assert.Equal("made-an-executable", For(RecordType.AnomMkExec)?.Action);
    }

    [Theory]
    [InlineData(RecordType.Syscall)]
    [InlineData(RecordType.Path)]
    [InlineData((RecordType)1998)]
    public void A_type_without_a_rule_has_none(RecordType type) => Assert.Null(For(type));

    [Theory]
    [InlineData(RecordType.UserLogin, "user-login")]
    [InlineData(RecordType.UserAvc, "mac-decision")]
    [InlineData(RecordType.Syscall, "audit-rule")]
    [InlineData(RecordType.ConfigChange, "configuration")]
    [InlineData(RecordType.Login, "unknown")]
    [InlineData(RecordType.TimeInjoffset, "unknown")]
    [InlineData(RecordType.UserTty, "TTY")]
    [InlineData(RecordType.AnomAbend, "anomaly")]
    [InlineData(RecordType.AnomRbacIntegrityFail, "integrity")]
    [InlineData(RecordType.DaemonStart, "audit-daemon")]
    [InlineData(RecordType.Apparmor, "mac")]
    [InlineData(RecordType.ApparmorDenied, "mac-decision")]
    [InlineData(RecordType.None, "unknown")]
    public void A_type_has_its_legacy_category(RecordType type, string category) => Assert.Equal(category, Normalizations.Category(type));

    private static Normalization? For(RecordType type, string field = "") =>
        Normalizations.ForRecordType(type, field, (data, f) => data == f.Text);
}
