namespace Streams.Live.Tests;

/// <summary>Without all rights, and out of the host's namespaces: what works then works, and what does not is said.</summary>
public sealed class RightsTests : IDisposable
{
    private const string Rule = "-a always,exit -F arch=b64 -S execve -k live";

    private static readonly string[] WithoutControl = ["setpriv", "--bounding-set", "-audit_control"];
    private static readonly string[] WithoutRead = ["setpriv", "--bounding-set", "-audit_read"];
    private static readonly string[] WithoutBoth = ["setpriv", "--bounding-set", "-audit_control,-audit_read"];
    private static readonly string[] InNetwork = ["unshare", "--net"];
    private static readonly string[] InProcesses = ["unshare", "--pid", "--fork", "--kill-child", "--mount-proc"];
    private static readonly string[] InUsers = ["unshare", "--user", "--map-root-user"];

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("streams-live-");

    public void Dispose() => _folder.Delete(recursive: true);

    public static TheoryData<string, string[], string, string> Enough => new()
    {
        { "a right too few to change anything", WithoutControl, "", "reads along (multicast): CAP_AUDIT_CONTROL is missing" },
        { "a right too few to read along", WithoutRead, "", "is the audit daemon (unicast): rules are configured" },
        { "no large buffer", ["setpriv", "--bounding-set", "-net_admin"], "", "give CAP_NET_ADMIN, or raise net.core.rmem_max" },
        { "another network", InNetwork, "", "is the audit daemon (unicast): rules are configured" },
        { "other process numbers", InProcesses, "", "reads along (multicast): the kernel answers only in the first PID namespace" },
    };

    public static TheoryData<string, string[], string, string> TooLittle => new()
    {
        { "no right", WithoutBoth, "", "CAP_AUDIT_CONTROL is missing: run it as root, or with that capability; CAP_AUDIT_READ is missing" },
        { "another network", InNetwork, "\"socket_type\": \"multicast\"", "first network namespace only: run it on the host's network" },
        { "other users", InUsers, "", "the kernel answers only in the first user namespace" },
    };

    [Theory]
    [MemberData(nameof(Enough))]
    public async Task What_can_be_had_is_had_and_what_cannot_is_said(string with, string[] launcher, string audit, string said)
    {
        using KernelAudit kernel = KernelAudit.Take();
        KernelAudit.Control("-D");
        KernelAudit.Control(Rule.Split(' '));
        KernelAudit.Control("-e", "1");
        await using LiveStreams streams = await Start(launcher, audit, files: false);
        string program = Path.Combine(_folder.FullName, "implant");
        File.Copy("/bin/true", program);
        await Result.Of(program);
        await streams.Alert(
            "writable-folder-exec", alert => alert.GetProperty("message").GetString()!.Contains(program, StringComparison.Ordinal));
        Assert.True(streams.Errors.Contains(said, StringComparison.Ordinal), $"with {with}, it says:\n{streams.Errors}");

        // What unshare forks gets no signal but this.
        if (launcher.Contains("--fork")) await streams.KillNow();
    }

    [Theory]
    [MemberData(nameof(TooLittle))]
    public async Task Where_nothing_of_audit_can_be_had_files_are_watched(string with, string[] launcher, string audit, string said)
    {
        using KernelAudit kernel = KernelAudit.Take();
        await using LiveStreams streams = await Start(launcher, audit, files: true);
        Assert.True(streams.Errors.Contains(said, StringComparison.Ordinal), $"with {with}, it says:\n{streams.Errors}");
        Assert.Contains("watching web-1 by files;", streams.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_the_right_to_open_handles_files_are_watched_by_inotify()
    {
        using KernelAudit kernel = KernelAudit.Take();
        await using LiveStreams streams = await Start(["setpriv", "--bounding-set", "-dac_read_search"], "", files: true);
        await streams.Said("inotify: fanotify needs CAP_DAC_READ_SEARCH");
    }

    [Fact]
    public async Task Where_nothing_at_all_can_be_had_it_says_so()
    {
        using KernelAudit kernel = KernelAudit.Take();
        InvalidOperationException ended = await Assert.ThrowsAsync<InvalidOperationException>(() => Start(WithoutBoth, "", files: false));
        Assert.Contains("CAP_AUDIT_READ is missing", ended.Message, StringComparison.Ordinal);
        Assert.Contains("nothing to watch", ended.Message, StringComparison.Ordinal);
    }

    private async Task<LiveStreams> Start(string[] launcher, string audit, bool files)
    {
        Result tried = await Result.Of(launcher[0], [.. launcher[1..], "true"]);
        Assert.SkipUnless(tried.Code == 0, $"needs {string.Join(' ', launcher)}: {tried.Error}");
        string watched = Directory.CreateDirectory(Path.Combine(_folder.FullName, "watched")).FullName;
        string collectors = files ? $$"""{ "paths": ["{{watched}}"] }""" : """{ "enabled": false }""";
        return await LiveStreams.StartUnder(launcher, _folder.FullName, $$"""{ "audit": { {{audit}} }, "files": {{collectors}} }""");
    }
}
