using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Running;
using Perfolizer.Metrology;
using Streams.Benchmarks;

// `memory` measures what a term costs; everything else is BenchmarkDotNet's: `--filter '*'`, `--job short`, …
if (args is ["memory"])
{
    TermMemory.Print(Console.Out);
    return;
}

IConfig config = DefaultConfig.Instance.WithSummaryStyle(
    BenchmarkDotNet.Reports.SummaryStyle.Default.WithTimeUnit(Perfolizer.Horology.TimeUnit.Nanosecond).WithSizeUnit(SizeUnit.B));
BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args, config);
