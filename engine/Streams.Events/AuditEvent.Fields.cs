#pragma warning disable CA1822, IDE0060
using System.Buffers;
using Streams.Events.Tables;

namespace Streams.Events;

public sealed partial class AuditEvent
{
    /// <inheritdoc/>
    public override FieldValue this[Field field] => FieldValue.Missing;

    /// <inheritdoc/>
    public override void WriteDocument(IBufferWriter<byte> output, bool original = false) => CommonFields.Write(this, output, "audit", []);

    /// <summary>The type that names the event: SYSCALL, or the first record's.</summary>
    public RecordType Type => _count == 0 ? RecordType.None : Record(0).Type;

    /// <summary>The system call, an index of its name over all architectures (<see cref="Tables"/>); 0 when there is none or it is unknown.</summary>
    public ushort SyscallId => 0;

    /// <summary>What the call or the act came to.</summary>
    public AuditResult Result => AuditResult.None;

    /// <summary>Whether it succeeded; a connect that is in progress counts, since that is how most clients succeed.</summary>
    public bool Succeeded => Result == AuditResult.Success;

    /// <summary>A field as the records have it, decoded (<c>acct</c>, <c>op</c>, <c>a0</c>): the first record that has it; null when none has.</summary>
    public string? Data(string name) => null;

    /// <summary>The process that did it.</summary>
    public ProcessView Process => new(this);

    /// <summary>Who did it.</summary>
    public UserView User => new(this);

    /// <summary>The file it was done to: <c>file.*</c>.</summary>
    public FileView File => new(this);

    /// <summary>Where it came from: the peer of an accept, the address of a login.</summary>
    public Endpoint Source => default;

    /// <summary>Where it went: the address of a connect.</summary>
    public Endpoint Destination => default;

    /// <summary>The socket address in the records, whatever the call (bind has neither source nor destination).</summary>
    public Endpoint Socket => default;

    /// <summary>The session of the login it belongs to; null when unset.</summary>
    public string? Session => null;

    /// <summary>The keys of the audit rules that made the records.</summary>
    public IReadOnlyList<string> Tags => [];
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
    public int Pid => (int)source[Field.Of("process.pid")].Number;

    /// <summary>The parent's process id; 0 when the records have none.</summary>
    public int ParentPid => (int)source[Field.Of("process.parent.pid")].Number;

    /// <summary>The program's file.</summary>
    public string? Executable => Text("process.executable");

    /// <summary>The command name, at most 15 bytes, changeable by the process.</summary>
    public string? Name => Text("process.name");

    /// <summary>The command line as the process shows it; at most 128 bytes, changeable by the process.</summary>
    public string? Title => Text("process.title");

    /// <summary>The arguments of an execution.</summary>
    public IReadOnlyList<string> Args => source[Field.Of("process.args")] is var args ? Enumerable.Range(0, args.TextCount).Select(i => args.Text(i)).ToArray() : [];

    /// <summary>The working directory.</summary>
    public string? WorkingDirectory => Text("process.working_directory");

    private string? Text(string field) => source[Field.Of(field)] is { IsMissing: false } value ? value.ToString() : null;
}

/// <summary>Who did it, read from the records when asked.</summary>
public readonly struct UserView(AuditEvent source)
{
    /// <summary>The user's id (<c>user.id</c>).</summary>
    public string? Id => Text("user.id");

    /// <summary>The user's name, where the records carry it.</summary>
    public string? Name => Text("user.name");

    /// <summary>The id of who logged in, unchanged by su and sudo; null when unset.</summary>
    public string? AuditId => Text("user.audit.id");

    /// <summary>The effective user id.</summary>
    public string? EffectiveId => Text("user.effective.id") ?? Id;

    private string? Text(string field) => source[Field.Of(field)] is { IsMissing: false } value ? value.ToString() : null;
}

/// <summary>The file it was done to, read from the records when asked.</summary>
public readonly struct FileView(AuditEvent source)
{
    /// <summary>The path as the records have it.</summary>
    public string? Path => source[Field.Of("file.path")] is { IsMissing: false } value ? value.ToString() : null;
}
