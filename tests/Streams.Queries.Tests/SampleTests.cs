using System.Globalization;
using Streams.Engine;
using Streams.Events;
using Streams.Events.Input;
using Xunit;

namespace Streams.Queries.Tests;

/// <summary>What the shipped queries find in the sample log; samples/README.md tells the story.</summary>
public sealed class SampleTests
{
    private static readonly Lazy<IReadOnlyList<Alert>> Alerts = new(
        () => Shipped.Run([new Batch(Shipped.Sample.ToArray())], new EngineOptions()));

    [Theory]
    [InlineData("2026-11-23 18:40:46.622", "auth-failure", "anna failed")]
    [InlineData("2026-11-23 18:41:41.162", "auth-failures-repeated", "deploy")]
    [InlineData("2026-11-23 18:41:49.134", "auth-failures-then-success", "deploy")]
    [InlineData("2026-11-23 18:42:32.606", "auth-failures-then-success", "root")]
    [InlineData("2026-11-23 18:41:50.838", "privilege-gained", "/usr/bin/sudo")]
    [InlineData("2026-11-23 18:42:35.594", "new-destination", "/usr/bin/curl contacted 203.0.113.66:443")]
    [InlineData("2026-11-23 18:42:36.594", "new-process", "/dev/shm/.fc-cached")]
    [InlineData("2026-11-23 18:42:36.594", "writable-folder-exec", "/dev/shm/.fc-cached")]
    [InlineData("2026-11-23 18:42:36.598", "network-shell", "a reverse shell")]
    [InlineData("2026-11-23 18:42:44.102", "sensitive-file", "/etc/sudoers.d/90-fc-cache")]
    [InlineData("2026-11-23 18:42:44.606", "sensitive-file", "/root/.ssh/authorized_keys")]
    [InlineData("2026-11-23 18:42:45.122", "account-added", "the account with the id 1002")]
    [InlineData("2026-11-23 18:42:47.122", "new-listener", "0.0.0.0:4444")]
    [InlineData("2026-11-23 18:42:49.078", "network-shell", "a bind shell")]
    [InlineData("2026-11-23 18:42:55.686", "writable-folder-exec", "/memfd:fc (deleted)")]
    [InlineData("2026-11-23 18:42:56.638", "kernel-module", "init_module")]
    [InlineData("2026-11-23 18:43:01.902", "network-shell", "/usr/bin/bash is connected to 203.0.113.66:8443")]
    [InlineData("2026-11-23 18:44:08.154", "audit-tampered", "/var/log/audit/audit.log")]
    [InlineData("2026-11-23 18:44:08.662", "audit-tampered", "the first of all rules (auditctl -D), as root (logged in as 1000)")]
    [InlineData("2026-11-23 18:44:10.186", "audit-tampered", "the audit daemon ended, by a signal of process 25800 of 1000")]
    public void The_intrusion_is_found(string time, string query, string message)
    {
        DateTimeOffset at = DateTimeOffset.Parse(time, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);

        Assert.Contains(
            Alerts.Value,
            a => a.Query == query
                && a.Status == AlertStatus.Start
                && a.Started == at
                && a.Message.Contains(message, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("network-shell", 3)]
    [InlineData("host-silent", 0)]
    [InlineData("brute-force", 0)]
    [InlineData("kernel-module", 1)]
    [InlineData("audit-tampered", 3)]
    [InlineData("auth-failure", 14)]
    [InlineData("new-listener", 1)]
    [InlineData("new-destination", 3)]
    [InlineData("account-added", 1)]
    public void And_nothing_else(string query, int starts) =>
        Assert.Equal(starts, Alerts.Value.Count(a => a.Query == query && a.Status == AlertStatus.Start));

    // What no audit log holds, or this one does not.
    private static readonly string[] NotInSample =
    [
        "brute-force", "clock-skewed", "host-silent", "log-cleared", "persistence", "ptrace-other", "records-lost", "security-anomaly",
        "sensitive-file-descriptor", "sensitive-file-packages", "sensor-attacked", "sensor-down", "sensor-stopped", "setuid-file",
        "web-server-shell",
    ];

    [Fact]
    [Trait("Found", "Q6")]
    public void An_alert_names_techniques_of_its_query_alone()
    {
        Dictionary<string, IReadOnlyList<string>> declared = Shipped.Queries.ToDictionary(query => query.Name, query => query.Techniques);
        Assert.All(Alerts.Value, alert => Assert.NotEmpty(alert.Techniques));
        Assert.All(
            Alerts.Value, alert => Assert.All(alert.Techniques, technique => Assert.Contains(technique, declared[alert.Query])));
        Assert.All(Alerts.Value.Where(alert => alert.Query == "sensitive-file"), alert => Assert.Single(alert.Techniques));
    }

    [Fact]
    public void Every_query_has_examples_a_technique_and_something_to_find_in_the_sample()
    {
        foreach (QueryDefinition query in Shipped.Queries)
        {
            Assert.True(File.Exists(Path.Combine(Shipped.Folder("queries"), query.Name + ".test.yaml")), $"{query.Name} has no examples");
            Assert.NotEmpty(query.Techniques);
            Assert.Equal(NotInSample.Contains(query.Name), !Alerts.Value.Any(a => a.Query == query.Name));
        }
    }
}
