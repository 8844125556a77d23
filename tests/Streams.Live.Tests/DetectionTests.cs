using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;

namespace Streams.Live.Tests;

/// <summary>With the default rules and all shipped queries: who does it here has his alert, and the alert its evidence.</summary>
public sealed class DetectionTests : IDisposable
{
    private const string Collectors = """{ "audit": { "socket_type": "unicast" }, "files": { "enabled": false } }""";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("streams-live-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task A_program_from_a_folder_that_all_may_write_is_told_with_who_started_it()
    {
        using KernelAudit audit = KernelAudit.Take();
        await using LiveStreams streams = await LiveStreams.Start(_folder.FullName, Collectors);
        string program = Path.Combine(_folder.FullName, "implant");
        File.Copy("/bin/true", program);
        await Run(program);
        JsonElement alert = await streams.Alert("writable-folder-exec", a => Key(a) == program);
        JsonElement evidence = Evidence(alert).Single();
        Assert.Equal("executed", evidence.GetProperty("event").GetProperty("action").GetString());
        Assert.Equal("success", evidence.GetProperty("auditd").GetProperty("result").GetString());
        Assert.Equal("root", evidence.GetProperty("user").GetProperty("name").GetString());
        JsonElement process = evidence.GetProperty("process");
        Assert.Equal(program, process.GetProperty("executable").GetString());
        Assert.Equal(Environment.ProcessId, process.GetProperty("parent").GetProperty("pid").GetInt64());
        Assert.Equal(Environment.ProcessPath, process.GetProperty("parent").GetProperty("executable").GetString());
        Assert.True(process.TryGetProperty("entity_id", out _));
        Assert.Equal(0, await Exit(streams));
    }

    [Fact]
    public async Task A_new_listener_is_told_once_nothing_is_learnt_any_more()
    {
        using KernelAudit audit = KernelAudit.Take();
        await using LiveStreams streams = await LiveStreams.Start(_folder.FullName, Collectors, "--learn", "0");
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        JsonElement alert = await streams.Alert(
            "new-listener", a => Key(a).StartsWith($"{Environment.ProcessPath}, 127.0.0.1", StringComparison.Ordinal));
        Assert.Equal(["bound-socket", "listen-for-connections"], Evidence(alert).Select(Action));
        JsonElement bound = Evidence(alert)[0].GetProperty("auditd").GetProperty("data").GetProperty("socket");
        // Which port it becomes is the kernel's choice, after the call.
        Assert.Equal(("127.0.0.1", "0"), (bound.GetProperty("addr").GetString(), bound.GetProperty("port").GetString()));
    }

    [Fact]
    public async Task A_server_that_nothing_here_has_contacted_is_told_with_the_connection()
    {
        using KernelAudit audit = KernelAudit.Take();
        bool hasTools =
            File.Exists("/usr/bin/unshare") && File.Exists("/bin/bash") && (File.Exists("/sbin/ip") || File.Exists("/usr/sbin/ip"));
        Assert.SkipUnless(hasTools, "needs unshare, bash and ip");
        await using LiveStreams streams = await LiveStreams.Start(_folder.FullName, Collectors, "--learn", "0");
        // In a network of its own nothing leaves the machine; the address is one for documentation (RFC 5737), which counts as public.
        const string connect = "ip link set lo up && ip addr add 203.0.113.5/32 dev lo && exec bash -c 'exec 3<>/dev/udp/203.0.113.5/4711'";
        Result made = await Result.Of("unshare", "--net", "sh", "-c", connect);
        Assert.True(made.Code == 0, made.Error);
        JsonElement alert = await streams.Alert("new-destination", a => Key(a).EndsWith(", 203.0.113.5", StringComparison.Ordinal));
        JsonElement evidence = Evidence(alert).Single();
        Assert.Equal("connected-to", Action(evidence));
        Assert.EndsWith("/bash", evidence.GetProperty("process").GetProperty("executable").GetString(), StringComparison.Ordinal);
        JsonElement destination = evidence.GetProperty("destination");
        Assert.Equal(("203.0.113.5", "4711"), (destination.GetProperty("ip").GetString(), $"{destination.GetProperty("port")}"));
    }

    [Fact]
    public async Task A_shell_that_is_bound_to_a_port_is_told_as_one()
    {
        using KernelAudit audit = KernelAudit.Take();
        Assert.SkipUnless(File.Exists("/usr/bin/python3") || File.Exists("/usr/local/bin/python3"), "needs python3");
        await using LiveStreams streams = await LiveStreams.Start(_folder.FullName, Collectors);
        const string shell =
            """
            import os, socket
            s = socket.socket(); s.bind(("127.0.0.1", 0)); s.listen(1)
            print(s.getsockname()[1], flush=True)
            c, _ = s.accept()
            for i in 0, 1, 2: os.dup2(c.fileno(), i)
            os.execl("/bin/sh", "sh", "-i")
            """;
        var start = new ProcessStartInfo("python3", ["-c", shell]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using Process python = Process.Start(start)!;
        string line = (await python.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken))!;
        int port = int.Parse(line, CultureInfo.InvariantCulture);
        using (var client = new TcpClient())
        {
            await client.ConnectAsync(IPAddress.Loopback, port, TestContext.Current.CancellationToken);
            await client.GetStream().WriteAsync("exit\n"u8.ToArray(), TestContext.Current.CancellationToken);
            await python.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        JsonElement alert = await streams.Alert("network-shell");
        Assert.Contains("a bind shell", alert.GetProperty("message").GetString(), StringComparison.Ordinal);
        string?[] actions = [.. Evidence(alert).Select(e => e.GetProperty("event").GetProperty("action").GetString())];
        Assert.Contains("executed", actions);
        Assert.Contains("accepted-connection-from", actions);
    }

    [Fact]
    public async Task A_sensitive_file_that_is_changed_is_told()
    {
        using KernelAudit audit = KernelAudit.Take();
        string file = $"/etc/cron.d/streams-live-{Environment.ProcessId}";
        Assert.SkipUnless(Directory.Exists("/etc/cron.d"), "needs /etc/cron.d");
        await using LiveStreams streams = await LiveStreams.Start(_folder.FullName, Collectors);
        try
        {
            await File.WriteAllTextAsync(file, "# nothing\n", TestContext.Current.CancellationToken);
            await streams.Alert("sensitive-file", a => Key(a) == file);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public async Task Rules_that_somebody_removes_and_a_rate_limit_are_told()
    {
        using KernelAudit audit = KernelAudit.Take();
        await using LiveStreams streams = await LiveStreams.Start(_folder.FullName, Collectors);
        // What happens first has its alert first: none of tampering may stand before it.
        string program = Path.Combine(_folder.FullName, "implant");
        File.Copy("/bin/true", program);
        await Run(program);
        await streams.Alert("writable-folder-exec", a => Key(a) == program);
        Assert.DoesNotContain(streams.Seen, a => Rule(a) == "audit-tampered");
        KernelAudit.Control("-D");
        await streams.Alert("audit-tampered", a => Message(a).Contains("rule", StringComparison.Ordinal));
        KernelAudit.Control("-r", "10000");
        await streams.Alert("audit-tampered", a => Message(a).Contains("rate_limit", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_failed_login_by_PAM_is_told()
    {
        using KernelAudit audit = KernelAudit.Take();
        Assert.SkipUnless(File.Exists("/usr/bin/su") && File.Exists("/usr/sbin/runuser"), "needs su and runuser");
        await using LiveStreams streams = await LiveStreams.Start(_folder.FullName, Collectors);
        const string login = "echo 1 > /proc/self/loginuid; runuser -u nobody -- su root -c true";
        using (Process su = Process.Start(new ProcessStartInfo("sh", ["-c", login])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!)
        {
            await su.StandardInput.WriteLineAsync("not the password");
            su.StandardInput.Close();
            await su.WaitForExitAsync(TestContext.Current.CancellationToken);
            Assert.NotEqual(0, su.ExitCode);
        }

        JsonElement alert = await streams.Alert("auth-failure");
        JsonElement evidence = Evidence(alert).Single();
        JsonElement data = evidence.GetProperty("auditd").GetProperty("data");
        Assert.StartsWith("PAM:", data.GetProperty("op").GetString(), StringComparison.Ordinal);
        Assert.Equal("daemon", evidence.GetProperty("user").GetProperty("name").GetString());
        JsonElement process = evidence.GetProperty("process");
        Assert.EndsWith("/runuser", process.GetProperty("parent").GetProperty("executable").GetString(), StringComparison.Ordinal);
        JsonElement ancestors = evidence.GetProperty("streams").GetProperty("process").GetProperty("ancestors");
        Assert.Contains(Environment.ProcessPath, ancestors.EnumerateArray().Select(ancestor => ancestor.GetString()));
    }

    [Fact]
    public async Task What_is_recorded_says_the_same_again()
    {
        using KernelAudit audit = KernelAudit.Take();
        string recording = Path.Combine(_folder.FullName, "run.streams");
        await using LiveStreams streams = await LiveStreams.Start(_folder.FullName, Collectors, "--learn", "0", "--record", recording);
        for (int i = 0; i < 5; i++)
        {
            string program = Path.Combine(_folder.FullName, $"implant-{i}");
            File.Copy("/bin/true", program);
            await Run(program);
            await streams.Alert("writable-folder-exec", a => Key(a) == program);
        }

        KernelAudit.Control("-D");
        await streams.Alert("audit-tampered");
        Assert.Equal(0, await Exit(streams));
        Result replay = await Result.Of(LiveStreams.Program, "replay", recording, "--json", "--learn", "0");
        Assert.Equal(streams.Output, replay.Output);
    }

    // SIGTERM is how it is stopped: 128 and the signal's number.
    private static async Task<int> Exit(LiveStreams streams) => await streams.Stop() - 143;

    private static async Task Run(string program)
    {
        using Process process = Process.Start(program);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
    }

    private static string Key(JsonElement alert) => alert.GetProperty("streams").GetProperty("alert").GetProperty("key").GetString()!;

    private static string? Rule(JsonElement alert) => alert.GetProperty("rule").GetProperty("name").GetString();

    private static string? Action(JsonElement document) => document.GetProperty("event").GetProperty("action").GetString();

    private static string Message(JsonElement alert) => alert.GetProperty("message").GetString()!;

    private static JsonElement[] Evidence(JsonElement alert) =>
        [.. alert.GetProperty("streams").GetProperty("alert").GetProperty("evidence").EnumerateArray()];
}
