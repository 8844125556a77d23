using Streams.Testing;
using Xunit;

namespace Streams.Events.Tests.Decoding;

public class DocumentTests
{
    [Fact]
    public void Every_leaf_of_the_document_reads_the_same_as_a_field()
    {
        AuditEvent run = Audit.Execve("web-01", "2026-01-02T03:04:05.678Z", 7, "/usr/bin/id", ["id", "-u"]);
        foreach ((string name, string value) in Documents.Leaves(Documents.Json(run)))
        {
            string? read = name == "@timestamp" ? run[Field.Of(name)].ToString() : Documents.Read(run, name);
            Assert.Equal((name, value), (name, read));
        }
    }
}
