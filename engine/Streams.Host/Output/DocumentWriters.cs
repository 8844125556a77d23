using System.Buffers;
using System.Collections.Concurrent;
using Streams.Events;

namespace Streams.Host.Output;

/// <summary>
/// Writes batches of events as lines of JSON, several batches at a time, and gives the lines back in the order of the batches.
/// </summary>
internal sealed class DocumentWriters : IDisposable
{
    private readonly Func<Event, bool>? _matches;
    private readonly bool _raw;
    private readonly FaultLog _faults;
    private readonly BlockingCollection<Page> _work = [];
    private readonly Queue<Page> _inOrder = new();
    private readonly Stack<Page> _free = new();
    private readonly Thread[] _threads;

    /// <summary>Starts the threads.</summary>
    /// <param name="threads">How many.</param>
    /// <param name="matches">Which events; null for all.</param>
    /// <param name="raw">Whether documents keep the raw records.</param>
    /// <param name="faults">Counts the events that could not be written as they should.</param>
    public DocumentWriters(int threads, Func<Event, bool>? matches, bool raw, FaultLog faults)
    {
        _faults = faults;
        _matches = matches;
        _raw = raw;
        _threads = [.. Enumerable.Range(0, threads).Select(i => new Thread(Work) { IsBackground = true, Name = $"documents {i}" })];
        foreach (Thread thread in _threads) thread.Start();
    }

    /// <summary>How many batches have been added and not taken.</summary>
    public int Count => _inOrder.Count;

    /// <summary>Whether every thread has something to do and something to go on with.</summary>
    public bool IsBusy => _inOrder.Count >= 2 * _threads.Length;

    /// <summary>Hands a batch to the threads.</summary>
    public void Add(ReadOnlyMemory<Event> batch)
    {
        Page page = _free.TryPop(out Page? free) ? free : new Page();
        page.Events = batch;
        _inOrder.Enqueue(page);
        _work.Add(page);
    }

    /// <summary>Waits for the oldest batch and copies its lines.</summary>
    public void TakeTo(IBufferWriter<byte> output)
    {
        Page page = _inOrder.Dequeue();
        page.Done.Wait();
        page.Done.Reset();
        output.Write(page.Lines.WrittenSpan);
        page.Lines.ResetWrittenCount();
        _free.Push(page);
    }

    /// <summary>Ends the threads.</summary>
    public void Dispose()
    {
        _work.CompleteAdding();
        foreach (Thread thread in _threads) thread.Join();
        _work.Dispose();
    }

    private void Work()
    {
        foreach (Page page in _work.GetConsumingEnumerable())
        {
            int next = 0;
            while (next < page.Events.Length)
            {
                // One block for all of them: after a fault it continues behind the event that failed.
                try
                {
                    Write(page, ref next);
                }
                catch (Exception error) when (EventFaults.IsContained(error))
                {
                    Event failed = page.Events.Span[next - 1];
                    failed.Fail(EventFault.Document, error);
                    TakeFault(failed);
                }
            }

            page.Events = default;
            page.Done.Set();
        }
    }

    // An event is written whole or not at all.
    private void Write(Page page, ref int next)
    {
        ReadOnlySpan<Event> events = page.Events.Span;
        while (next < events.Length)
        {
            Event each = events[next++];
            if (_matches is not null && !_matches(each)) continue;
            each.WriteDocument(page.Lines, _raw);
            page.Lines.Write("\n"u8);
            if (each.Fault != EventFault.None) TakeFault(each);
        }
    }

    private void TakeFault(Event each)
    {
        if (each.TakeFault(out Exception? error) is not EventFault.None and var fault) _faults.Add(fault, each, error);
    }

    private sealed class Page
    {
        public ReadOnlyMemory<Event> Events { get; set; }

        public ArrayBufferWriter<byte> Lines { get; } = new(256 * 1024);

        public ManualResetEventSlim Done { get; } = new();
    }
}
