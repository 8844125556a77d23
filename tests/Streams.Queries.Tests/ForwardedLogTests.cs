using System.Text;
using System.Text.RegularExpressions;
using Streams.Engine;
using Streams.Events.Input;
using Streams.Events.Tables;
using Xunit;

namespace Streams.Queries.Tests;

/// <summary>The sample log in the format ENRICHED, as syslog servers pass it on.</summary>
[Trait("Found", "C4")]
public sealed partial class ForwardedLogTests : IDisposable
{
    private static readonly string[] Named = ["network-shell", "new-destination"];

    private readonly string _folder = Directory.CreateTempSubdirectory("streams-forwarded-").FullName;

    /// <summary>What stands for the byte 0x1D, and what before a line.</summary>
    public static TheoryData<string, string> Servers
    {
        get
        {
            var servers = new TheoryData<string, string>();
            foreach (string form in (string[])[.. ControlEscapes.SeparatorForms, " ", "", "_"])
            {
                servers.Add(form, "");
                servers.Add(form, "Nov 23 18:40:46 loghost audispd[7]: ");
            }

            servers.Add("#035", "Nov 23 18:40:46 loghost audit ");
            servers.Add("\u001d", "MESSAGE=");
            return servers;
        }
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [MemberData(nameof(Servers))]
    public void A_log_that_a_server_passed_on_raises_the_same_alerts(string form, string header)
    {
        string expected = Alerts("\u001d", "");
        Assert.Contains("a reverse shell", expected, StringComparison.Ordinal);
        Assert.Contains("contacted 203.0.113.66:443", expected, StringComparison.Ordinal);
        Assert.Contains("\"name\":\"anna\"", expected, StringComparison.Ordinal);

        Assert.Equal(expected, Alerts(form, header));
    }

    private string Alerts(string form, string header)
    {
        string path = Path.Combine(_folder, "messages");
        File.WriteAllLines(path, Log().Select(line => header + Enrich(line).Replace("\u001d", form, StringComparison.Ordinal)));
        return Shipped.Lines(Shipped.Run(
            [new Batch(Shipped.Read([path]).ToArray())], new EngineOptions(), [.. Shipped.Queries.Where(q => Named.Contains(q.Name))]));
    }

    private static IEnumerable<string> Log() =>
        ((string[])["audit.log.1", "audit.log"]).SelectMany(name => File.ReadLines(Path.Combine(Shipped.Folder("samples"), name)));

    // As auditd does it, with names of its own for the ids.
    private static string Enrich(string line)
    {
        var names = new StringBuilder();
        if (line.Contains("type=SYSCALL", StringComparison.Ordinal)) names.Append("ARCH=x86_64 SYSCALL=x");
        foreach (Match id in Id().Matches(line))
        {
            string name = id.Groups[2].Value switch { "0" => "root", "4294967295" => "unset", _ => "anna" };
            names.Append(names.Length == 0 ? "" : " ").Append(id.Groups[1].Value.ToUpperInvariant()).Append("=\"").Append(name).Append('"');
        }

        if (line.Contains("saddr=", StringComparison.Ordinal)) names.Append("SADDR={ saddr_fam=inet laddr=192.0.2.1 lport=1 }");
        return names.Length == 0 ? line : $"{line}\u001d{names}";
    }

    [GeneratedRegex("[ ']([a-z]*[ug]id)=([0-9]+)")]
    private static partial Regex Id();
}
