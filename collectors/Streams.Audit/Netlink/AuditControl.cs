using System.Runtime.InteropServices;
using Streams.Audit.Rules;

namespace Streams.Audit.Netlink;

/// <summary>
/// Asks and tells the kernel about its audit, over a connection of its own, so that no record comes between. May be used by several
/// threads; one request goes at a time.
/// </summary>
/// <remarks>
/// It needs CAP_AUDIT_CONTROL in the first PID and user namespaces: else every request ends in EPERM or ECONNREFUSED. While audit is
/// locked (enabled = 2) what changes something ends in EPERM.
/// </remarks>
public sealed class AuditControl : IAuditSettings, IDisposable
{
    // How long the kernel may take to answer, milliseconds: another program's request, for instance to load rules, goes before.
    private const int Patience = 5000;

    private readonly Lock _gate = new();
    private readonly AuditSocket _socket = AuditSocket.Open();
    private readonly byte[] _buffer = new byte[64 * 1024];
    private readonly OwnChanges? _ownChanges;
    private uint _sequence;

    /// <summary>Connects.</summary>
    /// <param name="ownChanges">Is told what is changed here; null where nobody reads the kernel's records of it.</param>
    /// <exception cref="AuditException">The kernel has no audit, or there is no more memory or descriptor.</exception>
    public AuditControl(OwnChanges? ownChanges = null) => _ownChanges = ownChanges;

    /// <summary>The rules that are loaded.</summary>
    public IKernelRules Rules => new KernelRules(this);

    /// <inheritdoc/>
    public AuditStatus GetStatus()
    {
        AuditStatus? status = null;
        Ask(NetlinkMessage.Get, [], "tell the state of audit", (type, body) =>
        {
            if (type == NetlinkMessage.Get) status = AuditStatus.Parse(body);
            return status is not null;
        });
        return status!;
    }

    /// <inheritdoc/>
    public void Set(AuditSetting setting, uint value) =>
        Change(NetlinkMessage.Set, StatusOf(setting, value), $"set {setting.Name()} to {value}", $"audit_{setting.Name()}={value}");

    /// <summary>The features that are switched on.</summary>
    /// <exception cref="AuditException">The kernel refuses.</exception>
    public AuditFeatures GetFeatures()
    {
        AuditFeatures? features = null;
        Ask(NetlinkMessage.GetFeature, [], "tell the features of audit", (type, body) =>
        {
            if (type == NetlinkMessage.GetFeature) features = AuditFeatures.Parse(body);
            return features is not null;
        });
        return features!;
    }

    /// <summary>The rules that are loaded, in the kernel's order.</summary>
    /// <returns>A <c>struct audit_rule_data</c> each, with its strings.</returns>
    /// <exception cref="AuditException">The kernel refuses.</exception>
    public IReadOnlyList<byte[]> ListRules()
    {
        var rules = new List<byte[]>();
        Ask(NetlinkMessage.ListRules, [], "list the rules", (type, body) =>
        {
            if (type == NetlinkMessage.ListRules) rules.Add(body.ToArray());
            return type == NetlinkMessage.Done;
        });
        return rules;
    }

    /// <summary>Loads a rule.</summary>
    /// <param name="rule">A <c>struct audit_rule_data</c> with its strings.</param>
    /// <exception cref="AuditException">
    /// The kernel refuses: EEXIST when the same rule is loaded already, EINVAL when it makes no sense.
    /// </exception>
    public void AddRule(ReadOnlySpan<byte> rule) => Change(NetlinkMessage.AddRule, rule, "load the rule", "op=add_rule");

    /// <summary>Removes a rule.</summary>
    /// <param name="rule">A <c>struct audit_rule_data</c> with its strings, as it was loaded.</param>
    /// <exception cref="AuditException">The kernel refuses: ENOENT when no such rule is loaded.</exception>
    public void DeleteRule(ReadOnlySpan<byte> rule) => Change(NetlinkMessage.DeleteRule, rule, "remove the rule", "op=remove_rule");

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();

    /// <summary>The body of a request that changes a setting.</summary>
    internal static byte[] StatusOf(AuditSetting setting, uint value)
    {
        Span<uint> words = stackalloc uint[11];
        words[0] = (uint)setting;
        words[setting switch
        {
            AuditSetting.Enabled => 1,
            AuditSetting.Failure => 2,
            AuditSetting.Pid => 3,
            AuditSetting.RateLimit => 4,
            AuditSetting.BacklogLimit => 5,
            AuditSetting.BacklogWaitTime => 9,
            _ => throw new ArgumentOutOfRangeException(nameof(setting), setting, "no such setting"),
        }] = value;
        return MemoryMarshal.AsBytes(words).ToArray();
    }

    private void Change(ushort type, ReadOnlySpan<byte> body, string doing, string change)
    {
        _ownChanges?.Expect(change);
        try
        {
            Ask(type, body, doing, answered: null);
        }
        catch (AuditException)
        {
            _ownChanges?.Withdraw(change);
            throw;
        }
    }

    // The acknowledgement comes first, the answer after it under the same number; what has another number is none of ours.
    private void Ask(ushort type, ReadOnlySpan<byte> body, string doing, Answer? answered)
    {
        lock (_gate)
        {
            uint sequence = ++_sequence;
            _socket.Send(NetlinkMessage.Request(type, sequence, body), doing);
            bool acknowledged = false, done = answered is null;
            while (!acknowledged || !done)
            {
                int length = _socket.Receive(_buffer, Patience);
                if (length < 0) throw new AuditException(doing, Libc.Etimedout);
                if (length < NetlinkMessage.HeaderSize) continue;
                var header = MemoryMarshal.Read<NetlinkMessage.Header>(_buffer);
                if (header.Sequence != sequence) continue;
                ReadOnlySpan<byte> answer = _buffer.AsSpan(NetlinkMessage.HeaderSize, length - NetlinkMessage.HeaderSize);
                if (header.Type == NetlinkMessage.Error && answer.Length >= sizeof(int))
                {
                    int error = -MemoryMarshal.Read<int>(answer);
                    if (error != 0) throw new AuditException(doing, error);
                    acknowledged = true;
                }
                else if (answered is not null)
                {
                    done |= answered(header.Type, answer);
                }
            }
        }
    }

    /// <summary>Takes a part of the answer.</summary>
    /// <returns>Whether it was the last.</returns>
    private delegate bool Answer(ushort type, ReadOnlySpan<byte> body);
}
