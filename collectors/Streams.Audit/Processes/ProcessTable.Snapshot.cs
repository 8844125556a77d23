using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Streams.Events;

namespace Streams.Audit.Processes;

/// <summary>What was there before the first record.</summary>
public sealed partial class ProcessTable
{
    /// <summary>
    /// Reads the processes that run now into the table, but for threads of the kernel and the collector's own, and tells each as an event:
    /// <c>event.action: process-snapshot</c> with <c>process.*</c>, <c>user.*</c> and <c>container.id</c>.
    /// </summary>
    /// <param name="host">The host that the events name.</param>
    /// <param name="collector">The collector that they say they come from.</param>
    /// <param name="now">The wall clock.</param>
    public IReadOnlyList<ProcessSnapshot> ReadSnapshot(string host, string collector, DateTimeOffset now)
    {
        long time = now.ToUnixTimeMilliseconds();
        var events = new List<ProcessSnapshot>();
        var output = new ArrayBufferWriter<byte>();
        lock (_gate)
        {
            foreach (int pid in _system.List())
            {
                if (!Status(pid, time, out ProcessStatus status) || _system.ReadDetails(pid) is not { } details) continue;
                if (_processes.TryGetValue(pid, out KnownProcess? process) && process.Start != status.Start)
                {
                    Remove(process);
                    process = null;
                }

                process ??= FromSystem(pid, status, details, time, depth: 0);
                if (process.IsOwn) continue;
                output.Clear();
                Write(output, process, details, host, now);
                events.Add(new ProcessSnapshot(host, collector, now, (ulong)events.Count + 1, output.WrittenSpan.ToArray()));
            }
        }

        return events;
    }

    private void Write(ArrayBufferWriter<byte> output, KnownProcess process, ProcessDetails details, string host, DateTimeOffset now)
    {
        using var json = new Utf8JsonWriter(output, ReadableJson.WriterOptions);
        json.WriteStartObject();
        json.WriteString("@timestamp", Iso(now.ToUnixTimeMilliseconds()));
        json.WriteStartObject("host");
        json.WriteString("name", host);
        json.WriteEndObject();
        json.WriteStartObject("event");
        json.WriteString("kind", "state");
        json.WriteString("module", "streams");
        json.WriteString("action", "process-snapshot");
        Array(json, "category", ["process"]);
        Array(json, "type", ["info"]);
        json.WriteEndObject();
        json.WriteStartObject("process");
        WriteProcess(json, process);
        Array(json, "args", Arguments(details.Arguments));
        json.WriteNumber("args_count", process.ArgumentCount);
        Text(json, "working_directory", details.WorkingDirectory);
        if (process.Parent is { } parent)
        {
            json.WriteStartObject("parent");
            WriteProcess(json, parent);
            json.WriteEndObject();
        }

        json.WriteEndObject();
        WriteUsers(json, details);
        if (process.Container.Length > 0)
        {
            json.WriteStartObject("container");
            Text(json, "id", process.Container);
            json.WriteEndObject();
        }

        if (details.AuditSession != ProcessRecord.Unset)
        {
            json.WriteStartObject("auditd");
            json.WriteString("session", Decimal(details.AuditSession));
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private void WriteProcess(Utf8JsonWriter json, KnownProcess process)
    {
        json.WriteNumber("pid", process.Pid);
        Text(json, "entity_id", process.Entity);
        Text(json, "name", RecordText.Decode(process.Name));
        Text(json, "executable", RecordText.Decode(process.Executable));
        if (process.Start >= 0) json.WriteString("start", Iso(_system.BootTime + process.Start * 10));
    }

    private void WriteUsers(Utf8JsonWriter json, ProcessDetails details)
    {
        json.WriteStartObject("user");
        WriteUser(json, details.Users[0], details.Groups[0]);
        if (details.AuditUser != ProcessRecord.Unset)
        {
            json.WriteStartObject("audit");
            WriteUser(json, details.AuditUser, null);
            json.WriteEndObject();
        }

        if (details.Users[1] != details.Users[0])
        {
            json.WriteStartObject("effective");
            WriteUser(json, details.Users[1], details.Groups[1]);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private void WriteUser(Utf8JsonWriter json, uint user, uint? group)
    {
        json.WriteString("id", Decimal(user));
        if (_names is { } names) Text(json, "name", user == 0 ? "root"u8 : RecordText.Decode(names.User(user)));
        if (group is not { } id) return;
        json.WriteStartObject("group");
        json.WriteString("id", Decimal(id));
        if (_names is { } groups) Text(json, "name", id == 0 ? "root"u8 : RecordText.Decode(groups.Group(id)));
        json.WriteEndObject();
    }

    private static string[] Arguments(ReadOnlySpan<byte> arguments)
    {
        if (arguments.IsEmpty) return [];
        return Encoding.UTF8.GetString(arguments[^1] == 0 ? arguments[..^1] : arguments).Split('\0');
    }

    // What is no valid UTF-8 is shown as U+FFFD, as in other documents.
    private static void Text(Utf8JsonWriter json, string name, ReadOnlySpan<byte> text)
    {
        if (!text.IsEmpty) json.WriteString(name, Encoding.UTF8.GetString(text));
    }

    private static void Array(Utf8JsonWriter json, string name, string[] texts)
    {
        if (texts.Length == 0) return;
        json.WriteStartArray(name);
        foreach (string text in texts) json.WriteStringValue(text);
        json.WriteEndArray();
    }

    private static string Decimal(uint number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Iso(long milliseconds) =>
        DateTimeOffset.FromUnixTimeMilliseconds(milliseconds).ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);
}
