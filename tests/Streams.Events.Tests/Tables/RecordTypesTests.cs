using System.Text;
using Streams.Events.Tables;
using Xunit;

namespace Streams.Events.Tests.Tables;

public class RecordTypesTests
{
    [Theory]
    [InlineData("SYSCALL", RecordType.Syscall, 1300)]
    [InlineData("PATH", RecordType.Path, 1302)]
    [InlineData("CWD", RecordType.Cwd, 1307)]
    [InlineData("EOE", RecordType.Eoe, 1320)]
    [InlineData("EXECVE", RecordType.Execve, 1309)]
    [InlineData("SOCKADDR", RecordType.Sockaddr, 1306)]
    [InlineData("PROCTITLE", RecordType.Proctitle, 1327)]
    [InlineData("BPRM_FCAPS", RecordType.BprmFcaps, 1321)]
    [InlineData("USER_AUTH", RecordType.UserAuth, 1100)]
    [InlineData("AVC", RecordType.Avc, 1400)]
    [InlineData("APPARMOR", RecordType.Apparmor, 1500)]
    [InlineData("URINGOP", RecordType.Uringop, 1336)]
    [InlineData("LANDLOCK_ACCESS", RecordType.LandlockAccess, 1423)]
    [InlineData("ANOM_RBAC_INTEGRITY_FAIL", RecordType.AnomRbacIntegrityFail, 2109)]
    [InlineData("VIRT_MIGRATE_OUT", RecordType.VirtMigrateOut, 2507)]
    public void A_name_has_the_number_of_the_kernel(string name, RecordType type, int number)
    {
        Assert.Equal(number, (int)type);
        Assert.True(RecordTypes.TryParse(Encoding.ASCII.GetBytes(name), out var parsed));
        Assert.Equal(type, parsed);
    }

    [Fact]
    public void Every_name_leads_back_to_its_type()
    {
        Assert.True(RecordTypes.All.Count >= 232);
        foreach (var type in RecordTypes.All)
        {
            Assert.True(RecordTypes.TryParse(Encoding.ASCII.GetBytes(RecordTypes.Name(type)), out var parsed), RecordTypes.Name(type));
            Assert.Equal(type, parsed);
            Assert.Equal(RecordTypes.Name(type), Encoding.ASCII.GetString(RecordTypes.NameUtf8(type)));
        }
    }

    [Theory]
    [InlineData("UNKNOWN[1329]", 1329)]
    [InlineData("UNKNOWN[1998]", 1998)]
    [InlineData("1300", 1300)]
    [InlineData("65535", 65535)]
    public void A_number_is_a_type_too(string name, int number)
    {
        Assert.True(RecordTypes.TryParse(Encoding.ASCII.GetBytes(name), out var type));
        Assert.Equal(number, (int)type);
    }

    [Theory]
    [InlineData("")]
    [InlineData("A")]
    [InlineData("syscall")]
    [InlineData("SYSCALLS")]
    [InlineData("CWE")]
    [InlineData("UNKNOWN[")]
    [InlineData("UNKNOWN[]")]
    [InlineData("UNKNOWN[x]")]
    [InlineData("UNKNOWN[0]")]
    [InlineData("65536")]
    [InlineData("-1")]
    [InlineData("+1300")]
    [InlineData(" 1300")]
    public void What_is_neither_name_nor_number_is_refused(string name)
    {
        Assert.False(RecordTypes.TryParse(Encoding.ASCII.GetBytes(name), out var type));
        Assert.Equal(RecordType.None, type);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(1998)]
    [InlineData(65535)]
    public void A_type_without_a_name_is_named_by_its_number(int number)
    {
        Assert.Equal($"UNKNOWN[{number}]", RecordTypes.Name((RecordType)number));
        Assert.False(RecordTypes.IsKnown((RecordType)number));
        Assert.True(RecordTypes.NameUtf8((RecordType)number).IsEmpty);
    }

    [Theory]
    [InlineData(RecordType.Syscall)]
    [InlineData(RecordType.Path)]
    [InlineData(RecordType.Sockaddr)]
    [InlineData(RecordType.Cwd)]
    [InlineData(RecordType.Execve)]
    [InlineData(RecordType.Eoe)]
    [InlineData(RecordType.BprmFcaps)]
    [InlineData(RecordType.Proctitle)]
    public void A_type_that_many_events_have_shares_its_bit_with_no_other(RecordType common)
    {
        IEnumerable<RecordType> others = Enum.GetValues<RecordType>().Where(type => type != common);

        Assert.DoesNotContain(AuditEvent.BitOf(common), others.Select(AuditEvent.BitOf));
    }
}
