namespace Streams.Events.Decoding;

/// <summary>The fields behind the typed members.</summary>
internal static class Fields
{
    public static readonly Field ProcessPid = Field.Of("process.pid");
    public static readonly Field ProcessParentPid = Field.Of("process.parent.pid");
    public static readonly Field ProcessExecutable = Field.Of("process.executable");
    public static readonly Field ProcessName = Field.Of("process.name");
    public static readonly Field ProcessTitle = Field.Of("process.title");
    public static readonly Field ProcessArgs = Field.Of("process.args");
    public static readonly Field ProcessWorkingDirectory = Field.Of("process.working_directory");
    public static readonly Field UserId = Field.Of("user.id");
    public static readonly Field UserName = Field.Of("user.name");
    public static readonly Field AuditId = Field.Of("user.audit.id");
    public static readonly Field EffectiveId = Field.Of("user.effective.id");
    public static readonly Field FilePath = Field.Of("file.path");
    public static readonly Field SourceIp = Field.Of("source.ip");
    public static readonly Field SourcePort = Field.Of("source.port");
    public static readonly Field SourcePath = Field.Of("source.path");
    public static readonly Field DestinationIp = Field.Of("destination.ip");
    public static readonly Field DestinationPort = Field.Of("destination.port");
    public static readonly Field DestinationPath = Field.Of("destination.path");
    public static readonly Field SocketAddress = Field.Of("auditd.data.socket.addr");
    public static readonly Field SocketPort = Field.Of("auditd.data.socket.port");
    public static readonly Field SocketPath = Field.Of("auditd.data.socket.path");
    public static readonly Field Session = Field.Of("auditd.session");
    public static readonly Field Tags = Field.Of("tags");

    public static string[] Texts(FieldValue value)
    {
        if (value.TextCount == 0) return [];
        string[] texts = new string[value.TextCount];
        for (int i = 0; i < texts.Length; i++) texts[i] = value.Text(i);
        return texts;
    }
}
