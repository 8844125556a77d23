namespace Streams.Live.Tests;

/// <summary>What a run changes of the kernel's audit for itself is as it was before when the run is over, however it ended.</summary>
[Trait("Found", "R6")]
public sealed class SettingsBackTests : IDisposable
{
    private const string Collectors = """{ "audit": { "socket_type": "unicast" }, "files": { "enabled": false } }""";

    private static readonly string[] Settings = ["enabled", "failure", "rate_limit", "backlog_limit", "backlog_wait_time", "pid"];

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("streams-back-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task At_an_ordinary_end_the_settings_are_back_and_the_rules_stay_but_for_those_about_itself()
    {
        using KernelAudit audit = KernelAudit.Take();
        long[] before = Choose();
        await using LiveStreams streams = await LiveStreams.Start(_folder.FullName, Collectors);
        Assert.NotEqual(before, Now());
        Assert.Contains(KernelAudit.Rules(), rule => rule.Contains("streams-self", StringComparison.Ordinal));
        await streams.Stop();
        Assert.Equal(before, Now());
        AssertRules();
    }

    [Fact]
    public async Task With_the_option_off_the_settings_stay()
    {
        using KernelAudit audit = KernelAudit.Take();
        Choose();
        await using LiveStreams streams = await LiveStreams.Start(
            _folder.FullName, Collectors.Replace("{ \"socket_type\"", "{ \"restore\": false, \"socket_type\"", StringComparison.Ordinal));
        long[] set = Now();
        await streams.Stop();
        Assert.Equal(set[..^1], Now()[..^1]);
        AssertRules();
    }

    [Fact]
    public async Task After_two_kills_the_next_run_puts_back_what_was_before_the_first()
    {
        using KernelAudit audit = KernelAudit.Take();
        long[] before = Choose();
        await using LiveStreams killed = await LiveStreams.Start(_folder.FullName, Collectors);
        await killed.KillNow();
        await using LiveStreams another = await LiveStreams.Start(
            _folder.FullName, Collectors.Replace("{ \"socket_type\"", "{ \"backlog_limit\": 8192, \"socket_type\"", StringComparison.Ordinal));
        Assert.Equal(8192, KernelAudit.Status()["backlog_limit"]);
        await another.KillNow();
        await using LiveStreams next = await LiveStreams.Start(_folder.FullName, Collectors);
        await next.Stop();
        Assert.Equal(before, Now());
        AssertRules();
    }

    [Fact]
    public async Task After_a_kill_a_command_puts_it_back_and_refuses_while_a_run_is_alive()
    {
        using KernelAudit audit = KernelAudit.Take();
        long[] before = Choose();
        string config = Path.Combine(_folder.FullName, "streams.config.json");
        await using LiveStreams streams = await LiveStreams.Start(_folder.FullName, Collectors);
        Result refused = await Restore(config);
        Assert.Equal(2, refused.Code);
        Assert.Contains($"process {streams.Id} is a `streams run`", refused.Error, StringComparison.Ordinal);
        await streams.KillNow();

        // A number that is another program's process by now: this one's.
        KernelAudit.Control("-a", "never,exit", "-S", "all", "-F", $"pid={Environment.ProcessId}", "-k", "streams-self");
        Result done = await Restore(config);
        Assert.Equal((0, ""), (done.Code, done.Error));
        Assert.Contains("enabled is 0 again, as it was found, and not 1", done.Output, StringComparison.Ordinal);
        Assert.Contains("9 rules about processes of Streams that have ended removed", done.Output, StringComparison.Ordinal);
        Assert.Equal(before, Now());
        AssertRules();
        Result again = await Restore(config);
        Assert.Equal(0, again.Code);
        Assert.StartsWith("nothing to put back", again.Output, StringComparison.Ordinal);
    }

    private static Task<Result> Restore(string config) => Result.Of(LiveStreams.Program, "audit", "restore", "--config", config);

    // Other settings than those of the collector.
    private static long[] Choose()
    {
        KernelAudit.Control("-D");
        KernelAudit.Control("-e", "0");
        KernelAudit.Control("-b", "4321");
        KernelAudit.Control("-f", "1");
        KernelAudit.Control("--backlog_wait_time", "321");
        return Now();
    }

    private static long[] Now()
    {
        IReadOnlyDictionary<string, long> status = KernelAudit.Status();
        return [.. Settings.Select(setting => status[setting])];
    }

    private static void AssertRules()
    {
        IReadOnlyList<string> rules = KernelAudit.Rules();
        Assert.NotEmpty(rules);
        Assert.DoesNotContain(rules, rule => rule.Contains("key=streams-", StringComparison.Ordinal));
    }
}
