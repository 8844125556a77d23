using System.Globalization;
using System.Runtime.InteropServices;

namespace Streams.Scripting;

/// <summary>
/// How much processor time a thread of this process has used, so that a machine that is busy with something else makes no query look slow.
/// </summary>
public static class ProcessorTime
{
    // setpriority(2): PRIO_PROCESS takes a thread's number as well.
    private const int PrioProcess = 0, LowestPriority = 19;

    [ThreadStatic] private static int _current;

    /// <summary>The number of the calling thread in the kernel; 0 when it is not known.</summary>
    public static int CurrentThread => _current != 0 ? _current : _current = ReadNumber();

    /// <summary>The processor time that a thread has used; null when it is not known, as of one that has ended.</summary>
    public static TimeSpan? Of(int thread)
    {
        // The clock of a thread by its number: MAKE_THREAD_CPUCLOCK and CPUCLOCK_SCHED of linux/posix-timers_types.h; clock_getres(2).
        const int OfThread = 4, Scheduler = 2;
        if (thread <= 0 || ClockGetTime((~thread << 3) | OfThread | Scheduler, out TimeSpec time) != 0) return null;
        return TimeSpan.FromTicks(time.Seconds * TimeSpan.TicksPerSecond + time.Nanoseconds / TimeSpan.NanosecondsPerTick);
    }

    /// <summary>Lets a thread that is left behind run only when nothing else wants the processor.</summary>
    public static void Yield(int thread)
    {
        if (thread > 0) _ = SetPriority(PrioProcess, (uint)thread, LowestPriority);
    }

    // The name of the link's target is PID/task/NUMBER, proc_pid_task(5); gettid(2) is missing from older libraries.
    private static int ReadNumber()
    {
        string target = new FileInfo("/proc/thread-self").LinkTarget ?? "";
        string digits = target[(target.LastIndexOf('/') + 1)..];
        return int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : 0;
    }

    [DllImport("libc", EntryPoint = "clock_gettime")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int ClockGetTime(int clock, out TimeSpec time);

    [DllImport("libc", EntryPoint = "setpriority")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SetPriority(int which, uint who, int priority);

    private readonly struct TimeSpec
    {
        public readonly nint Seconds;
        public readonly nint Nanoseconds;
    }
}
