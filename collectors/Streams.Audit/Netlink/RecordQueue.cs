namespace Streams.Audit.Netlink;

/// <summary>
/// The blocks between the thread that reads and the thread that decodes, up to a limit of bytes. Full, it holds the reader up or drops
/// its oldest block.
/// </summary>
internal sealed class RecordQueue(long limit, bool blocks) : IDisposable
{
    // Blocks kept for the next burst; more are given back.
    private const int Spare = 8;

    private readonly Lock _spareGate = new();
    private readonly object _gate = new();
    private readonly Queue<RecordBlock> _queue = new();
    private readonly Stack<RecordBlock> _spare = new();
    private RecordBlock? _newest;
    private long _bytes;
    private bool _isCompleted;
    private bool _isWoken;
    private bool _isOut;

    /// <summary>Records that were dropped because the queue was full.</summary>
    public long DroppedRecords { get; private set; }

    /// <summary>Their bytes.</summary>
    public long DroppedBytes { get; private set; }

    /// <summary>Whether something waits to be taken.</summary>
    public bool IsEmpty
    {
        get
        {
            lock (_gate) return _queue.Count == 0;
        }
    }

    /// <summary>Whether nothing waits to be taken, and who takes has asked for more since he took the last block.</summary>
    public bool IsDone
    {
        get
        {
            lock (_gate) return _queue.Count == 0 && !_isOut;
        }
    }

    /// <summary>An empty block.</summary>
    public RecordBlock Rent()
    {
        lock (_spareGate)
        {
            if (_spare.TryPop(out RecordBlock? block)) return block;
        }

        return new RecordBlock();
    }

    /// <summary>Gives a block back.</summary>
    public void Return(RecordBlock block)
    {
        block.Clear();
        lock (_spareGate)
        {
            if (_spare.Count < Spare)
            {
                _spare.Push(block);
                return;
            }
        }

        block.Dispose();
    }

    /// <summary>Hands a block over; it belongs to the queue then.</summary>
    public void Enqueue(RecordBlock block)
    {
        lock (_gate)
        {
            while (blocks && _bytes > 0 && _bytes + block.Length > limit && !_isCompleted) Monitor.Wait(_gate);

            // Many small blocks would hold much more memory than records.
            if (_newest is not null && _newest.TryAdd(block))
            {
                _bytes += block.Length;
                Return(block);
            }
            else
            {
                _bytes += block.Length;
                _queue.Enqueue(block);
                _newest = block;
            }

            while (!blocks && _bytes > limit && _queue.Count > 1) Drop();
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Takes the oldest block; null when none came in time, at <see cref="Wake"/>, and at the end.</summary>
    /// <param name="milliseconds">How long to wait.</param>
    /// <param name="isEnded">Whether nothing more will come.</param>
    public RecordBlock? Dequeue(int milliseconds, out bool isEnded)
    {
        lock (_gate)
        {
            _isOut = false;
            if (_queue.Count == 0 && !_isCompleted && !_isWoken && milliseconds > 0) Monitor.Wait(_gate, milliseconds);
            _isWoken = false;
            isEnded = _isCompleted && _queue.Count == 0;
            if (!_queue.TryDequeue(out RecordBlock? block)) return null;
            _isOut = true;
            if (block == _newest) _newest = null;
            _bytes -= block.Length;
            if (blocks) Monitor.PulseAll(_gate);
            return block;
        }
    }

    /// <summary>Lets the one who waits for a block go on.</summary>
    public void Wake()
    {
        lock (_gate)
        {
            _isWoken = true;
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Nothing more will come. What has come can still be taken.</summary>
    public void Complete()
    {
        lock (_gate)
        {
            _isCompleted = true;
            Monitor.PulseAll(_gate);
        }
    }

    public void Dispose()
    {
        while (_queue.TryDequeue(out RecordBlock? block)) block.Dispose();
        while (_spare.TryPop(out RecordBlock? block)) block.Dispose();
    }

    private void Drop()
    {
        RecordBlock oldest = _queue.Dequeue();
        _bytes -= oldest.Length;
        DroppedRecords += oldest.Count;
        DroppedBytes += oldest.Length;
        RecordBlock next = _queue.Peek();
        next.DroppedBefore += oldest.DroppedBefore + oldest.Count;
        next.Overflows += oldest.Overflows;
        Return(oldest);
    }
}
