using System.Globalization;

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
    public static readonly Field ProcessEntityId = Field.Of("process.entity_id");
    public static readonly Field ProcessStart = Field.Of("process.start");
    public static readonly Field ProcessAncestors = Field.Of("streams.process.ancestors");
    public static readonly Field TargetsStreams = Field.Of("streams.process.targets_streams");
    public static readonly Field ParentEntityId = Field.Of("process.parent.entity_id");
    public static readonly Field ParentExecutable = Field.Of("process.parent.executable");
    public static readonly Field ParentName = Field.Of("process.parent.name");
    public static readonly Field ParentArgs = Field.Of("process.parent.args");
    public static readonly Field ParentStart = Field.Of("process.parent.start");
    public static readonly Field ContainerId = Field.Of("container.id");
    public static readonly Field UserId = Field.Of("user.id");
    public static readonly Field UserName = Field.Of("user.name");
    public static readonly Field AuditId = Field.Of("user.audit.id");
    public static readonly Field AuditName = Field.Of("user.audit.name");
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

    public static DateTimeOffset? Time(FieldValue value) =>
        DateTimeOffset.TryParse(value.ToString(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time)
            ? time
            : null;

    public static string[] Texts(FieldValue value)
    {
        if (value.TextCount == 0) return [];
        string[] texts = new string[value.TextCount];
        for (int i = 0; i < texts.Length; i++) texts[i] = value.Text(i);
        return texts;
    }
}
