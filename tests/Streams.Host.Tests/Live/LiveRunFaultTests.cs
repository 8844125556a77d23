using Streams.Events;
using Streams.Events.Input;
using Streams.Host.Live;
using Streams.Host.Running;
using Streams.Testing;
using Xunit;

namespace Streams.Host.Tests.Live;

/// <summary>A live run continues behind an event at which something fails, and reports it as a gap that is recorded.</summary>
[Trait("Found", "C1")]
public sealed class LiveRunFaultTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly string _folder = Directory.CreateTempSubdirectory("live-run-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void An_event_that_cannot_be_delivered_is_reported_as_a_gap(int shards)
    {
        Recorded recorded = Run(shards, recordFails: false, new OddEvent(VirtualTime.At(1), 1, failsAtDelivery: true), Beat(2));
        Gap gap = Assert.Single(recorded.Events.OfType<Gap>());
        Assert.Equal((Gap.Faulty, EventFault.Deliver, "web-01", 1L), (gap.Cause, gap.FailedAt, gap.Host, gap.Records));
        Assert.Contains(recorded.Events, e => e.Serial == 2);
        Assert.Contains("error: odd: a fault of Streams: 1 event of web-01 could not be delivered", recorded.Lines, StringComparison.Ordinal);
        Assert.DoesNotContain("cannot continue", recorded.Lines, StringComparison.Ordinal);
    }

    [Fact]
    public void An_output_that_throws_does_not_end_the_run()
    {
        Recorded recorded = Run(1, recordFails: true, Beat(1), Beat(2));
        Gap gap = Assert.Single(recorded.Events.OfType<Gap>());
        Assert.Equal((Gap.Faulty, EventFault.Document, "here"), (gap.Cause, gap.FailedAt, gap.Host));
        Assert.Contains(recorded.Events, e => e.Serial == 2);
    }

    private static Heartbeat Beat(int second) => new("web-01", "test", VirtualTime.At(second), (ulong)second);

    private Recorded Run(int shards, bool recordFails, params Event[] events)
    {
        using var record = new Recorder(recordFails);
        var error = new StringWriter();
        using (var lines = new OperatorLines(error))
        {
            var collector = new Given(events, record.HasGap.Task);
            var options = new LiveOptions
            {
                Host = "here",
                Control = Path.Combine(_folder, "control"),
                Shards = shards,
                Record = record,
                For = Patience,
                Json = true,
                QueriesFolder = _folder,
            };
            using var run = new LiveRun([collector], [], options, lines, TimeProvider.System);
            run.Run();
        }

        return new Recorded([.. record.Events], error.ToString());
    }

    private sealed record Recorded(IReadOnlyList<Event> Events, string Lines);

    // Gives each event in a batch of its own, and ends with an error when a gap was recorded, as a run does not end by itself.
    private sealed class Given(Event[] events, Task until) : ICollector
    {
        public string Name => "test";

        public IReadOnlyList<KeyValuePair<string, long>> Counters => [];

        public IDisposable Subscribe(IObserver<ReadOnlyMemory<Event>> observer)
        {
            foreach (Event e in events) observer.OnNext(new[] { e });
            until.ContinueWith(_ => observer.OnError(new IOException("the end")), TaskScheduler.Default);
            return System.Reactive.Disposables.Disposable.Empty;
        }
    }

    private sealed class Recorder(bool isFailing) : IInputWriter
    {
        private bool _hasFailed;

        public List<Event> Events { get; } = [];

        public TaskCompletionSource HasGap { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public string? Failure => null;

        public IReadOnlyList<KeyValuePair<string, long>> Counters => [];

        public void Write(InputRecord record)
        {
            if (record is not Batch batch) return;
            if (isFailing && !_hasFailed)
            {
                _hasFailed = true;
                throw new InvalidOperationException("odd");
            }

            Events.AddRange(batch.Events.ToArray());
            if (Events.Exists(e => e is Gap)) HasGap.TrySetResult();
        }

        public void Flush()
        {
        }

        public void Dispose()
        {
        }
    }
}
