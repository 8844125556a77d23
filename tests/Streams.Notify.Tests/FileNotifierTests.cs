namespace Streams.Notify.Tests;

public sealed class FileNotifierTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("streams-notify-");

    private string Path => System.IO.Path.Combine(_folder.FullName, "alerts.json");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void A_line_of_JSON_is_appended_for_each_alert()
    {
        Notify("a");
        Notify("b\nc");
        Assert.Equal(["a", "b\nc"], Some.Messages(File.ReadAllLines(Path)));
    }

    [Fact]
    public void A_new_file_can_be_read_by_its_owner_alone()
    {
        Notify("a");
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path));
    }

    [Fact]
    public void A_file_that_was_rotated_away_is_left_alone()
    {
        using var notifier = new FileNotifier(new AlertFileOptions { Path = Path });
        notifier.Notify(Some.Alert("a"), TestContext.Current.CancellationToken);
        File.Move(Path, Path + ".1");
        notifier.Notify(Some.Alert("b"), TestContext.Current.CancellationToken);
        Assert.Equal(["a"], Some.Messages(File.ReadAllLines(Path + ".1")));
        Assert.Equal(["b"], Some.Messages(File.ReadAllLines(Path)));
    }

    [Fact]
    public void A_file_that_cannot_be_written_is_tried_again()
    {
        string path = System.IO.Path.Combine(_folder.FullName, "no-such-folder", "alerts.json");
        using var notifier = new FileNotifier(new AlertFileOptions { Path = path });
        var failure = Assert.Throws<DeliveryException>(() => notifier.Notify(Some.Alert(), TestContext.Current.CancellationToken));
        Assert.True(failure.IsTransient);
        Assert.Contains(path, failure.Message, StringComparison.Ordinal);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        notifier.Notify(Some.Alert("a"), TestContext.Current.CancellationToken);
        Assert.Equal(["a"], Some.Messages(File.ReadAllLines(path)));
    }

    [Fact]
    public void A_full_disk_is_tried_again()
    {
        if (!File.Exists("/dev/full")) Assert.Skip("there is no /dev/full");
        using var notifier = new FileNotifier(new AlertFileOptions { Path = "/dev/full" });
        Assert.True(Assert.Throws<DeliveryException>(
            () => notifier.Notify(Some.Alert(), TestContext.Current.CancellationToken)).IsTransient);
    }

    private void Notify(string message)
    {
        using var notifier = new FileNotifier(new AlertFileOptions { Path = Path });
        notifier.Notify(Some.Alert(message), TestContext.Current.CancellationToken);
    }
}
