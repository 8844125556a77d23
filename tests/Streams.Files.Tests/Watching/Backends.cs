using System.Runtime.InteropServices;
using Streams.Files.Watching;

namespace Streams.Files.Tests.Watching;

/// <summary>The mechanisms of the kernel, for tests that hold for each.</summary>
internal static partial class Backends
{
    public static TheoryData<string> Names => ["fanotify", "inotify"];

    /// <summary>Skips the test where the backend cannot be had.</summary>
    public static void Need(string backend) =>
        Assert.SkipUnless(backend == "inotify" || UserId() == 0, "fanotify on a whole file system needs root");

    /// <summary>A watch of a folder and all below.</summary>
    public static IFileWatch Watch(string backend, string folder, int ignoredPid = 0, bool hasLimit = false)
    {
        Need(backend);
        var paths = new WatchedPaths([new PathPattern(folder, recursive: true)], _ => true);
        paths.Resolve();
        IFileWatch? watch = backend == "inotify"
            ? new InotifyWatch(paths, _ => false, TimeProvider.System)
            : FanotifyWatch.TryOpen(paths, TimeProvider.System, new ActorReader(null), ignoredPid, hasLimit, out _);
        Assert.NotNull(watch);
        Assert.Null(watch.TryAdd(folder));
        return watch;
    }

    /// <summary>Renames what is no file to File.Move: a link to a folder.</summary>
    public static void Rename(string from, string to) => Assert.Equal(0, RenamePath(from, to));

    [LibraryImport("libc", EntryPoint = "rename", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int RenamePath(string from, string to);

    [LibraryImport("libc", EntryPoint = "geteuid")]
    private static partial uint UserId();
}
