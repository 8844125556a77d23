using Streams.Events.Tables;

namespace Streams.Events.Decoding;

/// <summary>The PATH records as a list.</summary>
internal sealed partial class Decoder
{
    private PathItem[]? _paths;

    public PathItem[] Paths() => _paths ??= ReadPaths();

    private PathItem[] ReadPaths()
    {
        int count = 0;
        for (int i = 0; i < _recordCount; i++)
        {
            if (_records[i].Type == RecordType.Path) count++;
        }

        if (count == 0) return [];
        string? folder = Data("cwd");
        var paths = new PathItem[count];
        count = 0;
        for (int i = 0; i < _recordCount; i++)
        {
            if (_records[i].Type != RecordType.Path) continue;
            Read(ref _records[i]);
            int kind = FindIn(_records[i], RecordKey.Nametype);
            if (kind < 0) kind = FindIn(_records[i], RecordKey.Objtype);
            string? name = Strings.Of(Raw(FindIn(_records[i], RecordKey.Name)));
            paths[count++] = new PathItem(name is null ? null : AbsolutePath.Of(name, folder), Strings.Of(Raw(kind)));
        }

        return paths;
    }
}
