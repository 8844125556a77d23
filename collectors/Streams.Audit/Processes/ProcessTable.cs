using System.Buffers.Text;
using Streams.Events;
using Streams.Events.Tables;

namespace Streams.Audit.Processes;

/// <summary>The limits of a <see cref="ProcessTable"/>.</summary>
public sealed record ProcessTableOptions
{
    /// <summary>
    /// How many processes it knows, about 1 KB each; one more pushes out the one of which nothing was heard for the longest time, whose
    /// next event finds out anew what can be found out.
    /// </summary>
    public int MaxProcesses { get; init; } = 65_536;

    /// <summary>The number of the collector's own process: its events, and those of what it starts, are not given out.</summary>
    public int OwnPid { get; init; } = Environment.ProcessId;
}

/// <summary>
/// The processes of this host, by the records of their calls, and by the system where a record does not say it. It adds to each event
/// what it knows of the process and of who started it, at the time of the event: its parent may have ended since. Safe for several
/// threads.
/// </summary>
/// <remarks>
/// A process becomes known by its execve, by the clone or fork that made it where that is audited, by any other call, as the parent of
/// one that does, or by <see cref="ReadSnapshot"/>. That its number belongs to another process by now is seen by the start time, which
/// is asked for at each execve and when the parent or the program is another than before. Those that have ended are forgotten when
/// nothing was heard of them for 10 s and there are more than 4,096.
/// </remarks>
public sealed partial class ProcessTable : IEventAdditions
{
    // How old a stamp may be for its process to be taken for the one that has the number now; and in which steps the order of use is kept.
    private const long Settled = 1000;

    private readonly Lock _gate = new();
    private readonly IProcessSource _system;
    private readonly IAccountNames? _names;
    private readonly ProcessTableOptions _options;
    private readonly Dictionary<int, KnownProcess> _processes = [];
    private readonly FileCalls _fileCalls = new();
    private readonly RecordText _text = new();
    private readonly Func<int, byte[]> _entity;
    private KnownProcess? _newest;
    private KnownProcess? _oldest;

    /// <summary>Makes an empty table.</summary>
    /// <param name="system">The processes that run now.</param>
    /// <param name="names">Names of users and groups; null for none.</param>
    /// <param name="options">The limits; null for the defaults.</param>
    public ProcessTable(IProcessSource system, IAccountNames? names = null, ProcessTableOptions? options = null)
    {
        _options = options ?? new ProcessTableOptions();
        ArgumentOutOfRangeException.ThrowIfLessThan(_options.MaxProcesses, 1, nameof(options));
        _system = system;
        _names = names;
        _entity = pid => _processes.TryGetValue(pid, out KnownProcess? leader) ? leader.Entity : [];
    }

    /// <summary>Processes that are known.</summary>
    public int Count
    {
        get
        {
            lock (_gate) return _processes.Count;
        }
    }

    /// <summary>Processes that were pushed out because there were too many.</summary>
    public long Evicted { get; private set; }

    /// <inheritdoc/>
    public IReadOnlyList<KeyValuePair<string, long>> Counters =>
    [
        new("processes.known", Count), new("processes.evicted", Evicted), new("names.unasked", _names?.Unasked ?? 0),
    ];

