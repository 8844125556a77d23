using System.Collections.Concurrent;
using System.Text;
using Streams.Host.Running;
using Xunit;

namespace Streams.Host.Tests.Running;

public class OperatorLinesTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    [Fact]
    public void Lines_are_written_in_their_order_before_it_ends()
    {
        using var error = new StringWriter();
        using (var lines = new OperatorLines(error))
        {
            for (int i = 0; i < 100; i++) lines.Add($"{i}");
        }

        Assert.Equal(Enumerable.Range(0, 100).Select(i => $"{i}"), error.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public void A_terminal_that_is_paused_holds_nobody_up_and_what_was_left_out_is_said()
    {
        using var error = new PausedTerminal();
        using var lines = new OperatorLines(error);
        lines.Add("first");
        Assert.True(error.IsWriting.Wait(Patience, TestContext.Current.CancellationToken));
        for (int i = 0; i < OperatorLines.Capacity + 5; i++) lines.Add($"{i}");
        error.GoOn.Set();
        for (int i = -1; i < OperatorLines.Capacity; i++) Assert.Equal(i < 0 ? "first" : $"{i}", error.Take(Patience));
        Assert.Equal("streams: 5 more lines were left out, as nobody took them in time", error.Take(Patience));
    }

    private sealed class PausedTerminal : TextWriter
    {
        private readonly BlockingCollection<string> _written = [];

        public ManualResetEventSlim IsWriting { get; } = new();

        public ManualResetEventSlim GoOn { get; } = new();

        public override Encoding Encoding => Encoding.UTF8;

        public string? Take(TimeSpan patience) => _written.TryTake(out string? line, patience) ? line : null;

        public override void WriteLine(string? value)
        {
            IsWriting.Set();
            GoOn.Wait();
            _written.Add(value!);
        }

        protected override void Dispose(bool disposing)
        {
            _written.Dispose();
            IsWriting.Dispose();
            GoOn.Dispose();
            base.Dispose(disposing);
        }
    }
}
