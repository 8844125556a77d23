using System.Runtime.InteropServices;

namespace Streams.Audit.Netlink;

/// <summary>
/// The thread that only reads: it takes everything that is in the socket, 64 messages a call, and hands it over unread. Only thus does
/// the kernel's backlog stay empty while others decode.
/// </summary>
internal sealed unsafe class SocketReader : IDisposable
{
    private const int Messages = 64;

    // MAX_AUDIT_MESSAGE_LENGTH of the kernel is 8,970, and 16 for the header.
    private const int Slot = 9216;

    // The more comes, the longer it is let gather before the next read: to wake up for each handful costs more than to read it. Fewer
    // than 2,000 messages a second are read as they come; from 10,000 on it is a flood, and what it costs the host matters more than
    // some milliseconds.
    private const int Window = 10;
    private const int BusyMessages = 20;
    private const int BusyMicroseconds = 1000;
    private const int FloodMessages = 100;
    private const int FloodMicroseconds = 4000;

    private readonly AuditSocket _socket;
    private readonly RecordQueue _queue;
    private readonly WakeDescriptor _stop = new();
    private readonly byte* _texts = (byte*)NativeMemory.AlignedAlloc(Messages * Slot, 64);
    private readonly Libc.MessageHeader* _headers;
    private readonly Libc.Vector* _vectors;
    private readonly Libc.NetlinkAddress* _senders;
    private RecordBlock _block;
    private long _messages;
    private long _messagesBefore;
    private long _windowEnd;
    private int _gatherTime;
    private long _overflows;
    private long _forged;
    private volatile bool _isWaiting;

    public SocketReader(AuditSocket socket, RecordQueue queue)
    {
        _socket = socket;
        _queue = queue;
        _block = queue.Rent();
        _headers = (Libc.MessageHeader*)NativeMemory.AllocZeroed(Messages, (nuint)sizeof(Libc.MessageHeader));
        _vectors = (Libc.Vector*)NativeMemory.AllocZeroed(Messages, (nuint)sizeof(Libc.Vector));
        _senders = (Libc.NetlinkAddress*)NativeMemory.AllocZeroed(Messages, (nuint)sizeof(Libc.NetlinkAddress));
        for (int i = 0; i < Messages; i++)
        {
            _vectors[i] = new Libc.Vector { Base = _texts + i * Slot, Length = Slot };
            _headers[i].Vectors = _vectors + i;
            _headers[i].VectorCount = 1;
        }
    }

    /// <summary>How often the socket's buffer overflowed (ENOBUFS).</summary>
    public long Overflows => Volatile.Read(ref _overflows);

    /// <summary>Messages that another process sent.</summary>
    public long Forged => Volatile.Read(ref _forged);

    /// <summary>Whether the socket is empty and all that was in it is handed over.</summary>
    // In this order: what is in the socket no more is handed over before the thread waits again.
    public bool IsDone => Libc.Poll([new() { Descriptor = _socket.Descriptor, Events = Libc.PollIn }], 1, 0) == 0 && _isWaiting;

    /// <summary>Reads until <see cref="Stop"/>, and then what is there still.</summary>
    /// <exception cref="AuditException">The socket is broken.</exception>
    public void Run()
    {
        Span<Libc.PollDescriptor> wait =
        [
            new() { Descriptor = _socket.Descriptor, Events = Libc.PollIn },
            new() { Descriptor = _stop.Descriptor, Events = Libc.PollIn },
        ];
        bool isStopped = false;
        while (!isStopped)
        {
            if (GatherTime() is > 0 and int time) Libc.Poll(wait[1..], time);
            _isWaiting = true;
            int ready = Libc.Poll(wait, 2, -1);
            _isWaiting = false;
            if (ready < 0) continue;
            isStopped = wait[1].Returned != 0;
            Drain();
        }
    }

    /// <summary>Ends <see cref="Run"/>, from another thread.</summary>
    public void Stop() => _stop.Signal();

    public void Dispose()
    {
        _stop.Dispose();
        _block.Dispose();
        NativeMemory.AlignedFree(_texts);
        NativeMemory.Free(_headers);
        NativeMemory.Free(_vectors);
        NativeMemory.Free(_senders);
    }

    // By the messages of the last window of milliseconds; one who slept through a window was not busy.
    private int GatherTime()
    {
        long now = Environment.TickCount64;
        if (now < _windowEnd) return _gatherTime;
        long messages = now - _windowEnd < Window ? _messages - _messagesBefore : 0;
        _gatherTime = messages >= FloodMessages ? FloodMicroseconds : messages >= BusyMessages ? BusyMicroseconds : 0;
        _messagesBefore = _messages;
        _windowEnd = now + Window;
        return _gatherTime;
    }

    private void Drain()
    {
        for (int got = Messages; got == Messages;)
        {
            if (_socket.HasReadAlong) AskForSenders();
            got = Libc.ReceiveMany(_socket, _headers, Messages, Libc.MsgDontwait, 0);
            if (got < 0)
            {
                int error = Marshal.GetLastPInvokeError();
                if (error == Libc.Eagain) break;
                if (error is not (Libc.Enobufs or Libc.Eintr)) throw new AuditException("hand out records", error);
                if (error == Libc.Enobufs)
                {
                    Volatile.Write(ref _overflows, _overflows + 1);
                    _block.Overflows++;
                }

                got = Messages;
                continue;
            }

            _messages += got;
            for (int i = 0; i < got; i++) Take(i);
        }

        if (_block.Count > 0 || _block.Overflows > 0) HandOver();
    }

    // A twentieth of what it costs to read a message.
    private void AskForSenders()
    {
        for (int i = 0; i < Messages; i++)
        {
            _headers[i].Address = _senders + i;
            _headers[i].AddressLength = (uint)sizeof(Libc.NetlinkAddress);
        }
    }

    private void Take(int index)
    {
        ref Libc.NetlinkAddress sender = ref _senders[index];
        uint length = _headers[index].Length;
        if (sender.Port != 0)
        {
            Volatile.Write(ref _forged, _forged + 1);
            return;
        }

        if (length < NetlinkMessage.HeaderSize) return;
        byte* start = _texts + index * Slot;
        ushort type = ((NetlinkMessage.Header*)start)->Type;
        var text = new ReadOnlySpan<byte>(start + NetlinkMessage.HeaderSize, (int)length - NetlinkMessage.HeaderSize);
        while (!_block.TryAdd(type, sender.Groups != 0, text)) HandOver();
    }

    private void HandOver()
    {
        _queue.Enqueue(_block);
        _block = _queue.Rent();
    }
}
