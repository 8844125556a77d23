using System.Globalization;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Running;
using Perfolizer.Metrology;
using Streams.Benchmarks;

// `memory` measures what a term costs, `scan FOLDER [THREADS]` the first scan of a folder, `files` the time from a change to its
// alert; everything else is BenchmarkDotNet's: `--filter '*'`, `--job short`, …
if (args is ["memory"])
{
    TermMemory.Print(Console.Out);
    return;
}

if (args is ["scan", string folder, .. string[] rest])
{
    FirstScan.Print(folder, rest is [string threads] ? int.Parse(threads, CultureInfo.InvariantCulture) : 1, Console.Out);
    return;
}

if (args is ["files"])
{
    FileLatency.Print(Console.Out);
    return;
}

IConfig config = DefaultConfig.Instance.WithSummaryStyle(
    BenchmarkDotNet.Reports.SummaryStyle.Default.WithTimeUnit(Perfolizer.Horology.TimeUnit.Nanosecond).WithSizeUnit(SizeUnit.B));
BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args, config);
