using System.Buffers;
using System.Globalization;
using Streams.Events.Decoding;
using Streams.Events.Tables;

namespace Streams.Events;

public sealed partial class AuditEvent
{
    // Found out once and kept in one word, so that whoever reads it sees all of it or nothing: the system call (16 bits), the result (2),
    // whether it is a connect in progress, whether it came through socketcall, whether this is known.
    private const uint Known = 1u << 31;
    private const uint InProgress = 1u << 30;
    private const uint ThroughSocketcall = 1u << 29;
    private uint _facts;

    // The places of the record that names the event and of the one that says who did it, plus one; 0 before they are known.
    private uint _places;

    /// <inheritdoc/>
    public override FieldValue this[Field field]
    {
        get
        {
            try
            {
                if (_document is null) return Decoder.Of(this).Value(field);
                return field.Id == FieldId.Fault ? FaultField() : _document.Value(field);
            }
            catch (Exception error) when (EventFaults.IsContained(error))
            {
                Fail(error);
                return FieldValue.Missing;
            }
        }
    }

    /// <inheritdoc/>
    /// <remarks>
    /// An event at which this fails is written in short, with its records as <c>event.original</c> and <c>streams.fault</c>.
    /// </remarks>
    public override void WriteDocument(IBufferWriter<byte> output, bool original = false)
    {
        if (_document is not null)
        {
            ReadableJson.Copy(_document.Json.Span, output);
            return;
        }

        ReadOnlySpan<byte> document;
        try
        {
            document = Decoder.Of(this).Document(original);
        }
        catch (Exception error) when (EventFaults.IsContained(error))
        {
            Decoder.Abandon();
            string fault = FaultField().ToString();
            Fail(EventFault.Document, error);
            document = FaultDocument.Of(this, fault);
        }

        output.Write(document);
    }

    /// <summary>The type that names the event: SYSCALL, or that of the record before it (AVC, LOGIN …), or of the only one.</summary>
    public RecordType Type
    {
        get
        {
            if (_document is not null) return _document.Type;
            int index = TypeIndex;
            return index < 0 ? RecordType.None : Entry(index).Type;
        }
    }

    /// <summary>
    /// The system call, an index of its name over all architectures (<see cref="Tables.SyscallId"/>); 0 when there is none or it is
    /// unknown. What a 32-bit program does through <c>socketcall</c> counts as the call that it stands for.
    /// </summary>
    public ushort SyscallId => (ushort)Facts;

    /// <summary>What the call or the act came to.</summary>
    public AuditResult Result => (AuditResult)(Facts >> 16 & 3);

    /// <summary>Whether it succeeded; a connect that is in progress counts, since that is how most clients succeed.</summary>
    public bool Succeeded => Result == AuditResult.Success || (Facts & InProgress) != 0;

    /// <summary>
    /// A field as the records have it, decoded (<c>acct</c>, <c>op</c>, <c>a0</c>): the actor's, else that of the first record that has
    /// it; null when none has. Of an event that came as a document, <c>auditd.data.NAME</c>, or where Auditbeat has moved it.
    /// </summary>
    public string? Data(string name)
    {
        try
        {
            return _document is null ? Decoder.Of(this).Data(name) : _document.Data(name);
        }
        catch (Exception error) when (EventFaults.IsContained(error))
        {
            Fail(error);
            return null;
        }
    }

    /// <summary>The process that did it.</summary>
    public ProcessView Process => new(this);

    /// <summary>Who did it.</summary>
    public UserView User => new(this);

    /// <summary>The container that the process belongs to.</summary>
    public ContainerView Container => new(this);

    /// <summary>The file it was done to: <c>file.*</c>.</summary>
    public FileView File => new(this);

    /// <summary>Where it came from: the peer of an accept, the address of a login.</summary>
    public Endpoint Source => Endpoint(Fields.SourceIp, Fields.SourcePath, Fields.SourcePort);

    /// <summary>Where it went: the address of a connect.</summary>
    public Endpoint Destination => Endpoint(Fields.DestinationIp, Fields.DestinationPath, Fields.DestinationPort);

    /// <summary>The socket address in the records, whatever the call (bind has neither source nor destination).</summary>
    public Endpoint Socket => Endpoint(Fields.SocketAddress, Fields.SocketPath, Fields.SocketPort);

    /// <summary>The session of the login it belongs to; null when unset.</summary>
    public string? Session => this[Fields.Session] is { IsMissing: false } session ? session.ToString() : null;

    /// <summary>The keys of the audit rules that made the records.</summary>
    public IReadOnlyList<string> Tags => Fields.Texts(this[Fields.Tags]);

    /// <summary>
    /// Whether a signal was sent to the process of Streams on that host, or it was traced, however the call names it: known by the
    /// collector that recorded it.
    /// </summary>
    public bool TargetsStreams => !this[Fields.TargetsStreams].IsMissing;

