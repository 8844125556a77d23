using System.Diagnostics;
using System.Runtime.CompilerServices;
using Xunit;

namespace Streams.Scripting.Tests;

public sealed class CacheTests
{
    private const UnixFileMode OnlyOwner = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private static string Query(string name, string condition = "true") =>
        $"Query(\"{name}\", Severity.High, \"d\").From(audit => audit.Where(e => {condition})).Alert(e => e.Host);\n";

    private static (int Compiled, int Cached) Load(QueryFolder folder)
    {
        using LoadResult result = folder.Load(cached: true);
        Assert.Empty(result.Notices);
        return (result.Compiled, result.Cached);
    }

    private static string CacheFile(QueryFolder folder) => Assert.Single(Directory.GetFiles(folder.Cache));

    [Fact]
    public void A_script_is_compiled_once()
    {
        using var folder = new QueryFolder(("a.csx", Query("one")), ("b.csx", Query("two")));

        Assert.Equal((2, 0), Load(folder));
        Assert.Equal((0, 2), Load(folder));
    }

    [Fact]
    public void A_cached_script_gives_the_same_queries()
    {
        using var folder = new QueryFolder((
            "a.csx",
            "\n\nQuery(\"one\", Severity.Low, \"why\").Attack(\"T1059\").Rules(\"-w /etc\").Volatile()"
            + ".From(audit => audit).Alert(e => e.Host);"));
        Load(folder);

        using LoadResult result = folder.Load(cached: true);

        Engine.QueryDefinition query = Assert.Single(result.Queries);
        Assert.Equal(1, result.Cached);
        Assert.Equal(("one", "why", true, "a.csx", 3), (query.Name, query.Description, query.IsVolatile, query.File, query.Line));
        Assert.Equal(["T1059"], query.Techniques);
    }

    [Fact]
    public void A_changed_script_alone_is_compiled_again()
    {
        using var folder = new QueryFolder(("a.csx", Query("one")), ("b.csx", Query("two")));
        Load(folder);

        folder.Write("b.csx", Query("two", "false"));

        Assert.Equal((1, 1), Load(folder));
        Assert.Equal((0, 2), Load(folder));
    }

    [Fact]
    public void Each_build_of_what_compiles_has_scripts_of_its_own()
    {
        using var folder = new QueryFolder(("a.csx", Query("one")));
        Load(folder);

        Assert.Single(new ScriptCache(folder.Cache, folder.Path, ScriptCache.Builds).Read());
        for (int i = 0; i < ScriptCache.Builds.Count; i++)
        {
            Guid[] builds = [.. ScriptCache.Builds];
            builds[i] = Guid.Empty;
            Assert.Empty(new ScriptCache(folder.Cache, folder.Path, builds).Read());
        }
    }

    [Fact]
    public void A_script_whose_helper_changed_is_compiled_again()
    {
        using var folder = new QueryFolder(
            ("a.csx", "#load \"lib/one.csx\"\n" + Query("one")), ("b.csx", Query("two")),
            ("lib/one.csx", "#load \"two.csx\"\nvar A = 1;"), ("lib/two.csx", "var B = 1;"));
        Load(folder);

        folder.Write("lib/two.csx", "var B = 2;");

        Assert.Equal((1, 1), Load(folder));
    }

    [Fact]
    public void A_script_whose_helper_is_gone_is_an_error()
    {
        using var folder = new QueryFolder(("a.csx", "#load \"lib/one.csx\"\n" + Query("one")), ("lib/one.csx", "var A = 1;"));
        Load(folder);
        File.Delete(folder.File("lib/one.csx"));

        using LoadResult result = folder.Load(cached: true);

        Assert.Empty(result.Queries);
        Assert.Equal(1, Assert.Single(result.Errors).Line);
    }

