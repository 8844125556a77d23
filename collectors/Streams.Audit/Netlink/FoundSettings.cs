using System.Buffers;
using System.Text.Json;
using Streams.Events;

namespace Streams.Audit.Netlink;

/// <summary>
/// The settings of audit as they were before Streams changed them. They are kept in the state folder, so that they can be put back after a
/// run that was killed; what is kept counts in the boot in which it was found, as the kernel begins anew with each. With each value stands
/// the one that Streams has set: where the value is another one by then, an administrator has changed it, and it stays. One thread at a
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
    private readonly SortedDictionary<AuditSetting, (uint Found, uint Set)> _values = [];

    /// <summary>Reads what was kept in this boot; what cannot be read counts as nothing.</summary>
    /// <param name="folder">The state folder; null: it is kept in this process alone.</param>
    /// <param name="boot">The id of the boot, <c>/proc/sys/kernel/random/boot_id</c>; empty where it is not known.</param>
    public FoundSettings(string? folder, string boot)
    {
        _file = folder is null || boot.Length == 0 ? null : new StateFile(folder, FileName);
        _boot = boot;
        Read();
    }

    /// <summary>The file; null where nothing is kept.</summary>
    public string? Path => _file?.Path;

    /// <summary>The settings that are known: what they were, and what they were set to.</summary>
    public IReadOnlyDictionary<AuditSetting, (uint Found, uint Set)> Values => _values;

    /// <summary>Keeps what settings are now, where what they were is not known: it is called before they are changed.</summary>
    /// <param name="status">The state of audit.</param>
    /// <param name="settings">What they are about to be set to.</param>
    /// <returns>Why the file was not written; null when it was, or had not to be.</returns>
    public string? Add(AuditStatus status, IReadOnlyDictionary<AuditSetting, uint> settings)
    {
        ArgumentNullException.ThrowIfNull(status);
        ArgumentNullException.ThrowIfNull(settings);
        bool isNew = false;
        foreach ((AuditSetting setting, uint set) in settings)
        {
            if (status[setting] is not { } now) continue;

            // Another value than the one that a killed run has set is an administrator's change.
            bool isOurs = _values.TryGetValue(setting, out (uint Found, uint Set) known) && now == known.Set;
            (uint Found, uint Set) kept = (isOurs ? known.Found : now, set);
            isNew |= kept != known;
            _values[setting] = kept;
        }

        return isNew ? Keep() : null;
    }

    /// <summary>Forgets all but one: the others are another daemon's now.</summary>
    /// <returns>Why the file was not written; null when it was.</returns>
    public string? ForgetBut(AuditSetting kept)
    {
        foreach (AuditSetting setting in Known)
        {
            if (setting != kept) _values.Remove(setting);
        }

        return Keep();
    }

    /// <summary>Puts the settings back. What was put back is forgotten.</summary>
    /// <param name="audit">The kernel's.</param>
    /// <returns>What was done, a sentence each; and what the kernel has refused.</returns>
    public (IReadOnlyList<string> Done, IReadOnlyList<string> Refused) PutBack(IAuditSettings audit)
    {
        ArgumentNullException.ThrowIfNull(audit);
        List<string> done = [], refused = [];
        AuditStatus now = audit.GetStatus();
        if (now.Enabled == 2 && _values.Any(value => now[value.Key] != value.Value.Found))
            return ([], ["audit is locked (enabled is 2): its settings stay as they are until the next boot"]);

        // That audit is off comes last: what is changed before is still recorded.
        foreach ((AuditSetting setting, (uint before, uint set)) in _values.Reverse().ToArray())
        {
            try
            {
                if (now[setting] is { } found && found == set && found != before)
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
            json.WriteStartObject("found");
            foreach ((AuditSetting setting, (uint found, uint set)) in _values)
            {
                json.WriteStartArray(setting.Name());
                json.WriteNumberValue(found);
                json.WriteNumberValue(set);
                json.WriteEndArray();
            }

            json.WriteEndObject();
            json.WriteEndObject();
        }

        return content.WrittenSpan;
    }

    private void Read()
    {
        if (_file?.Read() is not { } content) return;
        try
        {
            using JsonDocument document = JsonDocument.Parse(content);
            if (document.RootElement.GetProperty("boot").GetString() != _boot) return;
            JsonElement found = document.RootElement.GetProperty("found");
            foreach (AuditSetting setting in Known)
            {
                if (found.TryGetProperty(setting.Name(), out JsonElement value))
                    _values[setting] = (value[0].GetUInt32(), value[1].GetUInt32());
            }
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or KeyNotFoundException or FormatException
            or IndexOutOfRangeException)
        {
            // A user who can damage it can also remove it.
            _values.Clear();
        }
    }
}