    /// <inheritdoc/>
    public bool AddTo(AuditEventBuilder records, long time)
    {
        int call = -1;
        int execution = -1;
        int directory = -1;
        int title = -1;
        bool hasFiles = false;
        bool hasOwners = false;
        bool targetsOwn = false;
        for (int i = 0; i < records.Count; i++)
        {
            switch (records[i].Type)
            {
                case RecordType.Syscall or RecordType.Uringop: call = i; break;
                case RecordType.Execve when execution < 0: execution = i; break;
                case RecordType.Cwd: directory = i; break;
                case RecordType.Proctitle: title = i; break;
                case RecordType.Path: hasFiles = true; break;
                case RecordType.ObjPid:
                    hasOwners = true;
                    targetsOwn |= IsOfOwn(records[i].Text);
                    break;
            }
        }

        lock (_gate)
        {
            if (call < 0) return AddToOther(records, time);
            ReadOnlySpan<byte> text = records[call].Text;
            if (!Caller.TryReadNumbers(text, out Caller caller)) return true;
            bool executed = execution >= 0 && text.IndexOf(" success=yes"u8) >= 0;
            if (executed || !_processes.TryGetValue(caller.Pid, out KnownProcess? process)
                || HasEnded(process, time) || !caller.IsAsKnown(process))
            {
                caller = caller.Whole();
                process = executed ? Executed(caller, records[execution].Text, time) : Acted(caller, time);
            }

            if (directory >= 0) IsIn(process, records[directory].Text);
            if (title >= 0 && !executed && !process.IsTitleCompared) CompareTitle(process, records[title].Text);
            Touch(process, time);
            byte[] record = Record(process, caller.Ids, time, isElsewhere: directory < 0);
            bool isNamed = records[call].Type == RecordType.Syscall;
            if (hasFiles && execution < 0) _fileCalls.Add(process, records, call, time);
            bool hasMore = targetsOwn || (_names is not null && (hasFiles || hasOwners));
            if (isNamed && !hasMore) records.Add(RecordType.StreamsProcess, record);
            else AddWithMore(records, process, record, isNamed, targetsOwn);
            if (!executed) FollowCall(process, records[call].Text, time);
            return !process.IsOwn;
        }
    }

    /// <summary>Whether a process is this one, or one that this one has started, directly or not.</summary>
    public bool IsOwn(int pid)
    {
        lock (_gate) return pid == _options.OwnPid || (_processes.TryGetValue(pid, out KnownProcess? process) && process.IsOwn);
    }

    // What programs write (USER_LOGIN, CRED_ACQ …), and what precedes a call or stands alone (LOGIN, AVC, SECCOMP …), has the number, and
    // perhaps ids: audit_log_user_recv_msg and others of kernel/audit.c. Where the process is known nothing new is learnt of it.
    private bool AddToOther(AuditEventBuilder records, long time)
    {
        if (records.Count == 0) return true;
        ReadOnlySpan<byte> text = records[0].Text;
        int pid = text.StartsWith("pid="u8) && Utf8Parser.TryParse(text[4..], out int first, out _)
            ? first
            : Caller.Number(text, " pid="u8);
        if (pid <= 0) return true;
        if (Known(pid, time) is { } process)
        {
            AddWithMore(records, process, Record(process, default, time, isElsewhere: true), isNamed: false);
            return !process.IsOwn;
        }

        // It has ended, and its users have their names all the same.
        AddWithMore(records, process: null, [], isNamed: false);
        return true;
    }

    // opid=NUMBER …, the process that a call was about, also where the call named a thread, a group or a descriptor
    // (audit_log_pid_context and audit_signal_info_syscall of kernel/auditsc.c).
    private bool IsOfOwn(ReadOnlySpan<byte> text) =>
        text.StartsWith("opid="u8) && Utf8Parser.TryParse(text[5..], out int pid, out _) && pid == _options.OwnPid;

    // Besides what every event of the process gets: its program, where the records do not name it, the names of owners of files, and
    // whether it was done to this process.
    private void AddWithMore(AuditEventBuilder records, KnownProcess? process, byte[] record, bool isNamed, bool targetsOwn = false)
    {
        Span<uint> users = stackalloc uint[8];
        Span<uint> groups = stackalloc uint[8];
        int userCount = 0;
        int groupCount = 0;
        for (int i = 0; i < records.Count && _names is not null; i++)
        {
            if (records[i].Type is not (RecordType.Path or RecordType.ObjPid)) continue;
            ProcessRecord.Collect(records[i].Text, " ouid="u8, users, ref userCount);
            ProcessRecord.Collect(records[i].Text, " ogid="u8, groups, ref groupCount);
            ProcessRecord.Collect(records[i].Text, " oauid="u8, users, ref userCount);
        }

        if (!isNamed && _names is not null) ProcessRecord.CollectOwn(records[0].Text, users, ref userCount);

        if (isNamed && !targetsOwn && userCount == 0 && groupCount == 0)
        {
            records.Add(RecordType.StreamsProcess, record);
            return;
        }

        _text.Clear();
        _text.Raw(record);
        if (!isNamed && process is not null)
        {
            _text.Field("exe"u8, process.Executable);
            _text.Field("comm"u8, process.Name);
        }

        if (targetsOwn) _text.Field("targets_streams"u8, 1);
        if (_names is { } names) ProcessRecord.WriteOwners(_text, users[..userCount], groups[..groupCount], names);
        if (_text.Length > 0) records.Add(RecordType.StreamsProcess, _text.Written);
    }

