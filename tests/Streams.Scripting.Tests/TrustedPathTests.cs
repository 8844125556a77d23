using Xunit;

namespace Streams.Scripting.Tests;

/// <summary>Which files a process that runs as root may be told by.</summary>
public sealed class TrustedPathTests : IDisposable
{
    private const UnixFileMode Folder = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode File = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("trusted-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void What_only_its_owner_may_write_is_trusted_by_its_owner() =>
        Assert.Null(TrustedPath.OfThisProcess.Check(Make("queries/a.csx", File)));

    [Fact]
    public void What_is_not_there_is_no_fault() => Assert.Null(TrustedPath.OfThisProcess.Check(Path.Combine(_folder.FullName, "nothing")));

    [Theory]
    [InlineData(UnixFileMode.OtherWrite)]
    [InlineData(UnixFileMode.OtherWrite | UnixFileMode.GroupWrite)]
    public void A_file_that_others_may_write_is_named(UnixFileMode others)
    {
        string file = Make("queries/a.csx", File | others);
        Assert.Contains(file, TrustedPath.OfThisProcess.Check(file), StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_is_looked_at_with_all_that_is_in_it()
    {
        string file = Make("queries/lib/deep/a.csx", File | UnixFileMode.OtherWrite);
        Assert.Contains(file, TrustedPath.OfThisProcess.Check(Path.Combine(_folder.FullName, "queries")), StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_above_that_others_may_write_is_named()
    {
        string file = Make("queries/a.csx", File);
        string folder = Path.GetDirectoryName(file)!;
        System.IO.File.SetUnixFileMode(folder, Folder | UnixFileMode.OtherWrite);
        Assert.StartsWith(folder + " ", TrustedPath.OfThisProcess.Check(file), StringComparison.Ordinal);
    }

    [Fact]
    public void In_a_sticky_folder_others_may_write_but_not_replace()
    {
        string file = Make("queries/a.csx", File);
        System.IO.File.SetUnixFileMode(Path.GetDirectoryName(file)!, Folder | UnixFileMode.OtherWrite | UnixFileMode.StickyBit);
        Assert.Null(TrustedPath.OfThisProcess.Check(file));
    }

    [Fact]
    public void A_link_is_as_good_as_what_it_leads_to()
    {
        string target = Make("elsewhere/a.csx", File | UnixFileMode.OtherWrite);
        string link = Path.Combine(_folder.FullName, "link.csx");
        System.IO.File.CreateSymbolicLink(link, target);
        Assert.Contains(target, TrustedPath.OfThisProcess.Check(link), StringComparison.Ordinal);
    }

    [Fact]
    public void What_belongs_to_another_is_not_trusted()
    {
        string file = Make("a.csx", File);
        if (Environment.IsPrivilegedProcess) System.Diagnostics.Process.Start("chown", ["12345", file]).WaitForExit();
        Assert.Contains("belongs to uid", new TrustedPath().Check(file), StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Found", "P3")]
    public void The_owners_of_the_folders_above_are_those_who_may_replace_a_file()
    {
        if (!Environment.IsPrivilegedProcess) Assert.Skip("only root can give files away");
        string file = Make("tree/bin/program", File);
        Give(Path.Combine(_folder.FullName, "tree"), 12345);
        Assert.Superset(new HashSet<uint> { 0, 12345 }, TrustedPath.OwnersOf(file).ToHashSet());
        string script = Make("tree/queries/a.csx", File);
        Give(script, 12345);
        Assert.NotNull(new TrustedPath().Check(script));
        Assert.Null(new TrustedPath().And(TrustedPath.OwnersOf(file)).Check(script));
        Give(script, 12346);
        Assert.NotNull(new TrustedPath().And(TrustedPath.OwnersOf(file)).Check(script));
    }

    [Fact]
    [Trait("Found", "P3")]
    public void What_lies_in_a_tree_of_its_owner_is_not_to_be_taken_away_by_root()
    {
        if (!Environment.IsPrivilegedProcess) Assert.Skip("only root can give files away");
        string file = Make("home/clone/a.csx", File);
        foreach (string part in (string[])["home", "home/clone", "home/clone/a.csx"]) Give(Path.Combine(_folder.FullName, part), 12345);
        string advice = new TrustedPath().Check(file)!;
        Assert.DoesNotContain("chown", advice, StringComparison.Ordinal);
        Assert.Contains("sudo", advice, StringComparison.Ordinal);

        string single = Make("etc/a.csx", File);
        Give(single, 12345);
        Assert.EndsWith($"chown root {single}", new TrustedPath().Check(single), StringComparison.Ordinal);
    }

    private static void Give(string path, uint user)
    {
        using System.Diagnostics.Process chown = System.Diagnostics.Process.Start("chown", [$"{user}:{user}", path]);
        chown.WaitForExit();
    }

    private string Make(string path, UnixFileMode mode)
    {
        string full = Path.Combine(_folder.FullName, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!, Folder);
        System.IO.File.WriteAllText(full, "");
        System.IO.File.SetUnixFileMode(full, mode);
        return full;
    }
}