    /// <summary>Whether the call came through <c>socketcall</c>.</summary>
    internal bool IsSocketcall => (Facts & ThroughSocketcall) != 0;

    /// <summary>The records as <see cref="AuditEventBuilder"/> laid them out.</summary>
    internal byte[] Buffer => _records;

    /// <summary>The place of the record that says who did it; -1 when there is no record.</summary>
    internal int ActorIndex => (int)(Places >> 16) - 1;

    /// <summary>The SYSCALL record that says who did it; empty when there is none.</summary>
    internal ReadOnlySpan<byte> CallText
    {
        get
        {
            int actor = ActorIndex;
            return actor >= 0 && RecordTypeAt(actor) == RecordType.Syscall ? Record(actor).Text : default;
        }
    }

    private int TypeIndex => (int)(Places & 0xFFFF) - 1;

    private uint Places => _places != 0 || _count == 0 ? _places : _places = FindPlaces();

    private uint Facts => _facts != 0 ? _facts : _facts = FindFacts() | Known;

    internal static bool IsSuccess(ReadOnlySpan<byte> result) =>
        result.Length > 0 && (result[0] is (byte)'y' or (byte)'Y' or (byte)'1'
            || (result.Length >= 3 && System.Text.Ascii.EqualsIgnoreCase(result[..3], "suc"u8)));

    private Endpoint Endpoint(Field address, Field path, Field port)
    {
        FieldValue found = this[address];
        if (found.IsMissing) found = this[path];
        if (found.IsMissing) return default;
        FieldValue number = this[port];
        return new Endpoint(
            found.ToString(),
            number.Kind == FieldValueKind.Number ? (int)number.Number
                : int.TryParse(number.ToString(), CultureInfo.InvariantCulture, out int parsed) ? parsed : 0);
    }

    private uint FindPlaces()
    {
        int named = -1;
        int actor = -1;
        int auxiliary = -1;
        for (int i = 0; i < Math.Min((int)_count, short.MaxValue); i++)
        {
            RecordType type = Entry(i).Type;
            switch (type)
            {
                case RecordType.Syscall:
                    actor = i;
                    if (named < 0) named = i;
                    return (uint)(actor + 1) << 16 | (uint)(named + 1);
                case RecordType.Eoe or RecordType.StreamsProcess:
                    break;
                case RecordType.Path or RecordType.Cwd or RecordType.Execve or RecordType.Sockaddr or RecordType.Proctitle:
                    if (auxiliary < 0) auxiliary = i;
                    break;
                default:
                    if (named < 0) named = i;
                    if (type == RecordType.Uringop && actor < 0) actor = i;
                    break;
            }
        }

        if (named < 0) named = auxiliary < 0 ? 0 : auxiliary;
        if (actor < 0) actor = named;
        return (uint)(actor + 1) << 16 | (uint)(named + 1);
    }

    private uint FindFacts()
    {
        try
        {
            return ReadFacts();
        }
        catch (Exception error) when (EventFaults.IsContained(error))
        {
            Fail(error);
            return 0;
        }
    }

    private uint ReadFacts()
    {
        if (_document is not null) return Pack(_document.SyscallId, _document.Result, _document.IsInProgress, false);
        int actor = ActorIndex;
        if (actor < 0) return 0;
        AuditRecord record = Record(actor);
        CallFacts call = CallFacts.Read(record.Text);
        if (!call.IsRead) call = Decoder.Of(this).ReadCall();
        ushort id = call.HasNumber ? Syscalls.Id(call.Arch, call.Number) : Tables.SyscallId.None;
        bool socketcall = id == Tables.SyscallId.Socketcall && Syscalls.SocketcallId(call.Argument) != Tables.SyscallId.None;
        if (socketcall) id = Syscalls.SocketcallId(call.Argument);
        bool inProgress = id == Tables.SyscallId.Connect && call.Exit < 0 && Errno.Name((int)-call.Exit) == "EINPROGRESS";
        return Pack(id, call.Result, inProgress, socketcall);
    }

    private static uint Pack(ushort call, AuditResult result, bool inProgress, bool socketcall) =>
        call | (uint)result << 16 | (inProgress ? InProgress : 0) | (socketcall ? ThroughSocketcall : 0);
}

/// <summary>What a call or an act came to.</summary>
public enum AuditResult : byte
{
    /// <summary>The records do not say.</summary>
    None,

    /// <summary>It succeeded.</summary>
    Success,

    /// <summary>It failed.</summary>
    Fail,
}

