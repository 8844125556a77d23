using System.Text;
using Streams.Events;
using Streams.Testing;
using Xunit;

namespace Streams.Engine.Tests.Shards;

public class RoutingTests
{
    [Fact]
    public void An_event_that_came_as_a_document_goes_where_one_of_records_goes()
    {
        var script = new QueryScript();
        script.Query("logins", Severity.Low, "Tested").From(audit => audit.Records("USER_AUTH")).Alert(e => e.Data("acct") ?? "");
        byte[] json = Encoding.UTF8.GetBytes(
            """{"@timestamp":"2026-01-02T00:00:01.000Z","host":{"name":"b"},"auditd":"""
            + """{"message_type":"user_auth","sequence":7,"data":{"acct":"ada"}}}""");

        IReadOnlyList<Alert> alerts = VirtualTime.Alerts(script, VirtualTime.Each(
        [
            Audit.PamFailure("a", "2026-01-02T00:00:00.000Z", 1, "bob"),
            Audit.Execve("a", "2026-01-02T00:00:00.500Z", 2, "/usr/bin/id", ["id"]),
            AuditEvent.FromDocument(json, "beats"),
        ]));

        Assert.Equal(["bob", "ada"], alerts.Select(alert => alert.Message));
    }

    [Fact]
    public void Each_source_gives_its_own_kind_and_no_other()
    {
        Event[] events =
        [
            Audit.Execve("a", "2026-01-02T00:00:00.000Z", 1, "/usr/bin/id", ["id"]),
            FileChanges.Event("a", VirtualTime.At(1), 2, "/etc/passwd"),
            FileChanges.Event("a", VirtualTime.At(2), 3, "/etc/shadow", "initial_scan"),
            FileChanges.Event("a", VirtualTime.At(3), 4, "/etc/group", "config_change"),
            new Gap("a", "audit", VirtualTime.At(3), VirtualTime.At(4), 5, 9, "queue full"),
            Collectors.Tells("a", VirtualTime.At(5), 6, "audit-owner-lost"),
            Collectors.Tells("a", VirtualTime.At(6), 7, "audit-rule-missing"),
            Collectors.Process("a", VirtualTime.At(7), 8, 1, "/sbin/init"),
            new Heartbeat("a", "audit", VirtualTime.At(8), 9),
        ];

        Assert.Equal(["/etc/passwd"], Said((_, files, _) => files.Changes, f => f.Path));
        Assert.Equal(["/etc/passwd", "/etc/shadow", "/etc/group"], Said((_, files, _) => files, f => f.Path));
        Assert.Equal(["queue full"], Said((_, _, host) => host.Gaps, g => g.Cause));
        Assert.Equal(["audit-rule-missing"], Said((_, _, host) => host.Documents("audit-rule-missing", "audit-repaired"), d => d.Action!));
        Assert.Equal(["audit-owner-lost", "audit-rule-missing"], Said((_, _, host) => host.Documents(), d => d.Action!));
        Assert.Equal(["/sbin/init"], Said((_, _, host) => host.Processes, p => p.Executable!));
        Assert.Equal(["9"], Said((_, _, host) => host.Heartbeats, h => $"{h.Serial}"));
        Assert.Equal(["id"], Said((audit, _, _) => audit, e => e.Process.Name!));
        Assert.Equal(events.Select(e => $"{e.Serial}"), Said((audit, _, _) => audit.All, e => $"{e.Serial}"));

        IEnumerable<string> Said<T>(Func<AuditSource, FileSource, HostSource, IObservable<T>> source, Func<T, string> message)
        {
            var script = new QueryScript();
            script.Query("tested", Severity.Low, "Tested").From(source).Alert(message);
            return VirtualTime.Alerts(script, VirtualTime.Each(events)).Select(alert => alert.Message);
        }
    }
}
