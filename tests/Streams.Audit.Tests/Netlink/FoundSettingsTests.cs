using Microsoft.Extensions.Time.Testing;
using Streams.Audit.Netlink;

namespace Streams.Audit.Tests.Netlink;

/// <summary>What audit was before Streams changed it comes back at the end, and after a kill by what is kept in the state folder.</summary>
[Trait("Found", "R6")]
public sealed class FoundSettingsTests : IDisposable
{
    private const string Boot = "0f8fad5b-d9cb-469f-a165-70867728950e";

    private readonly FakeAudit _kernel = new();
    private readonly FakeTimeProvider _time = new();
    private readonly Notes _notes = new();
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("streams-found-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void At_the_end_the_settings_are_as_they_were_found()
    {
        AuditStatus before = _kernel.Status;
        AuditDaemon daemon = Begin(Found());
        Assert.NotEqual(before with { Pid = 0 }, _kernel.Status with { Pid = 0 });
        daemon.HandBack();
        Assert.Equal(before, _kernel.Status);
        Assert.Empty(_folder.GetFiles());
    }

    [Fact]
    public void Without_the_option_they_stay()
    {
        AuditDaemon daemon = Begin(Found(), new AuditOptions { Restore = false });
        AuditStatus set = _kernel.Status;
        daemon.HandBack();
        Assert.Equal(set with { Pid = 0 }, _kernel.Status);
        Assert.Empty(_folder.GetFiles());
    }

    [Fact]
    public void After_a_kill_the_next_run_knows_what_was_before_the_first()
    {
        AuditStatus before = _kernel.Status;
        Begin(Found());
        _kernel.Own(other: false);
        Begin(Found()).HandBack();
        Assert.Equal(before, _kernel.Status);
    }

    [Fact]
    public void What_somebody_has_set_between_a_kill_and_the_next_run_is_what_is_found()
    {
        AuditStatus before = _kernel.Status;
        Begin(Found());
        _kernel.Own(other: false);
        _kernel.Change(status => status with { BacklogLimit = 777 });
        Begin(Found()).HandBack();
        Assert.Equal(before with { BacklogLimit = 777 }, _kernel.Status);
    }

    // Of kills between keeping what a setting is about to be and setting it.
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void After_kills_before_another_value_is_set_the_first_is_still_known(int kills)
    {
        AuditStatus before = _kernel.Status;
        Begin(Found());
        _kernel.Own(other: false);
        for (uint kill = 1; kill <= kills; kill++)
            Assert.Null(Found().Add(_kernel.Status, new Dictionary<AuditSetting, uint> { [AuditSetting.BacklogLimit] = 8192 * kill }));
        Begin(Found(), new AuditOptions { BacklogLimit = 4096 }).HandBack();
        Assert.Equal(before, _kernel.Status);
    }

    [Fact]
    public void A_kill_while_settings_are_put_back_loses_none()
    {
        AuditStatus before = _kernel.Status;
        Begin(Found());
        _kernel.Own(other: false);
        _kernel.Change(status => status with { BacklogLimit = before.BacklogLimit, BacklogWaitTime = before.BacklogWaitTime });
        Begin(Found(), new AuditOptions { BacklogLimit = 4096 }).HandBack();
        Assert.Equal(before, _kernel.Status);
    }

    [Fact]
    public void What_is_kept_is_its_owners_alone_and_counts_in_its_boot()
    {
        Begin(Found());
        FileInfo file = Assert.Single(_folder.GetFiles());
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, file.UnixFileMode);
        Assert.Equal(5, Found().Count);
        var another = new FoundSettings(_folder.FullName, "another");
        Assert.Equal((0, null), (another.Count, another.Fault));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{\"boot\":1}")]
    [InlineData("{\"boot\":\"" + Boot + "\"}")]
    [InlineData("{\"boot\":\"" + Boot + "\",\"owner\":0}")]
    [InlineData("{\"boot\":\"" + Boot + "\",\"found\":{}}")]
    [InlineData("{\"boot\":\"" + Boot + "\",\"owner\":0,\"found\":{\"enabled\":\"x\"}}")]
    [InlineData("{\"boot\":\"" + Boot + "\",\"owner\":0,\"found\":{\"enabled\":1}}")]
    [InlineData("{\"boot\":\"" + Boot + "\",\"owner\":0,\"found\":{\"enabled\":[0,-1,1]}}")]
    [InlineData("{\"boot\":\"" + Boot + "\",\"owner\":0,\"found\":{\"failure\":[1,0,0],\"enabled\":[0,1]}}")]
    public void What_is_damaged_counts_as_nothing_and_is_reported(string content)
    {
        string file = Path.Combine(_folder.FullName, "audit.json");
        File.WriteAllText(file, content);
        FoundSettings found = Found();
        Assert.Equal((0, $"{file}: it is damaged"), (found.Count, found.Fault));

        AuditStatus before = _kernel.Status;
        AuditDaemon daemon = Begin(found);
        Assert.Single(_notes.Taken, note => note.EndsWith($"is not known, so what they are now counts as found: {file}: it is damaged",
            StringComparison.Ordinal));
        daemon.HandBack();
        Assert.Equal(before, _kernel.Status);
    }

