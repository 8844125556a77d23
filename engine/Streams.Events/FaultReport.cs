using System.Diagnostics;
using System.Globalization;

namespace Streams.Events;

/// <summary>What Streams failed at on one host since it was reported last.</summary>
/// <param name="Fault">The cause.</param>
/// <param name="Host">The host of the events.</param>
/// <param name="Collector">The collector that they came from.</param>
/// <param name="From">When the first of them occurred.</param>
/// <param name="To">When the last of them occurred.</param>
/// <param name="Events">How many events.</param>
/// <param name="Records">How many records they hold; all are kept.</param>
/// <param name="Example">The first of the events and what was thrown at it.</param>
public sealed record FaultReport(
    EventFault Fault, string Host, string Collector, DateTimeOffset From, DateTimeOffset To, long Events, long Records, string Example)
{
    /// <summary>The same in one sentence, with text of others: escape it.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Events:N0} {(Events == 1 ? "event" : "events")} of {Host} could not be {EventFaults.Participle(Fault)} in full and "
        + $"{(Events == 1 ? "continues" : "continue")} with all records, as streams.fault: {EventFaults.Name(Fault)}; {Example}");

    /// <summary>Which event it was, what was thrown and where.</summary>
    internal static string ExampleOf(Event e, Exception? error)
    {
        string which = string.Create(
            CultureInfo.InvariantCulture, $"{e.Occurred.ToUnixTimeMilliseconds() / 1000m:F3}:{e.Serial}");
        return error is null ? $"the first is {which}" : $"the first is {which}: {Where(error)}{error.GetType().Name}: {error.Message}";
    }

    // The innermost method of ours: below it is the runtime's.
    private static string Where(Exception error)
    {
        foreach (StackFrame frame in new StackTrace(error).GetFrames())
        {
            if (DiagnosticMethodInfo.Create(frame) is { DeclaringTypeName: { } type } method
                && type.StartsWith("Streams.", StringComparison.Ordinal))
            {
                return $"{type[(type.LastIndexOf('.') + 1)..]}.{method.Name}: ";
            }
        }

        return "";
    }
}
