using System.Buffers;
using System.Text.Json;
using Streams.Events;

namespace Streams.Audit.Netlink;

/// <summary>
/// The settings of audit as they were before Streams changed them. They are kept in the state folder, so that they can be put back after a
/// run that was killed; what is kept counts in the boot in which it was found, as the kernel begins anew with each. With each value stand
/// those that Streams may have set: where the value is another one by then, an administrator has changed it, and it stays. One thread at a
/// time.
/// </summary>
public sealed class FoundSettings
{
    private const string FileName = "audit.json";

    private static readonly AuditSetting[] Known =
    [
        AuditSetting.Enabled, AuditSetting.Failure, AuditSetting.RateLimit, AuditSetting.BacklogLimit, AuditSetting.BacklogWaitTime,
    ];

    private readonly StateFile? _file;
    private readonly string _boot;
    private readonly SortedDictionary<AuditSetting, Value> _values = [];

    // The daemon beside which the settings were found; 0 for none.
    private long _owner;

    /// <summary>Reads what was kept in this boot; what cannot be read counts as nothing, and is a <see cref="Fault"/>.</summary>
    /// <param name="folder">The state folder; null: it is kept in this process alone.</param>
    /// <param name="boot">The id of the boot, <c>/proc/sys/kernel/random/boot_id</c>; empty where it is not known.</param>
    public FoundSettings(string? folder, string boot)
    {
        _file = folder is null || boot.Length == 0 ? null : new StateFile(folder, FileName);
        _boot = boot;
        if (folder is not null && boot.Length == 0) Fault = "the id of this boot cannot be read in /proc/sys/kernel/random/boot_id";
        if (_file is null) return;
        byte[]? content = _file.Read(out string? fault);
        bool isDamaged = content is not null && !Read(content);
        Fault = isDamaged ? $"{_file.Path}: it is damaged" : fault;
    }

    /// <summary>The file; null where nothing is kept.</summary>
    public string? Path => _file?.Path;

    /// <summary>Why what an earlier run may have kept is not known; null when it is, or there is nothing.</summary>
    public string? Fault { get; }

    /// <summary>How many settings are known.</summary>
    public int Count => _values.Count;

    /// <summary>
    /// Keeps what settings are now, where what they were is not known: it is called before they are changed. Beside a daemon that has come
    /// since, what was kept is forgotten: what is set now is that daemon's.
    /// </summary>
    /// <param name="status">The state of audit.</param>
    /// <param name="settings">What they are about to be set to.</param>
    /// <returns>Why the file was not written; null when it was, or had not to be.</returns>
    public string? Add(AuditStatus status, IReadOnlyDictionary<AuditSetting, uint> settings)
    {
        ArgumentNullException.ThrowIfNull(status);
        ArgumentNullException.ThrowIfNull(settings);
        long owner = AuditOwner.Foreign(status)?.Pid ?? 0;
        bool isNew = owner != _owner;
        if (isNew && owner != 0) _values.Clear();
        _owner = owner;
        foreach ((AuditSetting setting, uint set) in settings)
        {
            if (status[setting] is not { } now) continue;

            // Another value than those that killed runs have set is an administrator's change. Until it is set, the value of now stays.
            bool isOurs = _values.TryGetValue(setting, out Value known) && known.IsOurs(now);
            Value kept = isOurs ? new Value(known.Found, now, set) : new Value(now, set, set);
            isNew |= kept != known;
            _values[setting] = kept;
        }

        return isNew ? Keep() : null;
    }

    /// <summary>
    /// Puts the settings back. What was put back is forgotten. Nothing is changed beside another daemon than the one beside which they were
    /// found.
    /// </summary>
    /// <param name="audit">The kernel's.</param>
    /// <returns>What was done, a sentence each; and what the kernel has refused.</returns>
    public (IReadOnlyList<string> Done, IReadOnlyList<string> Refused) PutBack(IAuditSettings audit)
    {
        ArgumentNullException.ThrowIfNull(audit);
        if (_values.Count == 0) return ([], []);
        List<string> done = [], refused = [];
        AuditStatus now = audit.GetStatus();
        if (AuditOwner.Foreign(now) is { } owner && owner.Pid != _owner)
            return ([], [$"{owner} is the audit daemon, and the settings are its own as long as it runs: they stay"]);
        if (now.Enabled == 2 && _values.Any(value => now[value.Key] != value.Value.Found))
            return ([], ["audit is locked (enabled is 2): its settings stay as they are until the next boot"]);

        // That audit is off comes last: what is changed before is still recorded.
        foreach ((AuditSetting setting, Value value) in _values.Reverse().ToArray())
        {
            uint before = value.Found;
            try
            {
                if (now[setting] is { } found && value.IsOurs(found) && found != before)
                {
                    audit.Set(setting, before);
                    done.Add($"{setting.Name()} is {before} again, as it was found, and not {found}");
                }
                else if (now[setting] is { } others && others != before)
                {
                    done.Add($"{setting.Name()} stays {others}: another program has set it since; it was {before} when it was found");
                }

                _values.Remove(setting);
            }
            catch (AuditException error)
            {
                refused.Add($"{setting.Name()} stays {now[setting]}, and was {before}: {error.Message}");
            }
        }

        if (Keep() is { } failure) refused.Add(failure);
        return (done, refused);
    }

    private string? Keep()
    {
        if (_file is null) return null;
        try
        {
            if (_values.Count == 0) _file.Delete();
            else _file.Write(Written());
            return null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return $"{_file.Path}: {FailureText.Of(error)}";
        }
    }

    private ReadOnlySpan<byte> Written()
    {
        var content = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(content))
        {
            json.WriteStartObject();
            json.WriteString("boot", _boot);
            json.WriteNumber("owner", _owner);
            json.WriteStartObject("found");
            foreach ((AuditSetting setting, Value value) in _values)
            {
                json.WriteStartArray(setting.Name());
                json.WriteNumberValue(value.Found);
                json.WriteNumberValue(value.Set);
                json.WriteNumberValue(value.Next);
                json.WriteEndArray();
            }

            json.WriteEndObject();
            json.WriteEndObject();
        }

        return content.WrittenSpan;
    }

    // False where it is damaged.
    private bool Read(byte[] content)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(content);
            if (document.RootElement.GetProperty("boot").GetString() != _boot) return true;
            long owner = document.RootElement.GetProperty("owner").GetInt64();
            JsonElement found = document.RootElement.GetProperty("found");
            foreach (AuditSetting setting in Known)
            {
                if (found.TryGetProperty(setting.Name(), out JsonElement value))
                    _values[setting] = new Value(value[0].GetUInt32(), value[1].GetUInt32(), value[2].GetUInt32());
            }

            _owner = owner;
            return true;
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or KeyNotFoundException or FormatException
            or IndexOutOfRangeException)
        {
            _values.Clear();
            return false;
        }
    }

    // What it was; what Streams has set; what it was about to set when this was kept, and has set unless it was killed before.
    private readonly record struct Value(uint Found, uint Set, uint Next)
    {
        public bool IsOurs(uint value) => value == Set || value == Next;
    }
}
