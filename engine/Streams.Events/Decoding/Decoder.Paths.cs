using Streams.Events.Tables;

namespace Streams.Events.Decoding;

/// <summary>The PATH records as a list.</summary>
internal sealed partial class Decoder
{
    private PathItem[]? _paths;
    private int[] _pathOrder = new int[16];
    private int _pathCount;
    private bool _pathOrderRead;
    private PathOrigin _origin;
    private bool _originRead;

    public PathItem[] Paths() => _paths ??= ReadPaths();

    /// <summary>The PATH records, in the order of their items: a logging daemon may write them in any.</summary>
    private ReadOnlySpan<int> PathOrder()
    {
        if (!_pathOrderRead) ReadPathOrder();
        return _pathOrder.AsSpan(0, _pathCount);
    }

    private void ReadPathOrder()
    {
        _pathOrderRead = true;
        _pathCount = 0;
        if (_pathOrder.Length < _recordCount || _pathOrder.Length > 4096) _pathOrder = new int[Math.Max(16, _recordCount)];
        long before = -1;
        bool isInOrder = true;
        for (int i = 0; i < _recordCount; i++)
        {
            if (_records[i].Type != RecordType.Path) continue;
            long item = Item(i);
            isInOrder &= item >= before;
            before = item;
            _pathOrder[_pathCount++] = i;
        }

        if (isInOrder) return;
        int count = _pathCount;
        long[] items = new long[count];
        for (int i = 0; i < count; i++) items[i] = Item(_pathOrder[i]) << 32 | (uint)i;
        Array.Sort(items, _pathOrder, 0, count);
    }

    // A record without a number goes where it stands.
    private long Item(int record)
    {
        ReadOnlySpan<byte> text = _text.AsSpan(_records[record].Start, _records[record].End - _records[record].Start);
        return text.StartsWith("item="u8) && System.Buffers.Text.Utf8Parser.TryParse(text[5..], out ushort item, out _) ? item : record;
    }

    /// <summary>Where the relative names in the PATH records begin.</summary>
    private PathOrigin Origin()
    {
        if (_originRead) return _origin;
        _originRead = true;
        if (_event!.SyscallId == SyscallId.None)
        {
            bool isRing = _actorRecord >= 0 && _records[_actorRecord].Type == RecordType.Uringop;
            return _origin = isRing ? PathOrigin.Unknown : PathOrigin.Placed;
        }

        (int First, int Second) arguments = PathOrigin.Arguments(_event.SyscallId);
        return _origin = arguments.First < 0
            ? PathOrigin.Placed
            : PathOrigin.Of(arguments, OptionalArgument(arguments.First), OptionalArgument(arguments.Second));
    }

    private ulong? OptionalArgument(int number) => number >= 0 && Argument(number, out ulong value) ? value : null;

    private PathItem[] ReadPaths()
    {
        ReadOnlySpan<int> order = PathOrder();
        if (order.IsEmpty) return [];
        string? folder = Data("cwd");
        PathOrigin origin = Origin();
        bool isLink = PathOrigin.IsLink(_event!.SyscallId);
        var paths = new PathItem[order.Length];
        int parents = 0;
        for (int i = 0; i < paths.Length; i++)
        {
            ref Part record = ref _records[order[i]];
            Read(ref record);
            int kind = FindIn(record, RecordKey.Nametype);
            if (kind < 0) kind = FindIn(record, RecordKey.Objtype);
            ReadOnlySpan<byte> type = kind < 0 ? default : Bytes(kind);
            bool isPlaced = origin.Places(type, parents) && !(isLink && type.SequenceEqual("UNKNOWN"u8));
            string? name = Strings.Of(Raw(FindIn(record, RecordKey.Name)));
            paths[i] = PathItem.Of(name, Strings.Of(Raw(kind)), folder, isPlaced) with
            {
                File = FileNumber.Of(BytesIn(record, RecordKey.Inode), BytesIn(record, RecordKey.Dev)),
            };
            if (type.SequenceEqual("PARENT"u8)) parents++;
        }

        return paths;
    }

    private void AddUnplacedPaths()
    {
        if (_recordCount < 2 || Origin().IsPlaced) return;
        foreach (PathItem path in Paths())
        {
            if (path.IsUnplaced && path.NameType != "PARENT") _items.Add(Piece.From(path.Path));
        }
    }
}
