using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Time.Testing;
using Streams.Events;
using Streams.Host.Live;
using Xunit;

namespace Streams.Host.Tests.Live;

/// <summary>What a run reports about itself: that it did not run for a while, and that it was down before.</summary>
[Trait("Found", "S10")]
public sealed class SensorTests : IDisposable
{
    private static readonly DateTimeOffset Noon = new(2026, 1, 2, 12, 0, 0, TimeSpan.Zero);

    private readonly string _folder = Directory.CreateTempSubdirectory("streams-").FullName;
    private readonly FakeTimeProvider _time = new(Noon);
    private TimeSpan _suspended;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private TimeSpan Awake => _time.GetUtcNow() - Noon - _suspended;

    [Theory]
    [InlineData(1, 0, null)]
    [InlineData(4.9, 0, null)]
    [InlineData(5, 0, "sensor-stopped")]
    [InlineData(3600, 0, "sensor-stopped")]
    [InlineData(1, 1800, "machine-suspended")]
    [InlineData(0.5, 4, null)]
    [InlineData(60, 1800, "sensor-stopped")]
    public void A_pause_is_noticed_when_it_is_over(double stopped, double suspended, string? action)
    {
        var watch = new PauseWatch("web-1", new AdmissionClock(_time), () => Awake);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Empty(watch.Look());

        DateTimeOffset from = _time.GetUtcNow();
        _suspended += TimeSpan.FromSeconds(suspended);
        _time.Advance(TimeSpan.FromSeconds(stopped + suspended));
        IReadOnlyList<Event> reported = watch.Look();

        Assert.Equal(action, reported.OfType<Document>().SingleOrDefault()?.Action);
        if (action is not null)
        {
            Outage outage = Assert.Single(reported.OfType<Outage>());
            Assert.Equal((from, _time.GetUtcNow(), Outage.Process), (outage.From, outage.Occurred, outage.Collector));
        }

        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Empty(watch.Look());
    }

    [Fact]
    public void What_the_watching_thread_did_itself_is_no_pause()
    {
        var watch = new PauseWatch("web-1", new AdmissionClock(_time), () => Awake);
        _time.Advance(TimeSpan.FromSeconds(60));
        watch.Rest();

        Assert.Empty(watch.Look());
    }

    [Fact]
    public void A_first_start_has_missed_nothing() => Assert.Empty(Sensor().Missed(["audit"]));

    [Theory]
    [InlineData(false, false, "killed or has crashed")]
    [InlineData(true, false, "stopped in an orderly way")]
    [InlineData(false, true, "without a chance to say so, and the machine was booted since")]
    [InlineData(true, true, "in an orderly way, and the machine was booted since")]
    public void A_start_reports_how_long_the_last_run_was_down_and_how_it_ended(bool isClean, bool isRebooted, string how)
    {
        Leave(Noon.AddMinutes(-10), isClean, isRebooted);

        IReadOnlyList<Event> missed = Sensor().Missed(["audit"]);

        var outage = (Outage)missed[0];
        Assert.Equal((Noon.AddMinutes(-10), Noon, Outage.Process), (outage.From, outage.Occurred, outage.Collector));
        var report = (Document)missed[1];
        Assert.Equal("sensor-down", report.Action);
        Assert.Contains(how, report.Text("message"), StringComparison.Ordinal);
        Assert.Equal(
            (isClean ? "true" : "false", isRebooted ? "true" : "false", "600"),
            (report.Text("streams.sensor.clean"), report.Text("streams.sensor.rebooted"), report.Text("streams.sensor.seconds")));
        Gap[] gaps = [.. missed.OfType<Gap>()];
        Assert.Equal(isClean ? [] : ["audit"], gaps.Select(gap => gap.Collector));
        Assert.All(gaps, gap => Assert.Equal((outage.From, outage.Occurred), (gap.From, gap.Occurred)));
    }

    [Fact]
    public void A_clock_that_was_set_back_gives_no_outage_in_the_future()
    {
        Leave(Noon.AddHours(1), isClean: false, isRebooted: false);

        Assert.Equal(Noon, ((Outage)Sensor().Missed([])[0]).From);
    }

