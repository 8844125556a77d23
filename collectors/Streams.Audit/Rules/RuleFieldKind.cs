namespace Streams.Audit.Rules;

/// <summary>What the value of a field is, and so how it is written.</summary>
internal enum RuleFieldKind
{
    Number,
    Argument,
    Inode,
    UserId,
    LoginId,
    GroupId,
    Session,
    Architecture,
    RecordType,
    ExitCode,
    Success,
    Permissions,
    FileType,
    FilesystemType,
    SocketFamily,
    Comparison,

    // From here on the value is text.
    Label,
    WatchedPath,
    WatchedFolder,
    Executable,
    Key,
}
