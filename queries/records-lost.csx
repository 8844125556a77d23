// Needs no audit rule: a collector says itself what it has lost, and why. To hide one act, flood the host: this is what remains of it.
// Records at which Streams itself fails are here as well: they are in events with streams.fault, but no query has seen all of them.
Query("records-lost", Severity.High, "Records were lost before anybody could look at them")
    .Attack("T1562.006")
    .From((audit, files, host) => host.Gaps
        .Suppress("causes", gap => (gap.Collector, gap.Cause), Minutes(10)))
    .Alert(s => s.Event.IsKept
        ? $"{s.Host}: {Amount(s)} of the {s.Event.Collector} collector were kept but not decoded: Streams failed at them, as its log says"
        : $"{s.Host}: the {s.Event.Collector} collector lost {Amount(s)}: {s.Event.Cause}");

// Of more than sixteen gaps some are only counted, and of some nobody knows how many records they took.
string Amount(Suppressed<Gap, (string, string)> lost)
{
    long records = lost.Evidence.OfType<Gap>().Sum(gap => gap.Records);
    return records == 0 ? "records" : lost.Count == 1 ? $"{records} records" : $"at least {records} records in {lost.Count} gaps";
}