    [Fact]
    public void A_script_that_is_wrong_is_not_kept()
    {
        using var folder = new QueryFolder(("a.csx", Query("one", "DateTime.UtcNow > e.Occurred")));

        Assert.Equal((0, 0), Load(folder));
        using LoadResult result = folder.Load(cached: true);
        Assert.NotEmpty(result.Errors);
    }

    [Fact]
    public void What_is_removed_from_the_folder_is_removed_from_the_cache()
    {
        using var folder = new QueryFolder(("a.csx", Query("one")), ("b.csx", Query("two")));
        Load(folder);
        long before = new FileInfo(CacheFile(folder)).Length;
        File.Delete(folder.File("a.csx"));
        folder.Write("b.csx", Query("two", "false"));

        Load(folder);

        Assert.True(new FileInfo(CacheFile(folder)).Length < before);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    [InlineData(60)]
    [InlineData(-1)]
    public void A_damaged_file_is_compiled_anew(int at)
    {
        using var folder = new QueryFolder(("a.csx", Query("one")));
        Load(folder);
        string file = CacheFile(folder);
        byte[] bytes = File.ReadAllBytes(file);
        bytes[at < 0 ? bytes.Length + at : at] ^= 0x40;
        File.WriteAllBytes(file, bytes);

        Assert.Equal((1, 0), Load(folder));
        Assert.Equal((0, 1), Load(folder));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    [InlineData(100)]
    public void A_file_that_was_cut_is_compiled_anew(int length)
    {
        using var folder = new QueryFolder(("a.csx", Query("one")));
        Load(folder);
        using (FileStream file = File.OpenWrite(CacheFile(folder))) file.SetLength(length);

        Assert.Equal((1, 0), Load(folder));
    }

    [Fact]
    public void The_cache_is_its_owners_alone()
    {
        using var folder = new QueryFolder(("a.csx", Query("one")));

        Load(folder);

        Assert.Equal(OnlyOwner | UnixFileMode.UserExecute, File.GetUnixFileMode(folder.Cache));
        Assert.Equal(OnlyOwner, File.GetUnixFileMode(CacheFile(folder)));
    }

    [Theory]
    [InlineData(UnixFileMode.GroupRead)]
    [InlineData(UnixFileMode.GroupWrite)]
    [InlineData(UnixFileMode.OtherWrite)]
    [InlineData(UnixFileMode.OtherExecute)]
    public void A_folder_that_others_may_enter_is_not_used(UnixFileMode more)
    {
        using var folder = new QueryFolder(("a.csx", Query("one")));
        Load(folder);
        File.SetUnixFileMode(folder.Cache, OnlyOwner | UnixFileMode.UserExecute | more);

        using LoadResult result = folder.Load(cached: true);

        Assert.Equal((1, 0), (result.Compiled, result.Cached));
        Assert.Single(result.Queries);
        ScriptError notice = Assert.Single(result.Notices);
        Assert.Equal(folder.Cache, notice.File);
        Assert.Contains($"chmod 700 {folder.Cache}", notice.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_that_is_a_link_is_not_used()
    {
        using var folder = new QueryFolder(("a.csx", Query("one")));
        string elsewhere = folder.Cache + "2";
        Directory.CreateDirectory(elsewhere, OnlyOwner | UnixFileMode.UserExecute);
        Directory.CreateSymbolicLink(folder.Cache, elsewhere);

        using LoadResult result = folder.Load(cached: true);

        Assert.Contains("is not a folder", Assert.Single(result.Notices).Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(elsewhere));
    }

    [Fact]
    public void A_folder_below_one_that_others_may_change_is_not_used()
    {
        using var folder = new QueryFolder(("a.csx", Query("one")));
        string open = Path.GetDirectoryName(folder.Cache)!;
        File.SetUnixFileMode(open, File.GetUnixFileMode(open) | UnixFileMode.OtherWrite);

        using LoadResult result = folder.Load(cached: true);

        Assert.Contains(open, Assert.Single(result.Notices).Message, StringComparison.Ordinal);
        Assert.Single(result.Queries);
    }

    [Fact]
    public void A_file_that_others_may_read_is_not_loaded()
    {
        using var folder = new QueryFolder(("a.csx", Query("one")));
        Load(folder);
        File.SetUnixFileMode(CacheFile(folder), OnlyOwner | UnixFileMode.OtherRead);

        Assert.Equal((1, 0), Load(folder));
        Assert.Equal(OnlyOwner, File.GetUnixFileMode(CacheFile(folder)));
    }

    [Fact]
    public void A_folder_that_cannot_be_made_costs_only_the_cache()
    {
        using var folder = new QueryFolder(("a.csx", Query("one")));
        File.WriteAllText(folder.Cache, "a file");

        using LoadResult result = folder.Load(cached: true);

        Assert.Single(result.Queries);
        Assert.Single(result.Notices);
    }

    [Fact]
    public void The_files_of_other_folders_and_builds_are_bounded_in_number()
    {
        using var folder = new QueryFolder(("a.csx", Query("one")));
        Directory.CreateDirectory(folder.Cache, OnlyOwner | UnixFileMode.UserExecute);
        for (int i = 0; i < ScriptCache.MaxFiles + 5; i++)
        {
            string old = Path.Combine(folder.Cache, $"{i}.scripts");
            File.WriteAllText(old, "");
            File.SetLastWriteTimeUtc(old, DateTime.UnixEpoch.AddDays(i));
        }

        Load(folder);

        Assert.Equal(ScriptCache.MaxFiles, Directory.GetFiles(folder.Cache).Length);
        Assert.False(File.Exists(Path.Combine(folder.Cache, "0.scripts")));
        Assert.Equal((0, 1), Load(folder));
    }

    [Fact]
    public void Loading_from_the_cache_does_not_load_the_compiler()
    {
        using var folder = new QueryFolder(("a.csx", Query("one")), ("b.csx", Query("two")));
        Load(folder);

        // A process of its own, since this one has compiled already.
        ProcessStartInfo start = new(Environment.ProcessPath!, [ChildProcess.Argument, folder.Path, folder.Cache])
        {
            RedirectStandardOutput = true,
        };
        using Process child = Process.Start(start)!;
        string output = child.StandardOutput.ReadToEnd();
        child.WaitForExit();

        Assert.StartsWith("0 compiled, 2 cached", output, StringComparison.Ordinal);
        Assert.DoesNotContain("CodeAnalysis", output, StringComparison.Ordinal);
        Assert.Contains("System.Reactive", output, StringComparison.Ordinal);
    }
}

public sealed class UnloadTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Compiled_scripts_leave_memory_when_they_are_let_go(bool run)
    {
        using var folder = new QueryFolder(
            ("a.csx", "record Hit(string Host);\n"
                + "Query(\"a\", Severity.High, \"d\").From(audit => audit.All.Select(e => new Hit(e.Host))).Alert(h => h.Host);"),
            ("b.csx", "enum Side { Left }\n"
                + "Query(\"b\", Severity.High, \"d\").From(audit => audit.All.NewTerm(\"n\", e => (e.Host, 1), remember: Days(1)))"
                + ".Alert(h => $\"{Side.Left}{h.Host}\");"));

        WeakReference scripts = LoadAndLetGo(folder, run);

        for (int i = 0; scripts.IsAlive && i < 20; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
        Assert.False(scripts.IsAlive);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference LoadAndLetGo(QueryFolder folder, bool run)
    {
        using LoadResult result = folder.Load();
        Assert.Equal(2, result.Queries.Count);
        List<Events.Alert> alerts = [];
        if (run)
        {
            using var engine = new Engine.QueryEngine(new Engine.EngineOptions(), result.Queries, alerts.Add);
            engine.Admit(new Events.Input.Batch(new Events.Event[] { new Events.Heartbeat("web1", "audit", DateTimeOffset.UnixEpoch, 1) }));
            Assert.Equal(2, alerts.Count);
        }
        return new WeakReference(result.Context);
    }
}