    [Fact]
    public void A_run_that_is_alive_is_not_down()
    {
        new AliveFile(_folder).Write(Noon.AddMinutes(-1), isClean: false);

        Assert.Empty(Sensor().Missed(["audit"]));
    }

    [Theory]
    [InlineData("")]
    [InlineData("no JSON")]
    [InlineData("[]")]
    [InlineData("""{"time":"2026-01-02T12:00:00Z"}""")]
    [InlineData("""{"time":"soon","boot":"b","pid":1,"started":1,"clean":false}""")]
    public void A_stamp_that_cannot_be_read_is_none_and_is_reported(string text)
    {
        string file = Path.Combine(_folder, "alive.json");
        File.WriteAllText(file, text);
        List<string> told = [];
        using Sensor sensor = new("web-1", new AdmissionClock(_time), new AliveFile(_folder), () => Awake, _ => true, told.Add);

        Assert.Empty(sensor.Missed(["audit"]));
        Assert.EndsWith($"{file}: it is damaged", Assert.Single(told), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("S", 42, true)]
    [InlineData("R", 42, true)]
    [InlineData("S", 43, false)]
    [InlineData("Z", 42, false)]
    [InlineData("X", 42, false)]
    public void A_run_is_alive_by_number_and_start_unless_it_only_waits_to_be_reaped(string state, long started, bool isAlive)
    {
        string processes = Path.Combine(_folder, "proc");
        Directory.CreateDirectory(Path.Combine(processes, "sys/kernel/random"));
        Directory.CreateDirectory(Path.Combine(processes, "7"));
        File.WriteAllText(Path.Combine(processes, "sys/kernel/random/boot_id"), "b\n");
        File.WriteAllText(
            Path.Combine(processes, "7/stat"), $"7 (a) b) {state} 1 {string.Join(' ', Enumerable.Repeat("0", 17))} {started} 0\n");

        Assert.Equal(isAlive, new AliveFile(_folder, processes).IsAlive(new AliveStamp(Noon, "b", 7, 42, IsClean: false)));
    }

    [Fact]
    public void The_stamp_is_its_owners_alone_and_follows_no_link()
    {
        string victim = Path.Combine(_folder, "victim");
        File.WriteAllText(victim, "kept");
        File.CreateSymbolicLink(Path.Combine(_folder, "alive.json.new"), victim);

        new AliveFile(_folder).Write(Noon, isClean: true);

        Assert.Equal("kept", File.ReadAllText(victim));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(_folder, "alive.json")));
    }

    [Fact]
    public void An_orderly_end_is_left_for_the_next_start()
    {
        using (Sensor sensor = Sensor())
        {
            sensor.Start();
            Assert.False(Left().GetProperty("clean").GetBoolean());
            sensor.EndClean();
        }

        Assert.True(Left().GetProperty("clean").GetBoolean());
        Assert.Equal("stopped in an orderly way", ((Document)Sensor().Missed([])[1]).Text("message")![^25..]);
    }

    [Fact]
    public void A_folder_that_cannot_be_written_is_said_once()
    {
        string file = Path.Combine(_folder, "file");
        File.WriteAllText(file, "");
        List<string> told = [];
        using (Sensor sensor = new("web-1", new AdmissionClock(_time), new AliveFile(file), () => Awake, _ => true, told.Add))
        {
            sensor.Start();
            sensor.EndClean();
        }

        Assert.Contains("alive.json", Assert.Single(told), StringComparison.Ordinal);
    }

    private JsonElement Left() => JsonElement.Parse(File.ReadAllText(Path.Combine(_folder, "alive.json")));

    private void Leave(DateTimeOffset time, bool isClean, bool isRebooted)
    {
        string boot = isRebooted ? "another" : new AliveFile(_folder).Boot;
        File.WriteAllText(
            Path.Combine(_folder, "alive.json"),
            string.Create(
                CultureInfo.InvariantCulture,
                $"{{\"time\":\"{time:o}\",\"boot\":\"{boot}\",\"pid\":1,\"started\":-1,\"clean\":{(isClean ? "true" : "false")}}}"));
    }

    private Sensor Sensor() => new("web-1", new AdmissionClock(_time), new AliveFile(_folder), () => Awake, _ => true, _ => { });
}
