using Streams.Events;
using Streams.Events.Tables;

namespace Streams.Engine.QueryStrings;

/// <summary>
/// Names in a query that nothing is called, but something else nearly is: such a clause never matches, and nothing else says so. It is no
/// mistake for certain, as a document may have any field.
/// </summary>
internal static class Misspellings
{
    // Beside those of audit events, docs/file-integrity.md.
    private static readonly string[] FieldsOfFiles =
    [
        "file.ctime", "file.mtime", "file.size", "file.extension", "file.mime_type", "file.name", "file.origin_path", "file.target_path",
        "file.setuid", "file.setgid", "file.selinux", "file.directory", "file.created", "file.accessed", "file.drive_letter",
    ];

    // Keys of records are short, and far more are in use than are listed: of a short one nobody knows what was meant.
    private const string DataFamily = "auditd.data.";
    private const int ShortestKey = 5;

    /// <summary>The doubtful names and what they are near to, each once.</summary>
    public static IReadOnlyList<(string Name, string Meant)> In(Expression expression)
    {
        var found = new List<(string Name, string Meant)>();
        var fields = new List<Field>();
        expression.CollectFields(fields);
        foreach (Field field in fields)
        {
            if (MeantBy(field) is { } meant) found.Add((field.Name, meant));
        }

        Collect(expression, found);
        return [.. found.Distinct()];
    }

    /// <summary>The known field that a name is near to; null when it is known, or near to none.</summary>
    public static string? MeantBy(Field field)
    {
        if (field.IsKnown || FieldsOfFiles.Contains(field.Name)) return null;
        string name = field.Name;
        if (name.StartsWith(DataFamily, StringComparison.Ordinal) && name.Length < DataFamily.Length + ShortestKey) return null;
        string? near = Nearest.To(name, Field.KnownNames.Concat(FieldsOfFiles));
        return near is not null && Nearest.Distance(name, near) <= 2 ? near : null;
    }

    private static void Collect(Expression expression, List<(string Name, string Meant)> found)
    {
        switch (expression)
        {
            case Expression.Junction junction:
                foreach (Expression part in junction.Parts) Collect(part, found);
                break;
            case Expression.Not not:
                Collect(not.Part, found);
                break;
            case Expression.Exact exact when exact.Field == RequiredNames.Syscall && !Syscalls.TryFind(exact.Value, out _):
                if (Nearest.To(exact.Value, Syscalls.All) is { } call) found.Add((exact.Value, call));
                break;
            case Expression.Exact exact when exact.Field == RequiredNames.RecordType:
                IEnumerable<string> types = RecordTypes.All.Select(type => RecordTypes.Name(type).ToLowerInvariant());
                if (!types.Contains(exact.Value) && Nearest.To(exact.Value, types) is { } type) found.Add((exact.Value, type));
                break;
        }
    }
}
