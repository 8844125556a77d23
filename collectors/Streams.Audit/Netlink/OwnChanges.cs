using System.Text;
using Streams.Events;
using Streams.Events.Tables;

namespace Streams.Audit.Netlink;

/// <summary>
/// What the collector itself is changing about audit, so that the kernel's record of it (CONFIG_CHANGE, which itself names no process)
/// is not taken for somebody else's. A change that is made by both at the same time is seen once. Safe for several threads.
/// </summary>
public sealed class OwnChanges
{
    /// <summary>How long the record of a change may take, milliseconds; while audit is off there is none.</summary>
    public const int Patience = 5000;

    private const int Limit = 4096;

    private readonly Lock _gate = new();
    private readonly TimeProvider _time;
    private readonly List<(string Change, long Until)> _expected = [];

    /// <summary>Expects nothing yet.</summary>
    /// <param name="time">The clock of <see cref="Patience"/>.</param>
    public OwnChanges(TimeProvider time) => _time = time;

    /// <summary>A change is going to be made.</summary>
    /// <param name="change">What the record of it has: <c>audit_backlog_limit=8192</c>, <c>op=add_rule</c>.</param>
    internal void Expect(string change)
    {
        lock (_gate)
        {
            if (_expected.Count == Limit) _expected.RemoveAt(0);
            _expected.Add((change, Now + Patience));
        }
    }

    /// <summary>The kernel has refused it.</summary>
    internal void Withdraw(string change)
    {
        lock (_gate)
        {
            int index = _expected.FindIndex(expected => expected.Change == change);
            if (index >= 0) _expected.RemoveAt(index);
        }
    }

    /// <summary>Whether a CONFIG_CHANGE is the record of an expected change, which is expected no longer then.</summary>
    internal bool IsOwn(AuditEvent change)
    {
        lock (_gate)
        {
            long now = Now;
            _expected.RemoveAll(expected => expected.Until < now);
            if (_expected.Count == 0) return false;
            string text = Encoding.UTF8.GetString(change.Record(0).Text) + " ";
            int index = _expected.FindIndex(expected => text.Contains(expected.Change + " ", StringComparison.Ordinal));
            if (index < 0 || !text.Contains(" res=1 ", StringComparison.Ordinal) || IsOfAnother(change)) return false;
            _expected.RemoveAt(index);
            return true;
        }
    }

    // Newer kernels write the call beside it.
    private static bool IsOfAnother(AuditEvent change)
    {
        byte[] own = Encoding.UTF8.GetBytes($" pid={Environment.ProcessId} ");
        for (int i = 0; i < change.RecordCount; i++)
        {
            if (change.RecordTypeAt(i) == RecordType.Syscall) return change.Record(i).Text.IndexOf(own) < 0;
        }

        return false;
    }

    private long Now => (long)_time.GetElapsedTime(0).TotalMilliseconds;
}
