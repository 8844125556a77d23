namespace Streams.Live.Tests;

/// <summary>What a test does to the kernel's audit.</summary>
public sealed class KernelAuditTests
{
    private static readonly string[] Settings = ["enabled", "failure", "rate_limit", "backlog_limit", "backlog_wait_time"];

    [Fact]
    public void Everything_is_as_it_was_when_a_test_has_failed()
    {
        using KernelAudit around = KernelAudit.Take();
        KernelAudit.Control("-w", "/etc/passwd", "-p", "wa", "-k", "mine");
        KernelAudit.Control("-b", "123");
        (IReadOnlyList<string> rules, long[] settings) = State();
        Assert.Throws<InvalidOperationException>(Fail);
        (IReadOnlyList<string> left, long[] leftSettings) = State();
        Assert.Equal(rules, left);
        Assert.Equal(settings, leftSettings);

        void Fail()
        {
            using KernelAudit inner = KernelAudit.Take();
            KernelAudit.Control("-D");
            KernelAudit.Control("-w", "/etc/shadow", "-p", "wa", "-k", "theirs");
            KernelAudit.Control("-e", settings[0] == 0 ? "1" : "0");
            KernelAudit.Control("-f", "0");
            KernelAudit.Control("-r", "77");
            KernelAudit.Control("-b", "456");
            KernelAudit.Control("--backlog_wait_time", "5");
            Assert.NotEqual(rules, KernelAudit.Rules());
            throw new InvalidOperationException("the test fails");
        }
    }

    private static (IReadOnlyList<string> Rules, long[] Settings) State()
    {
        IReadOnlyDictionary<string, long> status = KernelAudit.Status();
        return (KernelAudit.Rules(), [.. Settings.Select(name => status[name])]);
    }
}
