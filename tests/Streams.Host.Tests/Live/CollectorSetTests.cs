using Microsoft.Extensions.Logging;
using Streams.Audit.Netlink;
using Streams.Audit.Rules;
using Streams.Host.Configuration;
using Streams.Host.Live;
using Xunit;

namespace Streams.Host.Tests.Live;

public sealed class CollectorSetTests
{
    [Theory]
    [InlineData(null, true)]
    [InlineData("-w /etc/passwd -p wa", true)]
    [InlineData("", false)]
    public void On_a_machine_that_no_rules_are_compiled_for_audit_is_read_and_that_is_said_unless_it_is_meant(string? rules, bool isSaid)
    {
        Assert.SkipWhen(AuditCollector.FindObstacle(new AuditOptions(), hasRules: false) is not null, "needs the kernel's audit");
        var log = new Lines();
        var settings = new CollectorSettings
        {
            FilesEnabled = false,
            RulesText = rules?.Split('\n', StringSplitOptions.RemoveEmptyEntries),
        };
        using CollectorSet set = CollectorSet.Make(settings, follow: null, "web-1", TimeProvider.System, log, machine: null);
        Assert.Equal(AuditCollector.CollectorName, Assert.Single(set.Collectors).Name);
        const string said = "audit rules are compiled for x86_64 and aarch64 only";
        Assert.Equal(isSaid ? 1 : 0, log.Count(line => line.StartsWith(said, StringComparison.Ordinal)));
    }

    [Fact]
    public void Where_they_are_compiled_nothing_is_said_of_it()
    {
        var log = new Lines();
        var settings = new CollectorSettings { FilesEnabled = false };
        using CollectorSet set = CollectorSet.Make(settings, follow: null, "web-1", TimeProvider.System, log, RuleMachine.Aarch64);
        Assert.DoesNotContain(log, line => line.StartsWith("audit rules", StringComparison.Ordinal));
    }

    private sealed class Lines : List<string>, ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Add(formatter(state, exception));
    }
}
