using System.Text;
using CsCheck;
using Streams.Audit.Processes;
using Streams.Events;
using Streams.Events.Tables;
using Streams.Testing;

namespace Streams.Audit.Tests.Processes;

public sealed class ProcessPropertyTests
{
    private static readonly int Iterations = Campaign.Cases(1000);

    // Pieces of records, whole ones and mutilated ones.
    private static readonly Gen<byte[]> Text = Gen.OneOf(
        Gen.Byte.Array[0, 40],
        OneOf(
                "arch=c000003e syscall=59 success=yes exit=0 a0=1", " ppid=1", " ppid=-7 pid=10", " pid=10", " ppid=1 pid=10 ",
                " pid=99999999999", "auid=1000 uid=1 gid=x", " comm=\"x\"", " comm=(null)", " exe=", " exe=\"/a\"", " exe=2F",
                "argc=3 a0=\"x\" a1=", " a2_len=9", " ouid=", "cwd=\"/", "arch=c000003e syscall=56 success=yes exit=11 a0=0",
                "arch=c000003e syscall=231 ", "\u001d")
            .Array[0, 5].Select(parts => Encoding.UTF8.GetBytes(string.Concat(parts))));

    private static readonly Gen<RecordType> Type = OneOf(
        RecordType.Syscall, RecordType.Execve, RecordType.Cwd, RecordType.Path, RecordType.Login, RecordType.Uringop, RecordType.ObjPid);

    [Fact]
    public void Arbitrary_records_throw_nothing_and_keep_the_table_within_its_limit() =>
        Gen.Select(Type, Text).Array[1, 5].Array[1, 20].Sample(
            events =>
            {
                var system = new FakeSystem();
                system.Start(1, 0, "/sbin/init");
                system.Start(10, 1, "/a");
                var table = new ProcessTable(system, null, new ProcessTableOptions { MaxProcesses = 4, OwnPid = 77 });
                var builder = new AuditEventBuilder();
                long time = Logs.Start * 1000;
                foreach ((RecordType, byte[])[] records in events)
                {
                    foreach ((RecordType type, byte[] text) in records) builder.Add(type, text);
                    table.AddTo(builder, time += 700);
                    AuditEvent made = builder.Build("localhost", "audit", DateTimeOffset.UnixEpoch, 1);
                    made.WriteDocument(new System.Buffers.ArrayBufferWriter<byte>());
                }

                return table.Count <= 4;
            },
            iter: Iterations);

    [Fact]
    public void What_is_encoded_is_read_back_and_holds_nothing_that_ends_a_value() =>
        Gen.Byte.Array[1, 40].Sample(
            bytes =>
            {
                byte[] encoded = RecordText.Encode(bytes);
                return RecordText.Decode(encoded).AsSpan().SequenceEqual(bytes) && encoded.All(b => b is > (byte)' ' and < 0x7F)
                    && RecordText.EndOfItem([.. encoded, (byte)',', .. encoded]) == encoded.Length;
            },
            iter: Iterations);

    private static Gen<T> OneOf<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);
}
