using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Streams.Events;

namespace Streams.Host.Live;

/// <summary>When a run was alive last.</summary>
/// <param name="Time">The time, by its clock.</param>
/// <param name="Boot">The boot of the machine.</param>
/// <param name="Pid">Its process.</param>
/// <param name="Started">When that process started, in the kernel's ticks since the boot: numbers of processes come again.</param>
/// <param name="IsClean">Whether it ended in an orderly way.</param>
internal sealed record AliveStamp(DateTimeOffset Time, string Boot, int Pid, long Started, bool IsClean);

/// <summary>
/// The file in the state folder that says when a run was alive last, so that the next one can report how long nothing was watched.
/// </summary>
internal sealed class AliveFile
{
    private readonly StateFile _file;
    private readonly string _boot;
    private readonly string _processes;
    private readonly long _started;

    /// <summary>Names the file; nothing is read or written.</summary>
    /// <param name="folder">The state folder.</param>
    /// <param name="processes">The folder of the processes.</param>
    public AliveFile(string folder, string processes = "/proc")
    {
        (_file, _processes) = (new StateFile(folder, "alive.json"), processes);
        _boot = BootId.Read(processes);
        _started = StartOf(Environment.ProcessId) ?? 0;
    }

    /// <summary>The boot of the machine.</summary>
    public string Boot => _boot;

    /// <summary>Why it was not written last; null when it was.</summary>
    public string? Failure { get; private set; }

    /// <summary>What the last run has left; null for nothing, and for what cannot be read.</summary>
    /// <param name="fault">Why it cannot be read; null when it can, or is not there.</param>
    public AliveStamp? Read(out string? fault)
    {
        if (_file.Read(out fault) is not { } text) return null;
        try
        {
            using JsonDocument document = JsonDocument.Parse(text);
            JsonElement root = document.RootElement;
            return new AliveStamp(
                root.GetProperty("time").GetDateTimeOffset(), root.GetProperty("boot").GetString() ?? "",
                root.GetProperty("pid").GetInt32(), root.GetProperty("started").GetInt64(), root.GetProperty("clean").GetBoolean());
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            fault = $"{_file.Path}: it is damaged";
            return null;
        }
    }

    /// <summary>Whether the run that has left a stamp is alive still.</summary>
    public bool IsAlive(AliveStamp stamp) => !stamp.IsClean && stamp.Boot == _boot && StartOf(stamp.Pid) == stamp.Started;

    /// <summary>Replaces it.</summary>
    public void Write(DateTimeOffset time, bool isClean)
    {
        var content = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(content))
        {
            json.WriteStartObject();
            json.WriteString("time", time);
            json.WriteString("boot", _boot);
            json.WriteNumber("pid", Environment.ProcessId);
            json.WriteNumber("started", _started);
            json.WriteBoolean("clean", isClean);
            json.WriteEndObject();
        }

        try
        {
            _file.Write(content.WrittenSpan);
            Failure = null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            Failure = $"{_file.Path}: {FailureText.Of(error)}";
        }
    }

    // The 22nd field of proc_pid_stat(5); the name before it may hold anything. Of a process that has ended and was not waited for yet
    // (state Z or X, the third field) everything is over but its number.
    private long? StartOf(int pid)
    {
        string? text = ReadText(Path.Combine(_processes, pid.ToString(CultureInfo.InvariantCulture), "stat"));
        string[] rest = text is null ? [] : text[(text.LastIndexOf(')') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (rest.Length <= 19 || rest[0] is "Z" or "X") return null;
        return long.TryParse(rest[19], CultureInfo.InvariantCulture, out long start) ? start : null;
    }

    private static string? ReadText(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
