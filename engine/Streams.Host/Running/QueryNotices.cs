using Streams.Engine;
using Streams.Host.Output;
using Streams.Scripting;

namespace Streams.Host.Running;

/// <summary>Tells that a query has failed. The first of each kind is told, the rest is counted: it may fail at every event.</summary>
/// <param name="folder">The folder of the queries, for the places of faults.</param>
/// <param name="tell">Takes a line.</param>
internal sealed class QueryNotices(string folder, Action<string> tell)
{
    private readonly HashSet<(string, QueryNoticeKind)> _told = [];

    /// <summary>Whether there was any.</summary>
    public bool HasFaults { get; private set; }

    /// <summary>Takes a notice.</summary>
    public void Tell(QueryNotice notice)
    {
        HasFaults = true;
        if (!_told.Add((notice.Query, notice.Kind))) return;
        string whose = notice.Host is null ? "" : $" of {notice.Host}";
        string what = notice.Kind == QueryNoticeKind.Fault
            ? $"failed at an event{whose}, and goes on"
            : $"failed too often and gets no more events{whose}";
        string place = ScriptPlace.Of(notice.Exception, folder) is { } found ? $"{found}: " : "";
        string why = ScriptFault.What(notice.Exception);
        tell($"streams: {TerminalText.Escape($"{place}{notice.Query} {what}: {why}", 1000)}");
    }
}