    /// <summary>What is added to the events of a process: made when something in it has changed, else the same bytes again.</summary>
    private byte[] Record(KnownProcess process, ReadOnlySpan<byte> ids, long time, bool isElsewhere)
    {
        int parent = process.Parent?.Version ?? 0;
        int names = _names?.Version ?? 0;
        if (process.Record is { } made && process.ParentVersion == parent && process.NamesVersion == names && time < process.NamesUntil
            && !(process.IsElsewhere && isElsewhere) && (ids.IsEmpty || ids.SequenceEqual(process.Ids)))
        {
            return made;
        }

        if (!ids.IsEmpty && !ids.SequenceEqual(process.Ids)) process.Ids = ids.ToArray();
        process.ParentVersion = parent;
        process.NamesVersion = names;
        process.NamesUntil = time + AccountNamesKept;
        process.IsElsewhere = false;
        ProcessRecord.Write(_text, process, process.Ids, _names, _system.BootTime, _entity);
        return process.Record = _text.Written.ToArray();
    }

    // A CWD record wins over what is added: only the next event without one needs it.
    private static void IsIn(KnownProcess process, ReadOnlySpan<byte> text)
    {
        if (!text.StartsWith("cwd="u8)) return;
        ReadOnlySpan<byte> directory = Caller.Field(ref text, "cwd="u8);
        if (directory.SequenceEqual(process.WorkingDirectory)) return;
        if (directory.Length == process.WorkingDirectory.Length) directory.CopyTo(process.WorkingDirectory);
        else process.WorkingDirectory = directory.ToArray();
        process.IsElsewhere = true;
    }

    private void Touch(KnownProcess process, long time)
    {
        if (time - process.LastSeen < Settled) return;
        process.LastSeen = time;
        if (_newest == process) return;
        Unlink(process);
        Link(process);
    }

    private void Add(KnownProcess process)
    {
        Forget(process.LastSeen);
        if (_processes.Count >= _options.MaxProcesses)
        {
            Remove(_oldest!);
            Evicted++;
        }

        _processes[process.Pid] = process;
        Link(process);
    }

    private void Remove(KnownProcess process)
    {
        _processes.Remove(process.Pid);
        Unlink(process);
        process.Parent = null;
    }

    private void Link(KnownProcess process)
    {
        process.Older = _newest;
        process.Newer = null;
        if (_newest is null) _oldest = process;
        else _newest.Newer = process;
        _newest = process;
    }

    private void Unlink(KnownProcess process)
    {
        if (process.Older is null) _oldest = process.Newer;
        else process.Older.Newer = process.Newer;
        if (process.Newer is null) _newest = process.Older;
        else process.Newer.Older = process.Older;
        process.Older = process.Newer = null;
    }

    // Two for each that comes: enough to stay ahead.
    private void Forget(long time)
    {
        for (int i = 0; i < 2 && _processes.Count > KeptEnded && _oldest is { } oldest && time - oldest.LastSeen > Silent; i++)
        {
            if (_system.Exists(oldest.Pid)) Touch(oldest, time);
            else Remove(oldest);
        }
    }

    // Auditbeat keeps a name that long.
    private const long AccountNamesKept = 60_000;
    private const int KeptEnded = 4096;
    private const long Silent = 10_000;
}
