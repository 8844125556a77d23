using System.Buffers;
using System.Text;
using System.Text.Json;
using CsCheck;
using Streams.Events.Tables;
using Streams.Testing;
using Xunit;

namespace Streams.Events.Tests.Decoding;

public class FuzzTests
{
    private static readonly string[] Pieces =
    [
        " ", "=", "'", "\"", "\u001D", "(", ")", "{", "}", ",", "?", "avc:", "denied", "for", "msg='", "op=", "res=", "success=",
        "arch=c000003e", "syscall=59", "exit=-115", "a0=", "a1_len=5", "a1[0]=", "a1[1]=6162", "argc=2", "key=6B0161",
        "saddr=0A000050", "saddr=0100", "saddr=1100080002000000010000FF", "subj=a:b:c:d:e:f", "obj=", "name=", "mode=0100755",
        "mode=99", "nametype=PARENT", "auid=4294967295", "uid=0", "AUID=\"x\"", "old auid=", "comm=FF", "exe=\"/bin/a\"",
        "proctitle=6100", "pp=ffffffffffffffff", "opid=", "items=", "socket=", "result=", "sig=11", "addr=::1", "hostname=", "fp=zz",
        "type=", "\u00E9", "\u0000", "\n", "xuid=5", "subj_user=x", "obj_user=y", "argc=",
    ];

    private static readonly RecordType[] Types =
    [
        RecordType.Syscall, RecordType.Execve, RecordType.Path, RecordType.Cwd, RecordType.Sockaddr, RecordType.Proctitle,
        RecordType.Eoe, RecordType.Login, RecordType.UserAuth, RecordType.UserCmd, RecordType.Avc, RecordType.ObjPid,
        RecordType.BprmFcaps, RecordType.ConfigChange, RecordType.Seccomp, RecordType.AnomAbend, RecordType.Uringop,
        RecordType.NetfilterCfg, RecordType.AddUser, (RecordType)9999,
    ];

    private static readonly Gen<string> Piece = Gen.Int[0, Pieces.Length - 1].Select(i => Pieces[i]);

    private static readonly Gen<byte[]> Text = Gen.OneOf(
        Gen.Byte.Array[0, 200],
        Piece.Array[0, 40].Select(parts => Encoding.Latin1.GetBytes(string.Concat(parts))),
        Piece.Array[0, 40].Select(parts => Encoding.UTF8.GetBytes(string.Join(' ', parts))));

    private static readonly Gen<(RecordType Type, byte[] Text)[]> Records =
        Gen.Select(Gen.Int[0, Types.Length - 1].Select(i => Types[i]), Text).Array[0, 8];

    [Fact]
    public void Whatever_the_bytes_fields_are_read_and_the_document_is_JSON_that_agrees_with_them() => Records.Sample(Check, iter: Campaign.Cases(3000));

    [Fact]
    [Trait("Found", "D10")]
    public void Whatever_the_bytes_a_field_has_one_type()
    {
        var types = new FieldTypes();
        Records.Sample(
            records =>
            {
                lock (types) types.Add(Made(records));
            },
            iter: Campaign.Cases(3000));
    }

    private static AuditEvent Made((RecordType Type, byte[] Text)[] records)
    {
        var builder = new AuditEventBuilder();
        foreach ((RecordType type, byte[] text) in records) builder.Add(type, text);
        return builder.Build("host", Audit.Collector, Audit.Time("2026-01-02T03:04:05.678Z"), 1);
    }

    private static void Check((RecordType Type, byte[] Text)[] records)
    {
        AuditEvent made = Made(records);
        var output = new ArrayBufferWriter<byte>();
        made.WriteDocument(output, original: true);
        using JsonDocument document = JsonDocument.Parse(
            output.WrittenMemory, new JsonDocumentOptions { AllowDuplicateProperties = false });
        foreach ((string name, string value) in Documents.Leaves(Documents.Json(made)))
        {
            Assert.Equal((name, value), (name, Documents.Read(made, name)));
        }

        foreach (string piece in Pieces) _ = made.Data(piece.TrimEnd('='));
        _ = (
            made.Process.Args, made.Source, made.Destination, made.Socket, made.User.EffectiveId, made.File.Path, made.Tags, made.Succeeded,
            made.Type);
    }
}
