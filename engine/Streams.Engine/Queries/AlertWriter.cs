using System.Security.Cryptography;
using Streams.Engine.Keys;
using Streams.Engine.Shards;
using Streams.Events;

namespace Streams.Engine;

/// <summary>
/// The end of a query on a shard: makes alerts of what it finds, and remembers which are open. With 100,000 open at once, further ones
/// are said as they start and not followed, and counted.
/// </summary>
internal sealed class AlertWriter<T>(QueryRun run, AlertFields<T> fields)
{
    private readonly Dictionary<string, OpenAlert> _open = [];

    public IObserver<T> Observe() => new Observer(this);

    private void Write(T found)
    {
        if (found is Episode episode) WriteEpisode(found, episode);
        else WritePoint(found);
    }

    private void WritePoint(T found)
    {
        Shard shard = run.Shard;
        Moment moment = Moment.Of(found, shard);
        string keyText = fields.Key?.Invoke(found) ?? "";
        var bytes = new KeyWriter(stackalloc byte[256]);
        bytes.Text(keyText);
        EventId trigger = moment.Id;
        run.Figures.Alerts++;
        run.Shard.Say(run, keyText, new Alert
        {
            Id = IdOf(bytes.Written, trigger),
            Revision = 1,
            Status = AlertStatus.Start,
            Query = run.Definition.Name,
            Description = run.Definition.Description,
            Severity = fields.Severity?.Invoke(found) ?? run.Definition.Severity,
            Techniques = fields.Techniques?.Invoke(found) ?? run.Definition.Techniques,
            Key = keyText,
            Host = moment.Host.Length == 0 ? null : moment.Host,
            Message = fields.Message(found) ?? "",
            Timestamp = trigger.Occurred,
            Started = trigger.Occurred,
            Ended = trigger.Occurred,
            Trigger = trigger,
            Evidence = Evidence.Of(found, shard.Event),
        });
    }

    private void WriteEpisode(T found, Episode episode)
    {
        var bytes = new KeyWriter(stackalloc byte[256]);
        string keyText;
        if (fields.Key is null)
        {
            keyText = episode.KeyText;
            episode.WriteKey(ref bytes);
        }
        else
        {
            keyText = fields.Key(found) ?? "";
            bytes.Text(keyText);
        }

        string id = IdOf(bytes.Written, episode.Trigger);
        bool isPoint = episode.Status == AlertStatus.Start && episode.Ended is not null;
        AlertStatus status = episode.Status;
        int revision = 1;
        string text = fields.Message(found) ?? "";
        if (!isPoint)
        {
            bool isOpen = _open.TryGetValue(id, out OpenAlert? open);
            if (status == AlertStatus.End)
            {
                // Its start was filtered out, or there was no room to follow it.
                if (!isOpen) return;
                _open.Remove(id);
                run.Figures.Open--;
            }
            else if (!isOpen)
            {
                status = AlertStatus.Start;
                open = new OpenAlert();
                if (_open.Count >= MostOpen)
                {
                    run.Figures.CapsHit++;
                }
                else
                {
                    _open.Add(id, open);
                    run.Figures.Open++;
                }
            }
            else
            {
                status = AlertStatus.Update;
            }

            revision = ++open!.Revision;
        }

        if (status == AlertStatus.Start) run.Figures.Alerts++;
        run.Shard.Say(run, keyText, new Alert
        {
            Id = id,
            Revision = revision,
            Status = status,
            Query = run.Definition.Name,
            Description = run.Definition.Description,
            Severity = fields.Severity?.Invoke(found) ?? run.Definition.Severity,
            Techniques = fields.Techniques?.Invoke(found) ?? run.Definition.Techniques,
            Key = keyText,
            Host = episode.Host,
            Message = text,
            Timestamp = episode.Timestamp,
            Started = episode.Started,
            Ended = episode.Ended,
            Count = episode.Count,
            Trigger = episode.Trigger,
            Evidence = episode.Evidence,
        });
    }

    // The first 128 bits of SHA-256 over query, key and trigger: the same wherever and whenever it is computed.
    private string IdOf(ReadOnlySpan<byte> keyBytes, EventId trigger)
    {
        var all = new KeyWriter(stackalloc byte[512]);
        all.Text(run.Definition.Name);
        all.Bytes(keyBytes);
        all.Text(trigger.Host);
        all.Number(trigger.Occurred.UtcTicks);
        all.Number(unchecked((long)trigger.Serial));
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(all.Written, hash);
        return Convert.ToHexStringLower(hash[..16]);
    }

    private const int MostOpen = 100_000;

    private sealed class OpenAlert
    {
        public int Revision { get; set; }
    }

    private sealed class Observer(AlertWriter<T> writer) : IObserver<T>
    {
        // What is thrown here would end the subscription that is being delivered to; it is this element's fault alone.
        public void OnNext(T value)
        {
            try
            {
                writer.Write(value);
            }
            catch (Exception exception) when (EventFaults.IsContained(exception))
            {
                string? subject = value switch
                {
                    Episode episode => episode.Trigger.Host,
                    Event e => e.Host,
                    _ => null,
                };
                writer.Run.Shard.Fault(writer.Run, exception, restart: false, subject);
            }
        }

        public void OnError(Exception error) => writer.Run.Shard.Fault(writer.Run, error);

        public void OnCompleted()
        {
        }
    }

    private QueryRun Run => run;
}

/// <summary>How the fields of a query's alerts are derived from what it finds.</summary>
/// <param name="Message">The text for people.</param>
/// <param name="Key">What the alert is about; null for the operator's key.</param>
/// <param name="Techniques">The ATT&amp;CK techniques of this alert; null for the query's.</param>
/// <param name="Severity">How bad this alert is; null for the query's severity.</param>
internal sealed record AlertFields<T>(
    Func<T, string> Message, Func<T, string>? Key, Func<T, IReadOnlyList<string>>? Techniques, Func<T, Severity>? Severity);
