using System.Runtime.InteropServices;
using Streams.Audit.Rules;

namespace Streams.Audit.Tests.Rules;

public sealed class RuleMachineTests
{
    [Theory]
    [InlineData(Architecture.X64, "x86_64")]
    [InlineData(Architecture.Arm64, "aarch64")]
    [InlineData(Architecture.RiscV64, null)]
    [InlineData(Architecture.S390x, null)]
    public void On_a_machine_that_no_rules_can_be_compiled_for_there_is_none(Architecture architecture, string? name) =>
        Assert.Equal(name, RuleMachine.Of(architecture)?.Name);
}
