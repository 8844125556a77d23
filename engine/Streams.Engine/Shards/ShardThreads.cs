using System.Threading.Channels;
using Streams.Events;

namespace Streams.Engine.Shards;

/// <summary>
/// Several shards, each with a thread and a bounded channel of its own, and a thread that gives out what they said in the order of the
/// input. Whoever admits waits when a shard is behind.
/// </summary>
internal sealed class ShardThreads : IDisposable
{
    private const int Ahead = 8;

    private readonly Channel<Work>[] _inputs;
    private readonly Channel<Work> _outputs = Bounded();
    private readonly Thread[] _threads;
    private readonly Action<List<Saying>> _say;
    private volatile Exception? _failure;

    public ShardThreads(Shard[] shards, Action<List<Saying>> say)
    {
        _say = say;
        _inputs = [.. shards.Select(_ => Bounded())];
        _threads =
        [
            .. shards.Select((shard, i) => new Thread(() => Run(shard, _inputs[i].Reader)) { IsBackground = true, Name = $"shard {i}" }),
            new Thread(GiveOut) { IsBackground = true, Name = "alerts" },
        ];
        foreach (Thread thread in _threads) thread.Start();
    }

    public void Process(in Admitted admitted) => Send(new Work(admitted, _inputs.Length));

    /// <summary>Waits until all that was sent has been processed and given out.</summary>
    public void Drain()
    {
        using var done = new ManualResetEventSlim();
        Send(new Work(default, _inputs.Length) { Done = done });
        done.Wait();
        ThrowFailure();
    }

    public void Dispose()
    {
        foreach (Channel<Work> input in _inputs) input.Writer.TryComplete();
        _outputs.Writer.TryComplete();
        foreach (Thread thread in _threads) thread.Join();
    }

    private static Channel<Work> Bounded() =>
        Channel.CreateBounded<Work>(new BoundedChannelOptions(Ahead) { SingleReader = true, SingleWriter = true });

    private void Send(Work work)
    {
        ThrowFailure();
        foreach (Channel<Work> input in _inputs) Write(input.Writer, work);
        Write(_outputs.Writer, work);
    }

    private static void Write(ChannelWriter<Work> writer, Work work)
    {
        while (!writer.TryWrite(work))
        {
            bool isOpen = writer.WaitToWriteAsync().AsTask().GetAwaiter().GetResult();
            ObjectDisposedException.ThrowIf(!isOpen, typeof(QueryEngine));
        }
    }

    private static bool Read(ChannelReader<Work> reader, out Work? work)
    {
        while (!reader.TryRead(out work))
            if (!reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
                return false;
        return true;
    }

    private void Run(Shard shard, ChannelReader<Work> reader)
    {
        while (Read(reader, out Work? work))
        {
            try
            {
                if (work!.Done is null && _failure is null) shard.Process(work.Admitted);
            }
            catch (Exception exception)
            {
                _failure = exception;
            }

            work!.Finish(shard.Sayings);
            shard.Sayings.Clear();
        }
    }

    private void GiveOut()
    {
        while (Read(_outputs.Reader, out Work? work))
        {
            List<Saying> sayings = work!.Wait();
            try
            {
                if (sayings.Count > 0 && _failure is null) _say(sayings);
            }
            catch (Exception exception)
            {
                _failure = exception;
            }

            work.Done?.Set();
        }
    }

    private void ThrowFailure()
    {
        if (_failure is { } failure)
            throw new InvalidOperationException("A shard or the alert handler failed: " + FailureText.Of(failure), failure);
    }

    private sealed class Work(Admitted admitted, int shards)
    {
        private readonly List<Saying> _sayings = [];
        private int _left = shards;

        public Admitted Admitted { get; } = admitted;

        public ManualResetEventSlim? Done { get; init; }

        public void Finish(List<Saying> sayings)
        {
            lock (_sayings)
            {
                _sayings.AddRange(sayings);
                if (--_left == 0) Monitor.Pulse(_sayings);
            }
        }

        public List<Saying> Wait()
        {
            lock (_sayings)
                while (_left > 0) Monitor.Wait(_sayings);
            _sayings.Sort();
            return _sayings;
        }
    }
}
