using System.Buffers.Text;
using System.Text;
using Streams.Events;
using Streams.Events.Tables;

namespace Streams.Audit;

/// <summary>What the records of an event require of each other.</summary>
internal static class Needs
{
    /// <summary>Whether nothing is lacking, but for EOE.</summary>
    public static bool AreMet(OpenEvent open) => Text(open, atEnd: false) is null;

    /// <summary>What is lacking, for instance <c>1 of 2 PATH, PROCTITLE</c>: one of two is not there; null when nothing is.</summary>
    public static string? Missing(OpenEvent open) => Text(open, atEnd: true);

    private static string? Text(OpenEvent open, bool atEnd)
    {
        StringBuilder? missing = null;
        if (open.HasCall)
        {
            AuditRecord call = open.Builder[open.Call];
            if (call.Type == RecordType.Syscall) OfCall(open, CallFields.Read(call.Text), ref missing);
            if (atEnd && !open.HasEnd && open.Node.SendsEnds) Lacks(ref missing, "EOE");
        }
        else if (!open.IsLate && (open.HasAuxiliary || open.HasSockaddr || open.Paths > 0 || open.Executions > 0 || (open.HasTitle && open.Builder.Count == 1)))
        {
            Lacks(ref missing, "SYSCALL");
        }

        return missing?.ToString();
    }

    private static void OfCall(OpenEvent open, in CallFields call, ref StringBuilder? missing)
    {
        if (call.Items > open.Paths) Lacks(ref missing, $"{call.Items - open.Paths} of {call.Items} PATH");
        if (open.Node.SendsTitles && !open.HasTitle) Lacks(ref missing, "PROCTITLE");
    }

    private static void Lacks(ref StringBuilder? missing, string what)
    {
        missing ??= new StringBuilder();
        if (missing.Length > 0) missing.Append(", ");
        missing.Append(what);
    }
}

/// <summary>The fields of a SYSCALL record that say which records belong to it.</summary>
internal readonly struct CallFields
{
    public int Items { get; init; }

    // arch=c000003e syscall=59 success=yes exit=0 a0=… a1=… a2=… a3=… items=2: the order in which audit_log_exit writes them.
    public static CallFields Read(ReadOnlySpan<byte> text)
    {
        int items = text.IndexOf(" items="u8);
        return new CallFields { Items = items >= 0 && Utf8Parser.TryParse(text[(items + 7)..], out int count, out _) ? count : 0 };
    }
}
