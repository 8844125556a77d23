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

    /// <summary>Mounts an empty file system in memory, until the result is disposed.</summary>
    /// <param name="folder">Where.</param>
    /// <param name="options">As of tmpfs(5); null for none.</param>
    public static IDisposable MountMemory(string folder, string? options = null) => Mount("tmpfs", folder, options);

    /// <summary>Mounts one folder over another, until the result is disposed.</summary>
    /// <param name="folder">Where both are seen as one.</param>
    /// <param name="scratch">A folder that gets <c>lower</c>, <c>upper</c> and <c>work</c>.</param>
    public static IDisposable MountOverlay(string folder, string scratch)
    {
        foreach (string part in (string[])["lower", "upper", "work"]) Directory.CreateDirectory(Path.Combine(scratch, part));
        return Mount("overlay", folder, $"lowerdir={scratch}/lower,upperdir={scratch}/upper,workdir={scratch}/work");
    }

    private static Mounted Mount(string type, string folder, string? options)
    {
        Assert.SkipUnless(UserId() == 0, "a mount needs root");
        Assert.SkipUnless(Mount(type, folder, type, 0, options) == 0, $"no {type} may be mounted here");
        return new Mounted(folder);
    }

    private sealed class Mounted(string folder) : IDisposable
    {
        // MNT_DETACH
        public void Dispose() => Unmount(folder, 2);
    }

    [LibraryImport("libc", EntryPoint = "mount", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Mount(string source, string target, string type, nuint flags, string? data);

    [LibraryImport("libc", EntryPoint = "umount2", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Unmount(string target, int flags);

    [LibraryImport("libc", EntryPoint = "geteuid")]
    private static partial uint UserId();
}
