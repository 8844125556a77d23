using System.Globalization;
using System.Text;
using Streams.Events;
using Streams.Events.Tables;

namespace Streams.Audit;

/// <summary>What the records of an event require of each other.</summary>
internal static class Needs
{
    /// <summary>
    /// What is lacking, for instance <c>1 of 2 PATH, PROCTITLE</c>: two belong to it and one is not there; null when nothing is.
    /// </summary>
    public static string? Missing(OpenEvent open)
    {
        StringBuilder? missing = null;
        if (open.HasCall)
        {
            AuditRecord call = open.Builder[open.Call];
            if (call.Type == RecordType.Syscall) OfCall(open, CallFields.Read(call.Text), ref missing);
            if (!open.HasEnd && open.Node.SendsEnds) Lacks(ref missing, "EOE");
        }
        else if (!open.IsLate && open.BelongsToCall)
        {
            Lacks(ref missing, "SYSCALL");
        }

        return missing?.ToString();
    }

    private static void OfCall(OpenEvent open, in CallFields call, ref StringBuilder? missing)
    {
        if (IsBare(open, call))
        {
            if (!open.HasTitle && open.Node.SendsTitles) Lacks(ref missing, "PROCTITLE");
            return;
        }

        // mq_open hides the name of the queue: it is counted but not written.
        if (call.Items > open.Paths && !open.HasQueue) Lacks(ref missing, call.Items - open.Paths, call.Items, "PATH");
        if (call.Items > 0 && !open.HasDirectory && !open.HasQueue && open.Node.SendsDirectories) Lacks(ref missing, "CWD");
        if (open.Executions > 0)
        {
            ExecveArguments.Count(open.Builder, out long lacking, out long all);
            if (all < 0) Lacks(ref missing, "first EXECVE");
            else if (lacking > 0) Lacks(ref missing, lacking, all, "EXECVE arguments");
        }
        else if (call.Succeeded && call.Call is SyscallId.Execve or SyscallId.Execveat)
        {
            Lacks(ref missing, "EXECVE");
        }

        if (call.Call is SyscallId.Connect or SyscallId.Bind && !open.HasSockaddr && call.HasCopiedAddress) Lacks(ref missing, "SOCKADDR");
        if (!open.HasTitle && open.Node.SendsTitles) Lacks(ref missing, "PROCTITLE");
    }

    // While no rule for calls is loaded the kernel gathers nothing about them (audit_dummy_context of linux/audit.h): a call that it logs
    // because of an AVC or another record of its own then has its arguments and its title, and no key.
    private static bool IsBare(OpenEvent open, in CallFields call) =>
        open.HasCause && call.Items == 0 && open.Paths == 0 && open.Executions == 0 && !open.HasSockaddr
        && open.Builder[open.Call].Text.IndexOf(" key=(null)"u8) >= 0;

    private static void Lacks(ref StringBuilder? missing, string what)
    {
        missing ??= new StringBuilder();
        if (missing.Length > 0) missing.Append(", ");
        missing.Append(what);
    }

    private static void Lacks(ref StringBuilder? missing, long count, long all, string what)
    {
        Lacks(ref missing, "");
        missing!.Append(CultureInfo.InvariantCulture, $"{count} of {all} {what}");
    }
}
