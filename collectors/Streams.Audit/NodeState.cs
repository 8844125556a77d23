using System.Text;

namespace Streams.Audit;

/// <summary>What is known of a host: how far its stamps have come, which records it sends, its unfinished events.</summary>
internal sealed class NodeState(string name, byte[] bytes, int number, bool isKernel)
{
    /// <summary>A longer step of the stamps, milliseconds, is believed only when several events follow it.</summary>
    public const long Jump = 3_600_000;

    private const int Witnesses = 4;
    private const int Habit = 8;

    // Of the kernel's own records: where many are lost, what is left of a thousand calls in a row may still be alike.
    private const int KernelHabit = 1000;

    private long _jumpTo;
    private int _witnesses;
    private bool _started;

    // Above 0: the node sends these; at the lowest: it does not. One record is enough to believe that it does.
    private int _titles;
    private int _ends;
    private int _directories;
    private uint _serial;
    private bool _hasSerial;

    public string Name => name;

    /// <summary>From 1; of a name once only.</summary>
    public int Number => number;

    /// <summary>The newest stamp that is believed, milliseconds.</summary>
    public long Newest { get; private set; }

    public long SerialGaps { get; private set; }

    public OpenEvent? Oldest { get; private set; }
    private OpenEvent? _last;

    public bool SendsTitles => _titles > 0;
    public bool SendsEnds => isKernel || _ends > 0;

    /// <summary>Whether the kernel writes a CWD with every PATH; of others that is not known.</summary>
    public bool SendsDirectories => _directories > 0;
    public bool SendsNeither => _titles == -Habit && _ends <= 0;

    public bool Is(ReadOnlySpan<byte> other) => other.SequenceEqual(bytes);

    public void SeenTitle() => _titles = isKernel ? KernelHabit : Habit;

    public void SeenEnd() => _ends = Habit;

    /// <summary>A call was closed by time: what it lacks may be what the node does not send, or no longer.</summary>
    public void ClosedUnfinished(bool hasTitle, bool hasEnd)
    {
        if (isKernel) return;
        if (!hasTitle && _titles > -Habit) _titles--;
        if (!hasEnd && _ends > 0) _ends--;
    }

    /// <summary>The kernel ended a call: what many that it ends lack is excluded by a rule.</summary>
    /// <param name="hasTitle">Whether it has its PROCTITLE.</param>
    /// <param name="hasDirectory">Whether it has its CWD; null for a call without paths, which has none.</param>
    public void Ended(bool hasTitle, bool? hasDirectory)
    {
        if (!isKernel) return;
        if (!hasTitle && _titles > 0) _titles--;
        if (hasDirectory == true) _directories = KernelHabit;
        else if (hasDirectory == false && _directories > 0) _directories--;
    }

    /// <summary>A new event has this stamp.</summary>
    /// <returns>Whether it was the one that made a longer step believed.</returns>
    public bool Advance(long time)
    {
        long ahead = time - Newest;
        if (!_started)
        {
            _started = true;
            Newest = time;
        }
        else if (ahead is <= Jump and >= -Jump)
        {
            _witnesses = 0;
            Newest = Math.Max(Newest, time);
        }
        else if (_witnesses == 0 || Math.Abs(time - _jumpTo) > Jump)
        {
            _witnesses = 1;
            _jumpTo = time;
        }
        else
        {
            _jumpTo = Math.Max(_jumpTo, time);
            if (++_witnesses < Witnesses) return false;
            _witnesses = 0;
            Newest = _jumpTo;
            return true;
        }

        return false;
    }

    /// <summary>A new event has this serial: one more than the newest before, unless records came out of order or are missing.</summary>
    public void SeenSerial(uint serial)
    {
        int step = unchecked((int)(serial - _serial));
        if (!_hasSerial || step is > 1 << 24 or < -(1 << 24))
        {
            _hasSerial = true;
            _serial = serial;
        }
        else if (step > 0)
        {
            SerialGaps += step - 1;
            _serial = serial;
        }
        else if (step < 0 && SerialGaps > 0)
        {
            SerialGaps--;
        }
    }

    /// <summary>None of its events is unfinished any more.</summary>
    public void ForgetEvents() => Oldest = _last = null;

    public void Append(OpenEvent open)
    {
        open.OlderOfNode = _last;
        open.NewerOfNode = null;
        if (_last is null) Oldest = open;
        else _last.NewerOfNode = open;
        _last = open;
    }

    public void Remove(OpenEvent open)
    {
        if (open.OlderOfNode is null) Oldest = open.NewerOfNode;
        else open.OlderOfNode.NewerOfNode = open.NewerOfNode;
        if (open.NewerOfNode is null) _last = open.OlderOfNode;
        else open.NewerOfNode.OlderOfNode = open.OlderOfNode;
        open.OlderOfNode = open.NewerOfNode = null;
    }
}

/// <summary>
/// The hosts of a source by name. Names are whatever a log says, so there is a limit: when it is reached, what was learnt of hosts
/// without unfinished events is forgotten.
/// </summary>
internal sealed class NodeTable
{
    private readonly Dictionary<string, NodeState> _nodes = [];
    private readonly Dictionary<string, NodeState>.AlternateLookup<ReadOnlySpan<char>> _byName;
    private readonly NodeState _default;
    private readonly int _limit;
    private readonly bool _isKernel;
    private NodeState _last;
    private long _forgottenGaps;
    private int _numbers;

    public NodeTable(string host, int limit, bool isKernel)
    {
        _limit = limit;
        _isKernel = isKernel;
        _byName = _nodes.GetAlternateLookup<ReadOnlySpan<char>>();
        _default = _last = Make(host);
    }

    public int Count => _nodes.Count;

    public long SerialGaps => _forgottenGaps + _nodes.Values.Sum(node => node.SerialGaps);

    /// <summary>The host of that name; the default one when it is empty.</summary>
    public NodeState Get(ReadOnlySpan<byte> name)
    {
        if (name.IsEmpty) return _default;
        if (_last.Is(name)) return _last;
        Span<char> text = name.Length <= 256 ? stackalloc char[256] : new char[name.Length];
        text = text[..Encoding.UTF8.GetChars(name, text)];
        if (_byName.TryGetValue(text, out NodeState? node)) return _last = node;
        if (_nodes.Count >= _limit) Forget();
        return _last = Make(text.ToString());
    }

    /// <summary>No event of any host is unfinished any more.</summary>
    public void ForgetEvents()
    {
        foreach (NodeState node in _nodes.Values) node.ForgetEvents();
    }

    private NodeState Make(string name) => _nodes[name] = new NodeState(name, Encoding.UTF8.GetBytes(name), ++_numbers, _isKernel);

    private void Forget()
    {
        _last = _default;
        foreach ((string name, NodeState node) in _nodes)
        {
            if (node == _default || node.Oldest is not null) continue;
            _forgottenGaps += node.SerialGaps;
            _nodes.Remove(name);
        }
    }
}