/// <summary>The process of an audit event, read from its records when asked.</summary>
public readonly struct ProcessView(AuditEvent source)
{
    /// <summary>The process id; 0 when the records have none.</summary>
    public int Pid => CallNumbers.TryFind(source.CallText, " pid="u8, out int pid) ? pid : (int)source[Fields.ProcessPid].Number;

    /// <summary>The parent's process id; 0 when the records have none.</summary>
    public int ParentPid =>
        CallNumbers.TryFind(source.CallText, " ppid="u8, out int pid) ? pid : (int)source[Fields.ProcessParentPid].Number;

    /// <summary>The program's file.</summary>
    public string? Executable => Text(Fields.ProcessExecutable);

    /// <summary>The command name, at most 15 bytes, changeable by the process.</summary>
    public string? Name => Text(Fields.ProcessName);

    /// <summary>The command line as the process shows it; at most 128 bytes, changeable by the process.</summary>
    public string? Title => Text(Fields.ProcessTitle);

    /// <summary>
    /// The arguments of an execution. Of another call those that its program was started with, where a live collector saw that the title
    /// says something else.
    /// </summary>
    public IReadOnlyList<string> Args => Fields.Texts(source[Fields.ProcessArgs]);

    /// <summary>
    /// The arguments of an execution in one text, at most 4,096 characters of it; for what is none, the title. The title of an execution is
    /// often that of the program before it: the kernel keeps a task's from its first record on (audit_log_proctitle of kernel/auditsc.c).
    /// </summary>
    public string? CommandLine
    {
        get
        {
            const int Longest = 4096;
            IReadOnlyList<string> args = Args;
            if (args.Count == 0) return Title;
            string line = string.Join(' ', args.Take(Longest));
            return line.Length > Longest ? line[..Longest] : line;
        }
    }

    /// <summary>The working directory.</summary>
    public string? WorkingDirectory => Text(Fields.ProcessWorkingDirectory);

    /// <summary>
    /// What tells it from every other process, also from one of the same number later; null where the collector did not know it.
    /// </summary>
    public string? EntityId => Text(Fields.ProcessEntityId);

    /// <summary>When it was started; null where the collector did not know it.</summary>
    public DateTimeOffset? Start => Fields.Time(source[Fields.ProcessStart]);

    /// <summary>The process that started it, or that took it over, at the time of the event.</summary>
    public ParentView Parent => new(source);

    /// <summary>
    /// The programs of who started it, of who started that and so on, as they were then and as far as the collector knew them, at most 16.
    /// Those of an orphan, too, whose parent is another by now.
    /// </summary>
    public IReadOnlyList<string> Ancestors => Fields.Texts(source[Fields.ProcessAncestors]);

    private string? Text(Field field) => source[field] is { IsMissing: false } value ? value.ToString() : null;
}

/// <summary>The parent of the process of an audit event: its number is in the records, the rest is what the collector knew.</summary>
public readonly struct ParentView(AuditEvent source)
{
    /// <summary>The process id; 0 when the records have none.</summary>
    public int Pid => (int)source[Fields.ProcessParentPid].Number;

    /// <summary>What tells it from every other process.</summary>
    public string? EntityId => Text(Fields.ParentEntityId);

    /// <summary>The program's file.</summary>
    public string? Executable => Text(Fields.ParentExecutable);

    /// <summary>The command name, at most 15 bytes, changeable by the process.</summary>
    public string? Name => Text(Fields.ParentName);

    /// <summary>The arguments it was run with; those that find no room in 512 bytes are left out.</summary>
    public IReadOnlyList<string> Args => Fields.Texts(source[Fields.ParentArgs]);

    /// <summary>When it was started.</summary>
    public DateTimeOffset? Start => Fields.Time(source[Fields.ParentStart]);

    private string? Text(Field field) => source[field] is { IsMissing: false } value ? value.ToString() : null;
}

/// <summary>The container of the process of an audit event, as the collector knew it.</summary>
public readonly struct ContainerView(AuditEvent source)
{
    /// <summary>Its id, 64 hexadecimal digits; null outside of containers or where it is not known.</summary>
    public string? Id => source[Fields.ContainerId] is { IsMissing: false } value ? value.ToString() : null;
}

/// <summary>Who did it, read from the records when asked.</summary>
public readonly struct UserView(AuditEvent source)
{
    /// <summary>The user's id (<c>user.id</c>).</summary>
    public string? Id => Text(Fields.UserId);

    /// <summary>The user's name, where the records carry it or the collector knew it.</summary>
    public string? Name => Text(Fields.UserName);

    /// <summary>The id of who logged in, unchanged by su and sudo; null when unset.</summary>
    public string? AuditId => Text(Fields.AuditId);

    /// <summary>The name of who logged in, where the records carry it or the collector knew it.</summary>
    public string? AuditName => Text(Fields.AuditName);

    /// <summary>The effective user id.</summary>
    public string? EffectiveId => Text(Fields.EffectiveId) ?? Id;

    private string? Text(Field field) => source[field] is { IsMissing: false } value ? value.ToString() : null;
}

/// <summary>The file it was done to, read from the records when asked.</summary>
public readonly struct FileView(AuditEvent source)
{
    /// <summary>The path as the records have it.</summary>
    public string? Path => source[Fields.FilePath] is { IsMissing: false } value ? value.ToString() : null;
}