    [Fact]
    public void Without_the_id_of_the_boot_nothing_is_kept_and_that_is_reported()
    {
        Begin(new FoundSettings(_folder.FullName, "")).HandBack();
        Assert.Contains(_notes.Taken, note => note.EndsWith("/proc/sys/kernel/random/boot_id", StringComparison.Ordinal));
    }

    [Fact]
    public void What_another_daemon_has_set_meanwhile_stays()
    {
        AuditDaemon daemon = Begin(Found());
        _kernel.Own(other: true);
        _kernel.Change(status => status with { BacklogLimit = 777 });
        daemon.Check();
        daemon.HandBack();
        Assert.Equal(777u, _kernel.Status.BacklogLimit);
    }

    [Fact]
    public void Beside_another_daemon_audit_is_off_again_at_the_end()
    {
        _kernel.Own(other: true);
        AuditStatus before = _kernel.Status;
        AuditDaemon daemon = Begin(Found(), new AuditOptions { SocketType = AuditSocketType.Multicast });
        Assert.Equal(before with { Enabled = 1 }, _kernel.Status);
        daemon.HandBack();
        Assert.Equal(before, _kernel.Status);
    }

    [Fact]
    public void A_daemon_that_comes_later_keeps_audit_on()
    {
        AuditDaemon daemon = Begin(Found(), new AuditOptions { SocketType = AuditSocketType.Multicast });
        _kernel.Own(other: true);
        daemon.HandBack();
        Assert.Equal(1u, _kernel.Status.Enabled);
        Assert.Contains(_notes.Taken, note => note.Contains("is the audit daemon, and the settings are its own", StringComparison.Ordinal));
    }

    [Fact]
    public void A_daemon_that_comes_after_a_kill_keeps_audit_on()
    {
        Begin(Found());
        _kernel.Own(other: true);
        AuditStatus before = _kernel.Status;
        Begin(Found(), new AuditOptions { SocketType = AuditSocketType.Multicast }).HandBack();
        Assert.Equal(before, _kernel.Status);
        Assert.Empty(_folder.GetFiles());
    }

    [Fact]
    public void What_somebody_has_set_to_another_value_meanwhile_stays()
    {
        AuditStatus before = _kernel.Status;
        AuditDaemon daemon = Begin(Found(), new AuditOptions { Repair = false });
        _kernel.Change(status => status with { BacklogLimit = 777 });
        daemon.Check();
        daemon.HandBack();
        Assert.Equal(before with { BacklogLimit = 777 }, _kernel.Status);
    }

    [Fact]
    public void While_audit_is_locked_nothing_is_put_back_and_that_is_reported_once()
    {
        AuditDaemon daemon = Begin(Found());
        _kernel.Lock();
        daemon.Check();
        int sets = _kernel.Sets.Count;
        daemon.HandBack();
        Assert.Equal(["Pid 0"], _kernel.Sets.Skip(sets));
        Assert.Single(_notes.Taken, note => note.Contains("until the next boot", StringComparison.Ordinal)
            && note.Contains("its settings stay", StringComparison.Ordinal));
    }

    [Fact]
    public void A_folder_that_cannot_be_written_is_reported_and_the_run_still_puts_back_what_it_found()
    {
        AuditStatus before = _kernel.Status;
        string file = Path.Combine(_folder.FullName, "file");
        File.WriteAllText(file, "");
        AuditDaemon daemon = Begin(new FoundSettings(file, Boot));
        Assert.Contains(_notes.Taken, note => note.Contains("is not kept", StringComparison.Ordinal));
        daemon.HandBack();
        Assert.Equal(before, _kernel.Status);
    }

    private FoundSettings Found() => new(_folder.FullName, Boot);

    private AuditDaemon Begin(FoundSettings found, AuditOptions? options = null)
    {
        options ??= new AuditOptions { SocketType = AuditSocketType.Unicast };
        if (options.SocketType != AuditSocketType.Multicast) options = options with { SocketType = AuditSocketType.Unicast };
        var reports = new AuditReports("web-01", _time, _notes, () => { });
        var decoder = new RecordDecoder(options, null, new OwnChanges(TimeProvider.System), _ => { });
        var daemon = new AuditDaemon(options, _time, null, _kernel, found, decoder, reports, _notes);
        daemon.Open();
        daemon.Begin();
        return daemon;
    }
}
