using Streams.Events;

namespace Streams.Host.Output;

/// <summary>
/// Fields that a filter names and that may be misspelt: no record is known to have them, and no event had them so far. May be asked by
/// several threads.
/// </summary>
internal sealed class UnseenFields(IEnumerable<Field> named)
{
    private readonly Field?[] _fields = [.. named.Where(candidate => !candidate.IsKnown)];

    /// <summary>The fields that are still unseen.</summary>
    public IEnumerable<Field> Fields => _fields.OfType<Field>();

    /// <summary>Looks for them in an event.</summary>
    public void Look(Event shown)
    {
        for (int i = 0; i < _fields.Length; i++)
        {
            if (_fields[i] is { } field && !shown[field].IsMissing) _fields[i] = null;
        }
    }
}
