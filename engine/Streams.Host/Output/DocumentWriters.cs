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
    private readonly BlockingCollection<Page> _work = [];
    private readonly Queue<Page> _inOrder = new();
    private readonly Stack<Page> _free = new();
    private readonly Thread[] _threads;

    /// <summary>Starts the threads.</summary>
    /// <param name="threads">How many.</param>
    /// <param name="matches">Which events; null for all.</param>
    /// <param name="raw">Whether documents keep the raw records.</param>
    public DocumentWriters(int threads, Func<Event, bool>? matches, bool raw)
    {
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
    /// <exception cref="InvalidOperationException">An event could not be written.</exception>
    public void TakeTo(IBufferWriter<byte> output)
    {
        Page page = _inOrder.Dequeue();
        page.Done.Wait();
        page.Done.Reset();
        if (page.Error is { } error)
            throw new InvalidOperationException($"A document could not be written: {FailureText.Of(error)}", error);
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
            try
            {
                foreach (Event each in page.Events.Span)
                {
                    if (_matches is not null && !_matches(each)) continue;
                    each.WriteDocument(page.Lines, _raw);
                    page.Lines.Write("\n"u8);
                }
            }
            catch (Exception exception) when (exception is not OutOfMemoryException)
            {
                page.Error = exception;
            }

            page.Events = default;
            page.Done.Set();
        }
    }

    private sealed class Page
    {
        public ReadOnlyMemory<Event> Events { get; set; }

        public ArrayBufferWriter<byte> Lines { get; } = new(256 * 1024);

        public ManualResetEventSlim Done { get; } = new();

        public Exception? Error { get; set; }
    }
}
