using Streams.Audit;
using Streams.Events.Input;

namespace Streams.Host.Running;

/// <summary>Reads logs on one thread and works on their events on another, the caller's.</summary>
internal static class LogRun
{
    // Enough to smooth out differences, little enough to stay in the processor's cache.
    private const int Batches = 8;

    /// <summary>Runs to the end of the logs.</summary>
    /// <param name="reader">What reads.</param>
    /// <param name="work">Takes each batch.</param>
    /// <param name="idle">Called before waiting for more.</param>
    /// <param name="stop">Stops the run.</param>
    /// <returns>Whether it came to the end; false when it was stopped.</returns>
    public static bool Run(AuditLogReader reader, Action<Batch> work, Action idle, CancellationToken stop)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var queue = new BatchQueue(Batches);
        var reading = new Thread(() => Read(reader, queue, ended.Token)) { IsBackground = true, Name = "reader" };
        reading.Start();
        try
        {
            while (true)
            {
                while (queue.TryTake(out Batch? batch))
                {
                    work(batch);
                    if (stop.IsCancellationRequested) return false;
                }

                idle();
                if (!queue.Wait(stop)) return true;
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return false;
        }
        finally
        {
            // A read of a terminal or a pipe cannot be interrupted; that thread is left behind.
            ended.Cancel();
            reading.Join(TimeSpan.FromMilliseconds(200));
        }
    }

    private static void Read(AuditLogReader reader, BatchQueue queue, CancellationToken cancellation)
    {
        try
        {
            reader.ReadInput(batch => queue.Add(batch, cancellation), cancellation);
            queue.Complete();
        }
        catch (Exception e)
        {
            // Whoever takes the batches throws it.
            queue.Complete(e is OperationCanceledException && cancellation.IsCancellationRequested ? null : e);
        }
    }
}
