using Streams.Engine.QueryStrings;
using Streams.Events;
using Xunit;

namespace Streams.Engine.Tests.QueryStrings;

public sealed class QueryStringTests
{
    [Theory]
    [InlineData("a:x && (b:y || !c:z)", "a:x AND (b:y OR (NOT c:z))")]
    [InlineData("a:x b:y -c:z", "(a:x OR b:y) AND NOT c:z")]
    [InlineData("+a:x b:y", "a:x")]
    [InlineData("a:(x \"y z\")", "a:x OR a:\"y z\"")]
    [InlineData("a:(>=1 AND <5)", "a:[1 TO *] AND a:[* TO 5}")]
    [InlineData("((a:x AND b:y) AND c:z)", "a:x AND b:y AND c:z")]
    [InlineData("NOT (NOT a:x)", "a:x")]
    [InlineData("NOT (a:x b:y)", "NOT (a:x OR b:y)")]
    [InlineData("a:*", "_exists_:a")]
    [InlineData("*", "*:*")]
    [InlineData("a:x**y?", "a:x*y?")]
    [InlineData("a:x\\:*", "a:x\\:*")]
    [InlineData("a:/x\\/y/", "a:/x\\/y/")]
    [InlineData("a:fe80::1", "a:\"fe80::1\"")]
    [InlineData("a:-13", "a:\"-13\"")]
    [InlineData("a:\"plain\"", "a:plain")]
    [InlineData("a:\"TO\"", "a:\"TO\"")]
    [InlineData("a:\"x\ty\\\\\"", "a:\"x\\u0009y\\\\\"")]
    [InlineData("a:[\"*\" TO \"b c\"}", "a:[\"*\" TO \"b c\"}")]
    [InlineData("\\-a\\:b:x", "\\-a\\:b:x")]
    public void The_canonical_form_spells_the_structure_in_one_way(string query, string canonical)
    {
        Assert.Equal(canonical, QueryString.Parse(query).ToString());
        Assert.Equal(canonical, QueryString.Parse(canonical).ToString());
    }

    [Fact]
    public void The_fields_are_those_named_each_once()
    {
        QueryString query = QueryString.Parse("b:x AND (a:y OR NOT b:[1 TO 2]) AND _exists_:c AND d:/x/ AND *:*");
        Assert.Equal(["b", "a", "c", "d"], query.Fields.Select(f => f.Name));
    }

    [Fact]
    public void Nothing_is_read_that_the_answer_does_not_need()
    {
        Func<Event, bool> query = QueryString.Compile("a:x AND (b:y OR c:z) AND NOT d:w");
        var refused = FakeEvent.Of("a=q; b=y");
        query(refused);
        Assert.Equal(["a"], refused.Read);
        var accepted = FakeEvent.Of("a=x; b=y; e=1");
        query(accepted);
        Assert.Equal(["a", "b", "d"], accepted.Read);
    }

    [Fact]
    public void The_values_of_one_field_are_one_look_up()
    {
        var source = FakeEvent.Of("a=z; b=q");
        Assert.False(QueryString.Compile("a:1 OR a:2 OR b:x OR a:3 OR a:(4 OR 5)")(source));
        Assert.Equal(["a", "b"], source.Read);
    }

    [Theory]
    [InlineData("auditd.data.syscall:connect", "connect")]
    [InlineData("auditd.data.syscall:(connect OR bind) AND a:x", "bind connect")]
    [InlineData("a:x AND (auditd.data.syscall:execve OR auditd.data.syscall:execveat AND b:y)", "execve execveat")]
    [InlineData("auditd.data.syscall:(connect OR bind) AND auditd.data.syscall:bind", "bind")]
    [InlineData("+auditd.data.syscall:connect a:x", "connect")]
    [InlineData("auditd.data.syscall:connect OR a:x", null)]
    [InlineData("auditd.data.syscall:connect a:x", null)]
    [InlineData("NOT auditd.data.syscall:connect", null)]
    [InlineData("auditd.data.syscall:exec*", null)]
    [InlineData("auditd.message_type:user_auth", null)]
    [InlineData("*", null)]
    public void The_system_calls_that_a_match_needs_are_known(string query, string? names) =>
        Assert.Equal(names, Joined(QueryString.Parse(query).RequiredSyscalls));

    [Theory]
    [InlineData("auditd.message_type:user_auth AND auditd.result:fail", "user_auth")]
    [InlineData("auditd.message_type:(add_user OR add_group)", "add_group add_user")]
    [InlineData("auditd.data.syscall:connect", null)]
    [InlineData("auditd.result:fail", null)]
    public void The_record_types_that_a_match_needs_are_known(string query, string? names) =>
        Assert.Equal(names, Joined(QueryString.Parse(query).RequiredRecordTypes));

    [Fact]
    public void Asking_an_event_allocates_nothing()
    {
        Func<Event, bool> query = QueryString.Compile(
            "text:(x OR y OR \"z w\") OR text:*a?b* OR text:/[0-9]+q/ OR text:[5 TO 6]"
            + " OR text:10.0.0.0/8 OR text:fe80::1 OR text:>2030-01-01T00:00:00Z"
            + " OR number:5 OR number:1*2 OR number:>100 OR time:2020 OR time:*x OR list:(q OR r) OR _exists_:other");
        var source = new SameFieldsEvent();
        for (int i = 0; i < 1000; i++) Assert.False(query(source));
        long before = GC.GetAllocatedBytesForCurrentThread();
        bool any = false;
        for (int i = 0; i < 1000; i++) any |= query(source);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.False(any);
        Assert.Equal(0, allocated);
    }

    private static string? Joined(IReadOnlySet<string>? names) =>
        names is null ? null : string.Join(' ', names.Order(StringComparer.Ordinal));

    private sealed class SameFieldsEvent() : Event("web-1", "test", DateTimeOffset.UnixEpoch, 1)
    {
        private readonly Dictionary<Field, FieldValue> _fields = new()
        {
            [Field.Of("text")] = FieldValue.From("2001:db8::1"),
            [Field.Of("number")] = FieldValue.From(77),
            [Field.Of("time")] = FieldValue.From(new DateTimeOffset(2024, 5, 1, 0, 0, 0, TimeSpan.Zero)),
            [Field.Of("list")] = FieldValue.From(["a", "b"]),
        };

        public override EventKind Kind => EventKind.Document;

        public override FieldValue this[Field field] => _fields.GetValueOrDefault(field);

        public override void WriteDocument(System.Buffers.IBufferWriter<byte> output, bool original = false) =>
            throw new NotSupportedException();
    }
}
