using CsCheck;
using Streams.Events;
using Streams.Events.Input;
using Streams.Testing;

namespace Streams.Journal.Tests;

/// <summary>What is recorded is what is read back, whatever happens to the file.</summary>
public sealed class RecordingTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("recording-");

    private string FilePath => Path.Combine(_folder.FullName, "input.streams");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void What_is_written_is_read_back() => Inputs.Any.Array[0, 20].Sample(
        records =>
        {
            Write(records);
            return Read(File.ReadAllBytes(FilePath)).Records.SequenceEqual(records.Select(Inputs.Describe));
        },
        iter: Campaign.Cases(200),
        threads: 1);

    [Fact]
    [Trait("Found", "C1")]
    public void An_event_without_a_binary_form_is_counted_and_the_others_are_recorded()
    {
        Event[] events = [.. Enumerable.Range(0, 9).Select(i => i is 3 or 8 ? (Event)Odd(i) : Beat(i))];
        using (var writer = new RecordingWriter(FilePath))
        {
            writer.Write(new Batch(events, VirtualTime.At(9)));
            writer.Flush();
            Assert.Equal(2, writer.Counters.Single(counter => counter.Key == "faulty").Value);
        }

        using var reader = new RecordingReader(File.OpenRead(FilePath));
        var batches = new List<Batch>();
        while (reader.Read() is Batch batch) batches.Add(batch);
        Assert.Equal([0UL, 1, 2, 4, 5, 6, 7], batches.SelectMany(batch => batch.Events.ToArray()).Select(e => e.Serial));
        Assert.All(batches, batch => Assert.Equal(VirtualTime.At(9), batch.Admitted));
        Assert.Equal([3UL, 8], events.Where(e => e.Fault == EventFault.Document).Select(e => e.Serial));

        static OddEvent Odd(int i) => new(VirtualTime.At(i), (ulong)i);
        static Heartbeat Beat(int i) => new("web-01", "audit", VirtualTime.At(i), (ulong)i);
    }

    [Fact]
    public void A_file_cut_off_anywhere_gives_all_whole_entries_before_and_says_that_it_is_cut_off()
    {
        (string[] all, long[] ends) = WriteSample();
        byte[] whole = File.ReadAllBytes(FilePath);
        for (int length = Frames.Header.Length; length <= whole.Length; length++)
        {
            (List<string> records, RecordingReader reader) = Read(whole[..length]);
            int complete = ends.Count(end => end <= length);
            Assert.Equal(all[..complete], records);
            Assert.Equal(length != ends.Where(end => end <= length).DefaultIfEmpty(Frames.Header.Length).Max(), reader.IsCutOff);
            Assert.Empty(reader.Damages);
        }
    }

    [Fact]
    public void Damage_costs_the_entry_that_it_is_in_and_is_told_with_its_place()
    {
        (string[] all, long[] ends) = WriteSample();
        byte[] whole = File.ReadAllBytes(FilePath);
        for (int at = Frames.Header.Length; at < ends[^2]; at++)
        {
            byte[] damaged = [.. whole];
            damaged[at] ^= 0x40;
            (List<string> records, RecordingReader reader) = Read(damaged);
            int hit = Array.FindIndex(ends, end => end > at);
            Assert.Equal(all.Where((_, i) => i != hit), records);
            RecordingDamage damage = Assert.Single(reader.Damages);
            Assert.Equal(hit == 0 ? Frames.Header.Length : ends[hit - 1], damage.Offset);
        }
    }

    [Fact]
    public void Any_bytes_give_an_end_and_no_more_memory_than_they_are() => Gen.Byte.Array[0, 300].Sample(
        noise =>
        {
            byte[] file = [.. Frames.Header, .. noise];
            using var reader = new RecordingReader(new MemoryStream(file));
            while (reader.Read() is not null)
            {
            }
        },
        iter: Campaign.Cases(5_000));

    [Fact]
    public void Any_content_of_a_frame_is_an_entry_or_damage() => Gen.Byte.Array[0, 200].Sample(
        content =>
        {
            byte[] frame = [.. new byte[Frames.Overhead], .. content];
            Frames.Seal(frame);
            using var reader = new RecordingReader(new MemoryStream([.. Frames.Header, .. frame]));
            while (reader.Read() is not null)
            {
            }
        },
        iter: Campaign.Cases(20_000));

    [Fact]
    public void A_length_that_no_text_can_have_is_damage()
    {
        byte[] frame = [.. new byte[Frames.Overhead], 0x93, 2, 0xDB, 0xFC, 0xFA, 0x62, 0x10, .. new byte[80]];
        Frames.Seal(frame);
        using var reader = new RecordingReader(new MemoryStream([.. Frames.Header, .. frame]));
        Assert.Null(reader.Read());
        Assert.Single(reader.Damages);
    }

    [Fact]
    public void What_is_still_being_written_can_be_read()
    {
        using var writer = new RecordingWriter(FilePath);
        writer.Write(new Tick(DateTimeOffset.UnixEpoch));
        writer.Flush();
        using var reader = new RecordingReader(File.Open(FilePath, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        Assert.NotNull(reader.Read());
        Assert.Null(reader.Read());
        writer.Write(new Control("q", ControlAction.Release));
        writer.Flush();
        Assert.Equal(new Control("q", ControlAction.Release), reader.Read());
    }

    [Fact]
    public void A_recording_is_its_owners_alone()
    {
        new RecordingWriter(FilePath).Dispose();
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(FilePath));
    }

    [Fact]
    public void A_full_disk_is_said_and_counted_and_nothing_stops()
    {
        using var writer = new RecordingWriter("/dev/full");
        writer.Write(new Tick(DateTimeOffset.UnixEpoch));
        writer.Flush();
        Assert.Contains("/dev/full", writer.Failure, StringComparison.Ordinal);
        Assert.Contains(new KeyValuePair<string, long>("dropped", 1), writer.Counters);
    }

    [Theory]
    [InlineData("")]
    [InlineData("type=SYSCALL msg=audit(1.000:1):")]
    public void Another_file_is_none(string text) =>
        Assert.Throws<FormatException>(() => new RecordingReader(new MemoryStream(System.Text.Encoding.UTF8.GetBytes(text))));

    private (string[] Records, long[] Ends) WriteSample()
    {
        using var writer = new RecordingWriter(FilePath);
        var ends = new List<long>();
        foreach (InputRecord record in Inputs.Sample)
        {
            writer.Write(record);
            writer.Flush();
            ends.Add(new FileInfo(FilePath).Length);
        }

        return ([.. Inputs.Sample.Select(Inputs.Describe)], [.. ends]);
    }

    private void Write(IEnumerable<InputRecord> records)
    {
        using var writer = new RecordingWriter(FilePath);
        foreach (InputRecord record in records) writer.Write(record);
    }

    private static (List<string> Records, RecordingReader Reader) Read(byte[] file)
    {
        using var reader = new RecordingReader(new MemoryStream(file));
        var records = new List<string>();
        while (reader.Read() is { } record) records.Add(Inputs.Describe(record));
        return (records, reader);
    }
}
