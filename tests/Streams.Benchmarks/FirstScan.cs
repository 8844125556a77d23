using System.Diagnostics;
using Streams.Events;
using Streams.Files;
using Streams.Files.Facts;

namespace Streams.Benchmarks;

/// <summary>
/// Times the first scan of a folder as fast as it can, with its documents and its baseline, beside sha256sum over the same files
/// and with as many threads. The files are read once before, so that both find them in memory.
/// </summary>
internal static class FirstScan
{
    public static void Print(string folder, int threads, TextWriter output)
    {
        TimeSpan warm = Sum(folder, threads);
        TimeSpan sum = Sum(folder, threads);
        TimeSpan scan = Run(folder, threads, out Scan done, out long documents);
        output.WriteLine(FormattableString.Invariant(
            $"{done.Files} paths, {done.Bytes >> 20} MiB, {documents >> 20} MiB of documents, {threads} threads"));
        output.WriteLine(FormattableString.Invariant(
            $"sha256sum {sum.TotalSeconds:F2} s (first {warm.TotalSeconds:F2} s), scan {scan.TotalSeconds:F2} s"));
        output.WriteLine(FormattableString.Invariant($"rate {sum / scan:F2} of sha256sum's"));
    }

    private static TimeSpan Sum(string folder, int threads)
    {
        long start = Stopwatch.GetTimestamp();
        string script = $"find \"$0\" -type f -print0 | xargs -0 -P {threads} -n 64 sha256sum > /dev/null";
        if (threads == 1) script = "find \"$0\" -type f -print0 | xargs -0 sha256sum > /dev/null";
        using Process process = Process.Start("sh", ["-c", script, folder]);
        process.WaitForExit();
        return Stopwatch.GetElapsedTime(start);
    }

    private static TimeSpan Run(string folder, int threads, out Scan scan, out long documents)
    {
        DirectoryInfo state = Directory.CreateTempSubdirectory("scan-");
        try
        {
            // sha256sum has no limit of size.
            var options = new FilesOptions { ScanRatePerSecond = 0, ScanThreads = threads, MaxFileSize = long.MaxValue - 1 };
            var writer = new FileEventWriter("host", "files");
            long written = 0;
            long start = Stopwatch.GetTimestamp();
            using (Baseline baseline = Baseline.Open(state.FullName))
            {
                scan = new Scan(options, () => new FileFactsReader(options.HashTypes, options.MaxFileSize), baseline, TimeProvider.System);
                scan.Run(folder, recursive: true, _ => true, Found, CancellationToken.None);
            }

            documents = written;
            return Stopwatch.GetElapsedTime(start);

            void Found(ScanFinding finding)
            {
                FileEvent told = writer.Write(finding.Actions, finding.Before, finding.After, DateTimeOffset.UnixEpoch);
                written += told.Json.Length;
            }
        }
        finally
        {
            state.Delete(recursive: true);
        }
    }
}
