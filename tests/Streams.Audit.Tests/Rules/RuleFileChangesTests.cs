using Streams.Audit.Rules;

namespace Streams.Audit.Tests.Rules;

public sealed class RuleFileChangesTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("streams-rules-");
    private readonly string _file;
    private readonly RuleFileChanges _changes;

    public RuleFileChangesTests()
    {
        _file = Path.Combine(_folder.FullName, "a.rules");
        File.WriteAllText(_file, "-w /etc/a\n");
        _changes = new RuleFileChanges(new RuleSources { Files = [Path.Combine(_folder.FullName, "*.rules")] });
    }

    public void Dispose() => _folder.Delete(recursive: true);

    public static TheoryData<string, Action<string>> Changes => new()
    {
        { "written", file => File.AppendAllText(file, "-w /etc/b\n") },
        { "of another time", file => File.SetLastWriteTimeUtc(file, DateTime.UnixEpoch) },
        { "of other permissions", file => File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.OtherWrite) },
        { "gone", File.Delete },
        { "a link", Link },
        { "of another name", file => File.Move(file, file.Replace("a.rules", "b.rules", StringComparison.Ordinal)) },
        { "with another", file => File.WriteAllText(file.Replace("a.rules", "b.rules", StringComparison.Ordinal), "") },
        { "in no folder", file => Directory.Delete(Path.GetDirectoryName(file)!, recursive: true) },
    };

    [Fact]
    public void What_nobody_changes_has_not_changed()
    {
        Assert.False(_changes.Look());
        File.WriteAllText(Path.Combine(_folder.FullName, "readme"), "no rules");
        Assert.False(_changes.Look());
        Assert.False(_changes.Look());
    }

    [Theory]
    [MemberData(nameof(Changes))]
    public void What_is_changed_has_changed_until_it_is_read(string how, Action<string> change)
    {
        change(_file);
        Assert.False(_changes.Look(), $"{how}, it is not known whether more comes");
        Assert.True(_changes.Look(), how);
        Assert.True(_changes.Look(), how);
        _changes.MarkRead();
        Assert.False(_changes.Look(), how);
        _folder.Create();
    }

    [Fact]
    public void What_is_still_being_written_is_left_alone()
    {
        for (int i = 0; i < 3; i++)
        {
            File.AppendAllText(_file, "-w /etc/b\n");
            Assert.False(_changes.Look());
        }

        Assert.True(_changes.Look());
    }

    private static void Link(string file)
    {
        string target = file + ".target";
        File.WriteAllText(target, "");
        File.Delete(file);
        File.CreateSymbolicLink(file, target);
    }
}
