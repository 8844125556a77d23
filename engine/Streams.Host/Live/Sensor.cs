using Streams.Events;

namespace Streams.Host.Live;

/// <summary>
/// Watches over this process itself: reports how long it was down before this start, and when it did not run for a while, and leaves
/// behind every few seconds that it is alive. What it reports is admitted like any event, so that a recording says the same again.
/// </summary>
internal sealed class Sensor : IDisposable
{
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(1);

    // What the next start does not know of an end by SIGKILL is at most this.
    private static readonly TimeSpan StampInterval = TimeSpan.FromSeconds(5);

    private readonly string _host;
    private readonly AdmissionClock _clock;
    private readonly AliveFile _file;
    private readonly PauseWatch _pauses;
    private readonly Func<IReadOnlyList<Event>, bool> _tryReport;
    private readonly Action<string> _tell;
    private readonly ManualResetEventSlim _stop = new();
    private readonly Thread _thread;
    private readonly List<Event> _waiting = [];
    private DateTimeOffset _stampDue;
    private string? _toldFailure;

    /// <summary>Makes one; nothing is watched yet.</summary>
    /// <param name="host">The host.</param>
    /// <param name="clock">The time.</param>
    /// <param name="file">Where it leaves that it is alive.</param>
    /// <param name="awake">The time that the machine was awake.</param>
    /// <param name="tryReport">Takes events when there is room for them; it must not wait.</param>
    /// <param name="tell">Takes what the operator should know.</param>
    public Sensor(
        string host, AdmissionClock clock, AliveFile file, Func<TimeSpan> awake, Func<IReadOnlyList<Event>, bool> tryReport,
        Action<string> tell)
    {
        (_host, _clock, _file, _tryReport, _tell) = (host, clock, file, tryReport, tell);
        _pauses = new PauseWatch(host, clock, awake);
        _thread = new Thread(Run) { IsBackground = true, Name = "sensor" };
    }

    /// <summary>What was missed before this start, as far as the last run has left when it was alive; empty for the first run.</summary>
    /// <param name="unpositioned">Collectors that cannot read later what happened meanwhile.</param>
    public IReadOnlyList<Event> Missed(IEnumerable<string> unpositioned)
    {
        AliveStamp? left = _file.Read(out string? fault);
        if (fault is not null) _tell($"error: when a run was alive last is not known, so the time since cannot be reported: {fault}");
        if (left is not { } last || _file.IsAlive(last)) return [];
        DateTimeOffset now = _clock.Now;

        // A wall clock that was set back since makes the end of the last run later than this start.
        DateTimeOffset from = last.Time < now ? last.Time : now;
        bool isRebooted = last.Boot != _file.Boot;
        string how = (last.IsClean, isRebooted) switch
        {
            (true, false) => "it was stopped in an orderly way",
            (true, true) => "it was stopped in an orderly way, and the machine was booted since",
            (false, false) => "it was killed or has crashed, or it was ended otherwise without a chance to say so",
            (false, true) => "it ended without a chance to say so, and the machine was booted since",
        };
        ulong serial = 0;
        List<Event> missed =
        [
            new Outage(_host, from, now, ++serial),
            SensorReport.Make(
                _host, SensorReport.Down, $"Streams was down from {from:u} to {now:u}: {how}", from, now, ++serial,
                ("clean", last.IsClean), ("rebooted", isRebooted)),
        ];
        if (!last.IsClean)
        {
            missed.AddRange(unpositioned.Select(collector => new Gap(
                _host, collector, from, now, ++serial, 0, "Streams was down and had not been stopped in an orderly way")));
        }

        return missed;
    }

    /// <summary>Begins to watch, and to leave that it is alive.</summary>
    public void Start()
    {
        Stamp(isClean: false);
        _pauses.Rest();
        _thread.Start();
    }

    /// <summary>Ends in an orderly way, so that the next start knows.</summary>
    public void EndClean()
    {
        Dispose();
        Stamp(isClean: true);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _stop.Set();
        if (_thread.IsAlive) _thread.Join();
    }

    private void Run()
    {
        while (!_stop.Wait(Beat))
        {
            _waiting.AddRange(_pauses.Look());
            if (_waiting.Count > 0 && _tryReport([.. _waiting])) _waiting.Clear();
            if (_clock.Now < _stampDue) continue;
            Stamp(isClean: false);

            // A slow disk is not a pause of this process.
            _pauses.Rest();
        }
    }

    private void Stamp(bool isClean)
    {
        _file.Write(_clock.Now, isClean);
        _stampDue = _clock.Now + StampInterval;
        if (_file.Failure is { } failure && _toldFailure is null)
            _tell($"error: when this run was alive is not kept, so the next start cannot report it: {failure}");
        _toldFailure = _file.Failure;
    }
}
