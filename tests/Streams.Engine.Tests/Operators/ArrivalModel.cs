using Streams.Testing;

namespace Streams.Engine.Tests.Operators;

/// <summary>An episode as it is when all that belongs to it is known.</summary>
internal sealed record ModelEpisode(
    long Count, DateTimeOffset First, DateTimeOffset Last, DateTimeOffset Ended, string Host, string Evidence);

/// <summary>
/// What the operators are to find, written as the definition reads: over the elements of one key in the order in which they occurred, with
/// no thought of how they arrive.
/// </summary>
internal static class ArrivalModel
{
    /// <summary>
    /// Which of the notes arrive in time, by what the watermark is defined as: that of a host is its slowest collector less the lateness,
    /// that of the fleet is the slowest host that has sent something in the last 30 seconds.
    /// </summary>
    public static IEnumerable<Note> InTime(IEnumerable<Note> arriving, TimeSpan lateness, bool isFleet)
    {
        var newest = new Dictionary<(string Host, string Collector), DateTimeOffset>();
        var heard = new Dictionary<string, DateTimeOffset>();
        DateTimeOffset watermark = DateTimeOffset.MinValue;
        DateTimeOffset clock = DateTimeOffset.MinValue;
        foreach (Note note in arriving)
        {
            if (note.Occurred > clock) clock = note.Occurred;
            foreach ((string idle, DateTimeOffset at) in heard.OrderBy(h => h.Value).ToList())
            {
                if (!isFleet || at + TimeSpan.FromSeconds(30) > clock) continue;
                heard.Remove(idle);
                Advance();
            }

            heard[note.Host] = clock;
            if (!newest.TryGetValue((note.Host, note.Collector), out DateTimeOffset known) || known < note.Occurred)
                newest[(note.Host, note.Collector)] = note.Occurred;
            Advance();
            if (note.Occurred > watermark) yield return note;
        }

        void Advance()
        {
            List<DateTimeOffset> waitedFor = [.. newest.Where(n => heard.ContainsKey(n.Key.Host)).Select(n => n.Value)];
            if (waitedFor.Count > 0 && waitedFor.Min() - lateness > watermark) watermark = waitedFor.Min() - lateness;
        }
    }

    public static IEnumerable<ModelEpisode> Frequencies(IEnumerable<Note> notes, int count, TimeSpan within, Func<Note, string>? distinct)
    {
        List<List<Note>> chains = [];
        foreach (Note note in notes.OrderBy(n => n.Id))
        {
            if (chains.Count == 0 || note.Occurred - chains[^1][^1].Occurred >= within) chains.Add([]);
            chains[^1].Add(note);
        }

        foreach (List<Note> chain in chains)
        {
            foreach (Note last in chain)
            {
                List<Note> window = [.. chain.Where(n => n.Id <= last.Id && n.Occurred > last.Occurred - within)];
                List<Note> sights = distinct is null ? window : [.. window.GroupBy(distinct).Select(g => g.Last()).OrderBy(n => n.Id)];
                if (sights.Count < count) continue;
                List<Note> episode = [.. chain.Where(n => n.Id >= sights[0].Id)];
                int counted = distinct is null ? episode.Count : episode.Select(distinct).Distinct().Count();
                List<string> hosts = [.. sights.Concat(chain.Where(n => n.Id > last.Id)).Select(n => n.Host).Distinct()];
                yield return Of(episode, counted, within, distinct is null) with { Host = hosts.Count == 1 ? hosts[0] : "" };
                break;
            }
        }
    }

    public static IEnumerable<ModelEpisode> Suppressions(IEnumerable<Note> notes, TimeSpan period)
    {
        List<Note> left = [.. notes.OrderBy(n => n.Id)];
        while (left.Count > 0)
        {
            List<Note> episode = [.. left.TakeWhile(n => n.Occurred - left[0].Occurred < period)];
            left.RemoveRange(0, episode.Count);
            yield return Of(episode, episode.Count, TimeSpan.Zero, true) with { Ended = episode[0].Occurred + period };
        }
    }

    /// <summary>The first and the last eight.</summary>
    public static string Evidence(IEnumerable<Note> notes)
    {
        List<Note> all = [.. notes];
        return string.Join(' ', (all.Count <= 16 ? all : [.. all[..8], .. all[^8..]]).Select(n => n.Serial));
    }

    private static ModelEpisode Of(List<Note> notes, long count, TimeSpan within, bool hasEvidence) => new(
        count,
        notes[0].Occurred,
        notes[^1].Occurred,
        notes[^1].Occurred + within,
        notes.Select(n => n.Host).Distinct().Count() == 1 ? notes[0].Host : "",
        hasEvidence ? Evidence(notes) : "");
}
