using System.Text;
using Streams.Events.Decoding;

namespace Streams.Events;

public sealed partial class Field
{
    private byte[] _suffix = [];
    private string? _suffixText;

    /// <summary>
    /// Whether it is among the fields that audit events have; of a family such as <c>auditd.data.*</c>, whether a kernel or a program is
    /// known to write that key. Events may have others.
    /// </summary>
    public bool IsKnown => Id != FieldId.None && (_suffixText is null || Key != RecordKey.Unknown);

    /// <summary>The names of the fields that are known in this sense, in no particular order.</summary>
    public static IEnumerable<string> KnownNames => DocumentShape.Names.Concat(RecordKey.All.Select(key => $"auditd.data.{key}"));

    /// <summary>Which field of an audit event it is.</summary>
    internal FieldId Id { get; private set; }

    /// <summary>The key in a record that it shows, where it is of a family such as <c>auditd.data.*</c>.</summary>
    internal ushort Key { get; private set; }

    /// <summary>What follows the name of the family.</summary>
    internal ReadOnlySpan<byte> Suffix => _suffix;

    internal bool IsSuffix(string text) => _suffixText == text;

    partial void Resolve()
    {
        (Id, _suffixText) = DocumentShape.Find(Name);
        if (_suffixText is null) return;
        _suffix = Encoding.UTF8.GetBytes(_suffixText);
        Key = RecordKey.Find(_suffix);
    }
}
