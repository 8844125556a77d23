using System.Collections.Concurrent;

namespace Streams.Events;

/// <summary>
/// A document field's name, resolved once so that reading it from an event costs no comparison of strings. The names are those of
/// the document: <c>process.executable</c>, <c>auditd.data.op</c>, <c>event.action</c>.
/// </summary>
public sealed partial class Field
{
    private static readonly ConcurrentDictionary<string, Field> Known = new(StringComparer.Ordinal);

    private Field(string name)
    {
        Name = name;
        Resolve();
    }

    /// <summary>The dotted name.</summary>
    public string Name { get; }

    /// <summary>The field of that name; the same object each time.</summary>
    public static Field Of(string name) => Known.GetOrAdd(name, static n => new Field(n));

    /// <inheritdoc/>
    public override string ToString() => Name;

    partial void Resolve();
}
