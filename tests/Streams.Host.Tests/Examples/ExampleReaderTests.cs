using Streams.Events;
using Streams.Host.Configuration;
using Streams.Host.Examples;
using Xunit;

namespace Streams.Host.Tests.Examples;

public class ExampleReaderTests
{
    [Fact]
    public void An_example_has_input_and_alerts()
    {
        Example example = Assert.Single(Read(
            """
            - name: three in a row
              host: web-1
              learn: 0
              input:
                - at: +10s
                  repeat: 3
                  every: 5s
                  lines: |
                    type=USER_AUTH msg=audit(@): acct="user{i}"
                - heartbeat: db-2
                - advance: 1m
              alerts:
                - start: +20s
                  key: ada
                  count: 3
                  message: three
                  severity: high
                  techniques: [T1110.001, T1110.003]
                - end: any
                  techniques: T1078
            """).Examples);
        Assert.Equal(("three in a row", "auth", "web-1", TimeSpan.Zero), (example.Name, example.Query, example.Host, example.Learn));
        Assert.Equal([10, 15, 20, 20, 80], example.Input.Select(input => (input.At - example.Start).TotalSeconds));
        Assert.Equal("type=USER_AUTH msg=audit(1767225620.000:3): acct=\"user3\"", ((LinesInput)example.Input[2]).Text[0]);
        Assert.Equal("db-2", ((HeartbeatInput)example.Input[3]).Host);
        Assert.Equal([AlertStatus.Start, AlertStatus.End], example.Alerts.Select(alert => alert.Status));
        Assert.Equal(example.Start.AddSeconds(20), example.Alerts[0].Time);
        Assert.Null(example.Alerts[1].Time);
        Assert.Equal((Severity.High, null), (example.Alerts[0].Severity, example.Alerts[1].Severity));
        Assert.Equal(["T1110.001 T1110.003", "T1078"], example.Alerts.Select(alert => string.Join(' ', alert.Techniques!)));
    }

    [Fact]
    public void Lines_may_keep_their_own_stamps()
    {
        Example example = Assert.Single(Read(
            """
            - name: as recorded
              input:
                - lines: ["type=A msg=audit(1700000000.250:7): x=1", "type=B msg=audit(1700000001.000:8): x=1"]
                - advance: 5s
              alerts: []
            """).Examples);
        Assert.Equal(DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_250), example.Start);
        Assert.Equal(DateTimeOffset.FromUnixTimeSeconds(1_700_000_006), example.Input[^1].At);
    }

    [Fact]
    public void A_document_says_by_its_module_what_it_is_and_a_gap_is_written_as_one()
    {
        Example example = Assert.Single(Read(
            """
            - name: everything but records
              host: web-1
              input:
                - document: { auditd.data.op: x }
                - document: { event.module: file_integrity, file.path: /etc/passwd }
                - document: { event.module: streams, event.action: audit-owner-lost, host.name: web-2 }
                - gap: the queue was full
                  records: 12
                  at: +3s
              alerts: []
            """).Examples);
        Event[] events = [.. example.Input.Cast<EventInput>().Select(input => input.Event)];
        Assert.Equal([EventKind.Audit, EventKind.File, EventKind.Document, EventKind.Gap], events.Select(e => e.Kind));
        Assert.Equal(["web-1", "web-1", "web-2", "web-1"], events.Select(e => e.Host));
        Assert.Equal(["audit", "files", "audit", "audit"], events.Select(e => e.Collector));
        Assert.Equal(
            (12, "the queue was full", example.Start.AddSeconds(3)),
            (((Gap)events[3]).Records, ((Gap)events[3]).Cause, events[3].Occurred));
    }

    [Theory]
    [InlineData("- name: x\n  input:\n    - gap: y\n      records: many\n  alerts: []", "4:16: must be a whole number from 0 on")]
    [InlineData("- name: x\n  input:\n    - gap: y\n      lines: z\n  alerts: []", "3:7: must have one of lines, document, gap")]
    [InlineData("name: x", "1:1: must be a list of examples")]
    [InlineData("- name: x\n  inptu: []\n  input: []\n  alerts: []", "2:3: unknown key \"inptu\" of an example; did you mean input?")]
    [InlineData("- name: x\n  input: []", "1:3: has no alerts; write \"alerts: []\"")]
    [InlineData("- name: x\n  input:\n    - at: soon\n      lines: a\n  alerts: []", "3:11: soon is no time")]
    [InlineData("- name: x\n  input:\n    - advance: x\n  alerts: []", "3:16: x is no duration")]
    [InlineData("- name: x\n  input:\n    - lines: a\n      repeat: -1\n  alerts: []", "4:15: must be a whole number")]
    [InlineData("- name: x\n  input: []\n  alerts:\n    - key: a", "4:7: must say one of start, update, end")]
    [InlineData("- name: x\n  input: }", "2:")]
    [InlineData("- name: [\n", "")]
    public void A_mistake_has_line_and_column(string text, string expected)
    {
        (IReadOnlyList<Example> examples, IReadOnlyList<Problem> problems) = Read(text);
        Assert.Empty(examples);
        Assert.StartsWith($"auth.test.yaml:{expected}", Assert.Single(problems).ToString(), StringComparison.Ordinal);
    }

    private static (IReadOnlyList<Example> Examples, IReadOnlyList<Problem> Problems) Read(string text) =>
        ExampleReader.Read(new StringReader(text), "auth.test.yaml");
}
