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
            """{"@timestamp":"2026-01-02T00:00:01.000Z","host":{"name":"b"},"auditd":{"message_type":"user_auth","sequence":7,"data":{"acct":"ada"}}}""");

        IReadOnlyList<Alert> alerts = VirtualTime.Alerts(script, VirtualTime.Each(
        [
            Audit.PamFailure("a", "2026-01-02T00:00:00.000Z", 1, "bob"),
            Audit.Execve("a", "2026-01-02T00:00:00.500Z", 2, "/usr/bin/id", ["id"]),
            AuditEvent.FromDocument(json, "beats"),
        ]));

        Assert.Equal(["bob", "ada"], alerts.Select(alert => alert.Message));
    }
}
