using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace Streams.Live.Tests;

/// <summary>
/// The kernel's audit for the length of a test: its settings, rules and state are kept, and are again what they were when the test is over,
/// however it ends.
/// </summary>
internal sealed class KernelAudit : IDisposable
{
    private static readonly (string Setting, string Option)[] Restored =
    [
        ("failure", "-f"), ("rate_limit", "-r"), ("backlog_limit", "-b"), ("backlog_wait_time", "--backlog_wait_time"), ("enabled", "-e"),
    ];

    private readonly IReadOnlyDictionary<string, long> _before;
    private readonly string _rules;

    private KernelAudit()
    {
        _before = Status();
        _rules = Control("-l");
    }

    /// <summary>Takes the kernel's audit, or skips the test with the reason.</summary>
    public static KernelAudit Take()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "needs root");
        string status = "";
        try
        {
            status = Control("-s");
        }
        catch (Exception e) when (e is Win32Exception or InvalidOperationException)
        {
            Assert.Skip($"needs auditctl and a kernel with audit: {e.Message}");
        }

        Assert.SkipUnless(status.Contains("\npid 0\n", StringComparison.Ordinal), "an audit daemon runs here");
        Assert.SkipWhen(status.Contains("enabled 2", StringComparison.Ordinal), "the audit configuration is locked here");
        return new KernelAudit();
    }

    /// <summary>Runs auditctl.</summary>
    /// <returns>What it printed.</returns>
    /// <exception cref="InvalidOperationException">It failed.</exception>
    public static string Control(params string[] args)
    {
        using Process auditctl = Process.Start(
            new ProcessStartInfo("auditctl", args) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        Task<string> error = auditctl.StandardError.ReadToEndAsync();
        string output = auditctl.StandardOutput.ReadToEnd();
        auditctl.WaitForExit();
        return auditctl.ExitCode == 0
            ? output
            : throw new InvalidOperationException($"auditctl {string.Join(' ', args)}: {error.Result}{output}");
    }

    /// <summary>The kernel's settings and counters by name.</summary>
    public static IReadOnlyDictionary<string, long> Status() => Control("-s").Split('\n')
        .Select(line => line.Split(' '))
        .Where(words => words.Length == 2 && long.TryParse(words[1], out _))
        .ToDictionary(words => words[0], words => long.Parse(words[1], CultureInfo.InvariantCulture));

    /// <summary>The rules that are loaded, as auditctl prints them.</summary>
    public static IReadOnlyList<string> Rules() =>
        [.. Control("-l").Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => line != "No rules")];

    /// <inheritdoc/>
    public void Dispose()
    {
        // What cannot be undone must not keep the rest from being undone.
        List<Exception> failures = [];
        Undo(failures, "-D");
        foreach (string rule in _rules.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (rule != "No rules") Undo(failures, rule.Split(' '));
        }

        foreach ((string setting, string option) in Restored)
            Undo(failures, option, _before[setting].ToString(CultureInfo.InvariantCulture));
        if (failures.Count > 0) throw new AggregateException("the kernel's audit is not as it was before the test", failures);
    }

    private static void Undo(List<Exception> failures, params string[] args)
    {
        try
        {
            Control(args);
        }
        catch (InvalidOperationException e)
        {
            failures.Add(e);
        }
    }
}
