using Xunit;

namespace Streams.Scripting.Tests;

/// <summary>What a query may use and what it may not. In a snippet, ‹…› encloses what the error must point at.</summary>
public sealed class SymbolTests
{
    private const string Head = "Query(\"q\", Severity.High, \"d\")";

    private static string Where(string condition) => $"{Head}\n    .From(audit => audit.Where(e => {condition}))\n    .Alert(e => e.Host);";

    private static string Message(string message) => $"{Head}\n    .From(audit => audit)\n    .Alert(e => {message});";

    private static string From(string body) => $"{Head}\n    .From(audit => {body})\n    .Alert(e => $\"{{e}}\");";

    private static string Volatile(string body) => $"{Head}.Volatile()\n    .From(audit => {body})\n    .Alert(e => $\"{{e}}\");";

    private static string Top(string code) => $"{code}\n{Head}.From(audit => audit).Alert(e => e.Host);";

    private const string Clock = "reads a clock";
    private const string Random = "is random";
    private const string Hash = "differs from one process to the next";
    private const string Threads = "runs beside the shard's thread";
    private const string Reflection = "looks at types";
    private const string Kept = "lost after a fault of the query";

    public static TheoryData<string, string> Refused => new()
    {
        { Where("e.Occurred > DateTime.‹UtcNow›"), Clock },
        { Where("e.Occurred > DateTime.‹Now›"), Clock },
        { Where("e.Occurred > DateTimeOffset.‹UtcNow›"), Clock },
        { Where("e.Occurred.Date == DateTime.‹Today›"), Clock },
        { Where("‹Environment›.TickCount64 > 0"), "depends on the process" },
        { Where("System.Diagnostics.‹Stopwatch›.GetTimestamp() > 0"), Clock },
        { Where("‹TimeProvider›.System is null"), Clock },
        { Where("Clock.‹Now› > e.Occurred"), Clock },
        { Where("‹Random›.Shared.Next() > 3"), Random },
        { Where("‹new Random()›.Next() > 3"), Random },
        { Message("Guid.‹NewGuid›().ToString()"), Random },
        { Message("new[] { 1 }.Select(_ => 0).Select<int, Guid>(_ => Guid.‹NewGuid›()).First().ToString()"), Random },
        { Top("Func<Guid> make = Guid.‹NewGuid›;"), Random },
        { Message("System.Security.Cryptography.‹RandomNumberGenerator›.GetHexString(4)"), Random },
        { Message("$\"{new[] { 1, 2 }.‹Shuffle›().First()}\""), Random },
        { Where("e.Host.‹GetHashCode›() % 2 == 0"), Hash },
        { Where("e.‹GetHashCode›() % 2 == 0"), Hash },
        { Where("‹HashCode›.Combine(e.Host) == 0"), Hash },
        { Where("(e.Host, 1).‹GetHashCode›() == 0"), Hash },
        { Where("StringComparer.Ordinal.‹GetHashCode›(e.Host) == 0"), Hash },
        { Where("System.Runtime.CompilerServices.‹RuntimeHelpers›.GetHashCode(e) == 0"), Hash },
        { Message("e.Host.ToUpper(System.Globalization.CultureInfo.‹CurrentCulture›)"), "depends on the machine's settings" },
        { Message("e.Host.ToUpper(System.Globalization.CultureInfo.‹CurrentUICulture›)"), "depends on the machine's settings" },
        { Message("new System.Globalization.CultureInfo(\"tr\").ToString()")
            .Replace("new System.Globalization.CultureInfo(\"tr\")", "‹new System.Globalization.CultureInfo(\"tr\")›"),
            "depends on the machine's settings" },
        { Message("e.Occurred.‹ToLocalTime›().ToString()"), "time zone" },
        { Message("e.Occurred.DateTime.‹ToString›(\"HH:mm zzz\")"), "time zone" },
        { Message("e.Occurred.DateTime.‹ToString›(\"U\", null)"), "time zone" },
        { Message("e.Occurred.DateTime.‹ToString›(e.Host)"), "time zone" },
        { Message("$\"{‹e.Occurred.DateTime›:yyyy z}\""), "time zone" },
        { Message("string.‹Format›(\"{0} {1:zz}\", e.Host, e.Occurred.DateTime)"), "time zone" },
        { Message("‹TimeZoneInfo›.Local.Id"), "time zone" },
        { Message("System.IO.‹File›.ReadAllText(\"/etc/passwd\")"), "outside of the query" },
        { Message("‹File›.ReadAllText(\"/etc/passwd\")"), "CS0103" },
        { Top("var lines = System.IO.‹File›.ReadAllLines(\"/etc/hosts\");"), "outside of the query" },
        { Top("var client = new System.Net.Http.‹HttpClient›();"), "uses the network" },
        { Top("‹Console›.WriteLine(1);"), "console" },
        { Top("System.Diagnostics.‹Process›.Start(\"/bin/sh\");"), "the process" },
        { Message("‹Environment›.MachineName"), "depends on the process" },
        { Top("System.Threading.‹Thread›.Sleep(1);"), Threads },
        { Top("System.Threading.Tasks.‹Task›.Run(() => 1);"), Threads },
        { Top("‹await› System.Threading.Tasks.Task.Yield();"), Threads },
        { Top("‹async› System.Threading.Tasks.Task<int> F() => 1;"), Threads },
        { Message("e.‹GetType›().Name"), Reflection },
        { Message("typeof(string).‹Assembly›.ToString()"), "is not on the list" },
        { Message("typeof(System.IO.‹File›).Name"), "outside of the query" },
        { Top("‹dynamic› d = 1;"), Reflection },
        { Top("var a = ‹Activator›.CreateInstance<object>();"), Reflection },
        { Top("var t = Type.‹GetType›(\"System.IO.File\");"), "is not on the list" },
        { Top("static int ‹count› = 0;"), "is shared by all hosts" },
        { Top("static class Seen { public static readonly HashSet<string> ‹Names› = []; }"), "is shared by all hosts" },
        { Top("static class Seen { public static int ‹Count› { get; set; } }"), "is shared by all hosts" },
        { Top("class C { static ‹C›() { } }"), "is shared by all hosts" },
        { Top("class C { ‹~C() { }› }"), "a finalizer" },
        { Top("class C { [‹ThreadStatic›] public int N; }"), "is shared by all hosts" },
        { Top("class C { [System.Runtime.CompilerServices.‹ModuleInitializer›] public static void M() { } }"),
            "goes around the language's checks" },
        { Top("class C { [System.Runtime.InteropServices.‹DllImport›(\"libc\")] public static extern int getpid(); }"),
            "goes around the language's checks" },
        { Top("‹#r \"System.Net.dll\"›"), "#r is not available" },
        { Top("unsafe void ‹F›() { }"), "" },
        { Top("int x = 1; nint p = (nint)‹__makeref›(x).GetHashCode();"), "" },
        { Where("System.Text.RegularExpressions.Regex.‹IsMatch›(e.Host, \"(a+)+$\")"), "can take for ever" },
        { Top("var r = ‹new Regex(\"(a+)+$\")›;"), "can take for ever" },
        { Top("var r = ‹new Regex(\"a\", RegexOptions.NonBacktracking, TimeSpan.FromSeconds(1))›;"), "can take for ever" },
        { Top("var l = new ‹Lazy<int>›(() => 1);"), "depends on the garbage collector" },
        { Top("‹GC›.Collect();"), "depends on the garbage collector" },
        { Top("DateTimeOffset t = ‹new DateTime(2020, 1, 1)›;"), "time zone" },
        { Message("$\"{from x in new[] { 1 } select Guid.‹NewGuid›()}\""), Random },

        { "using static System.DateTime;\n" + Where("e.Occurred.Date < ‹Now›"), Clock },
        { "using D = System.DateTime;\n" + Where("e.Occurred.Date < D.‹Now›"), Clock },
        { "using D = System.IO.File;\n" + Where("‹D›.Exists(e.Host)"), "outside of the query" },
        { Where("e.Occurred.Date < global::System.DateTime.‹Now›"), Clock },
        { Where("e.Occurred is { ‹LocalDateTime›.Hour: 3 }"), "time zone" },
        { Message("e?.‹GetType›()?.ToString() ?? \"\""), Reflection },
        { "static class Net { public static int Id(string s) => s.‹GetHashCode›(); }\n" + Where("Net.Id(e.Host) > 3"), Hash },
        { "record Hit(string Host) { public DateTime At { get; } = DateTime.‹Now›; }\n" + Where("new Hit(e.Host).At.Year > 3"), Clock },
        { "record Hit(string Host) { public static implicit operator Hit(string s) => new(s + Guid.‹NewGuid›()); }\n"
            + Where("(Hit)e.Host is { Host: \"a\" }"), Random },
        { "interface IMade { static abstract DateTime Make(); }\nclass Made : IMade { public static DateTime Make() => DateTime.‹Now›; }\n"
            + Where("Made.Make().Year > 3"), Clock },
        { Top("var s = new ‹System.IO.MemoryStream›();".Replace("‹System.IO.MemoryStream›", "System.IO.‹MemoryStream›")),
            "outside of the query" },
        { Top("object o = new ‹WeakReference›(1);"), "depends on the garbage collector" },
        { Top("var b = new System.Collections.Concurrent.‹ConcurrentDictionary<string, int>›();"), "has no order" },
        { Where("new[] { 1 }.AsQueryable() is null".Replace("AsQueryable", "‹AsQueryable›")), "" },
        { From("‹Observable.Using›(() => System.Reactive.Disposables.Disposable.Empty, d => audit)"
            .Replace("‹Observable.Using›", "Observable.‹Using›")), "is not on the list" },
        { From("audit.Do(e => audit.‹Subscribe›())"), "is state that others write to" },

        { From("audit.‹Throttle›(Seconds(5))"), "runs on the system's timers" },
        { Volatile("audit.Fleet().‹Throttle›(Seconds(5))"), "runs on the system's timers" },
        { Volatile("audit.Fleet().‹Buffer›(Seconds(5))"), "runs on the system's timers" },
        { Volatile("audit.Fleet().‹Buffer›(Seconds(5), 10)"), "runs on the system's timers" },
        { Volatile("audit.Fleet().‹Window›(Seconds(5))"), "runs on the system's timers" },
        { Volatile("audit.Fleet().‹Delay›(Seconds(5))"), "runs on the system's timers" },
        { Volatile("audit.Fleet().‹DelaySubscription›(Seconds(5))"), "runs on the system's timers" },
        { Volatile("audit.Fleet().‹Timeout›(Seconds(5))"), "runs on the system's timers" },
        { Volatile("audit.Fleet().‹Sample›(Seconds(5))"), "runs on the system's timers" },
        { Volatile("audit.Fleet().‹Take›(Seconds(5))"), "runs on the system's timers" },
        { Volatile("audit.Fleet().‹Skip›(Seconds(5))"), "runs on the system's timers" },
        { Volatile("audit.Fleet().‹TakeLast›(Seconds(5))"), "runs on the system's timers" },
        { Volatile("audit.Fleet().‹Timestamp›()"), "runs on the system's timers" },
        { Volatile("audit.Fleet().‹TimeInterval›()"), "runs on the system's timers" },
        { Volatile("Observable.‹Timer›(Seconds(5))"), "runs on the system's timers" },
        { Volatile("Observable.‹Interval›(Seconds(5))"), "runs on the system's timers" },
        { From("audit.‹ObserveOn›(Clock)"), "leaves the shard's thread" },
        { From("audit.ObserveOn(System.Reactive.Concurrency.‹Scheduler›.Default)"), "leaves the shard's thread" },
        { From("audit.‹SubscribeOn›(Clock)"), "leaves the shard's thread" },
        { From("audit.‹Synchronize›()"), "leaves the shard's thread" },
        { From("audit.Select(e => audit.‹First›())"), "waits for a result" },
        { From("audit.‹ToEnumerable›().ToObservable()"), "waits for a result" },
        { From("Observable.‹Start›(() => 1)"), Threads },
        { From("Observable.‹FromAsync›(() => System.Threading.Tasks.Task.FromResult(1))"), Threads },
        { From("audit.SelectMany(e => System.Threading.Tasks.‹Task›.FromResult(1))"), Threads },
        { Top("var s = new System.Reactive.Subjects.‹Subject<int>›();"), "is state that others write to" },

        { From("audit.‹Scan›(0, (n, e) => n + 1)"), Kept },
        { From("audit.‹Distinct›(e => e.Host)"), Kept },
        { From("audit.‹DistinctUntilChanged›(e => e.Host)"), Kept },
        { From("audit.‹GroupBy›(e => e.Host)"), Kept },
        { From("audit.‹Buffer›(10)"), Kept },
        { From("audit.‹Take›(10)"), Kept },
        { From("audit.‹Zip›(audit, (a, b) => a)"), Kept },
        { From("audit.‹CombineLatest›(audit, (a, b) => a)"), Kept },
        { From("audit.‹Select›((e, i) => i)"), Kept },
        { From("audit.‹Where›((e, i) => i > 3)"), Kept },
        { From("audit.‹Throttle›(Seconds(5), Clock)"), Kept },
        { From("from e in audit ‹group e by e.Host›"), Kept },
        { Volatile("audit.‹Scan›(0, (n, e) => n + 1)"), "would mix the hosts" },

        { "int seen = 0;\n" + Where("‹seen›++ > 3"), Kept },
        { "int seen = 0;\n" + Where("(‹seen› += 1) > 3"), Kept },
        { "string last = \"\";\n" + Where("(‹last› = e.Host) == \"\""), Kept },
        { "string? last = null;\n" + Where("(‹last› ??= e.Host) == \"\""), Kept },
        { "int n = 0;\n" + Where("int.TryParse(e.Host, out ‹n›)"), Kept },
        { "int a = 0, b = 0;\n" + Where("((‹a›, _) = (1, 2)) is (1, 2)"), Kept },
        { "var seen = new HashSet<string>();\n" + Where("seen.‹Add›(e.Host)"), Kept },
        { "var seen = new HashSet<string>();\nFunc<string, bool> add = seen.‹Add›;\n" + Where("add(e.Host)"), Kept },
        { "var seen = new HashSet<string>();\n" + From("audit.Select(e => e.Host).Where(seen.‹Add›)"), Kept },
        { "var seen = new HashSet<string>();\nbool IsNew(string s) => seen.‹Add›(s);\n" + Where("IsNew(e.Host)"), Kept },
        { "var seen = new HashSet<string>();\n" + Where("{ var alias = seen; return alias.‹Add›(e.Host); }"), Kept },
        { "ISet<string> seen = new HashSet<string>();\n" + Where("((ICollection<string>)seen).‹Remove›(e.Host)"), Kept },
        { "var counts = new Dictionary<string, int>();\n" + Where("(‹counts[e.Host]› = 1) > 3"), Kept },
        { "var counts = new Dictionary<string, int>();\n" + Where("‹counts[e.Host]›++ > 3"), Kept },
        { "var ports = new int[4];\n" + Where("‹ports[0]›++ > 3"), Kept },
        { "var text = new StringBuilder();\n" + Where("text.‹Append›(e.Host).Length > 3"), Kept },
        { "var queue = new Queue<string>([\"a\"]);\n" + Where("queue.‹Dequeue›() == e.Host"), Kept },
        { "var more = ((IEnumerable<int>)[1, 2]).GetEnumerator();\n" + Where("more.‹MoveNext›()"), Kept },
        { "class Box { public int N; }\nvar box = new Box();\n" + Where("‹box.N›++ > 3"), Kept },
        { "class Box { public int N { get; set; } }\nvar box = new Box();\n" + Where("(‹box.N› = 3) > 3"), Kept },
        { "class Box { int n; public int Next() => ‹n›++; }\nvar box = new Box();\n" + Where("box.Next() > 3"), Kept },
        { "struct Pair { public int N; }\nPair pair = new();\n" + Where("‹pair.N›++ > 3"), Kept },
        { From("{ var seen = new HashSet<string>(); return audit.Where(e => seen.‹Add›(e.Host)); }"), Kept },
        { From("{ int n = 0; int Next() => ‹n›++; return audit.Where(e => Next() > 3); }"), Kept },
        { From("audit.Do(e => e.ToString())"
            + ".Where(e => { var l = new List<int>(); new[] { 1 }.Count(x => { l.‹Add›(x); return true; }); return true; })"), Kept },
        { "int seen = 0;\n" + Where("{ ref int r = ref ‹seen›; r++; return true; }"), Kept },
        { "int seen = 0;\nvoid Add(ref int n) => n++;\n" + Where("{ Add(ref ‹seen›); return true; }"), Kept },
        { "int seen = 0;\nint Next { get { ‹seen›++; return seen; } }\n" + Where("Next > 3"), Kept },
        { "int seen = 0;\nint Next => ‹seen›++;\n" + Where("Next > 3"), Kept },
        { "var all = new List<HashSet<string>> { new() };\n" + Where("all[0].‹Add›(e.Host)"), Kept },
        { "var one = new HashSet<string>();\n" + Where("(e.IsLate ? one : new HashSet<string>()).‹Add›(e.Host)"), Kept },

        { "var all = new List<HashSet<string>> { new() };\n"
            + Where("{ foreach (var one in all) one.‹Add›(e.Host); return true; }"), Kept },
        { "int[] ports = new int[4];\n" + Where("{ foreach (ref int port in ‹(Span<int>)ports›) port++; return true; }"), Kept },
        { "int[] ports = new int[4];\n" + Where("{ Span<int> alias = new(ports); ‹alias[0]›++; return true; }"), Kept },
        { "int[] ports = new int[4];\n"
            + Where("{ int own = 0; ref int alias = ref own; alias = ref ‹ports[0]›; alias++; return own == 0; }"), Kept },
        { "int[] ports = new int[4];\n" + Where("{ new Span<int>(ports).‹Fill›(3); return true; }"), Kept },
        { "int[] ports = new int[4];\n" + Where("{ ReadOnlySpan<int> from = [1]; from.CopyTo(‹ports›); return true; }"), Kept },
        { "Memory<int> ports = new int[4];\n" + Where("{ ‹ports.Span[0]›++; return true; }"), Kept },
        { "char[] text = new char[40];\n" + Where("5.TryFormat(‹text›, out _)"), Kept },
        { "char[] text = new char[40];\n" + Where("{ e.Host.‹CopyTo›(0, text, 0, 1); return true; }"), "is not on the list" },
        { "byte[] text = new byte[40];\n" + Where("Encoding.UTF8.‹GetBytes›(e.Host, 0, 1, text, 0) > 0"), "is not on the list" },
        { "class Names(HashSet<string> all) { public HashSet<string> All => all; }\nvar seen = new HashSet<string>();\n"
            + Where("new Names(seen) { All = { ‹\"a\"› } }.All.Count > 3"), Kept },
        { "class Bell { public event Action? Rung; public void Ring() => Rung?.Invoke(); }\nvar bell = new Bell();\n"
            + Where("{ ‹bell.Rung› += () => { }; return true; }"), Kept },

        { Where("‹(object)e.Host == (object)\"a\"›").Replace("(object)\"a\"", "(object)e.Collector"), "asks whether two are one object" },
        { "object last = new();\n" + Where("‹e.Process.Executable != last›"), "asks whether two are one object" },
        { Where("‹e == e›"), "asks whether two are one object" },
        { Where("Convert.‹ToDateTime›(\"2026-01-02T03:04:05Z\").Hour > 3"), "time zone" },
        { Where("DateTime.SpecifyKind(e.Occurred.DateTime, DateTimeKind.‹Local›).Hour > 3"), "time zone" },
        { Where("{ try { return int.Parse(e.Host) > 0; } catch (FormatException x) { return $\"{‹x›}\".Length > 3; } }"),
            "is not on the list" },
        { Where("{ try { return int.Parse(e.Host) > 0; } catch (FormatException x) { return (\"\" + ‹x›).Length > 3; } }"),
            "is not on the list" },

        { From("audit.‹NewTerm›(\"n\", e => new { e.Host }, remember: Days(1))"), "cannot be saved" },
        { "record Key(string Host);\n" + From("audit.‹NewTerm›(\"n\", e => new Key(e.Host), remember: Days(1))"), "cannot be saved" },
        { "enum Kinds { A }\n" + From("audit.‹NewTerm›(\"n\", e => Kinds.A, remember: Days(1))"), "cannot be saved" },
        { From("audit.‹NewTerm›(\"n\", e => (e.Host, new[] { e.Host }), remember: Days(1))"), "cannot be saved" },
        { From("audit.‹NewTerm›(\"n\", e => (object)e.Host, remember: Days(1))"), "cannot be saved" },
        { From("audit.Select(e => new { e.Host }).‹Suppress›(\"s\", e => e.Host, Minutes(1))"), "cannot be saved" },
        { From("audit.Frequency(\"f\", e => e.Host, 3, Minutes(1), distinct: e => ‹new List<int>()›)"), "cannot be saved" },
        { From("audit.‹Sequence›(\"f\", e => new { e.Host }, Minutes(1), e => true, e => false)"), "cannot be saved" },
        { From("audit.‹Latest›(\"l\", audit, e => new[] { 1 }, e => new[] { 1 }, Minutes(1))"), "cannot be saved" },
        { From("audit.‹Suppress›(\"s\", e => new List<int>(), Minutes(1))"), "cannot be saved" },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public void What_a_query_may_not_do_is_refused_at_its_place(string marked, string reason)
    {
        int start = marked.IndexOf('‹');
        string text = marked.Replace("‹", "").Replace("›", "");
        using var folder = new QueryFolder(("q.csx", text));

        using LoadResult result = folder.Load();

        int line = marked[..start].Count(c => c == '\n') + 1;
        int column = start - marked[..start].LastIndexOf('\n');
        Assert.Empty(result.Queries);
        Assert.All(result.Errors, error => Assert.Equal(folder.File("q.csx"), error.File));
        Assert.Contains(
            result.Errors,
            error => error.Line == line
                && error.Column == column
                && error.Message.Contains(reason, StringComparison.Ordinal)
                && (reason.Length == 0 || error.Remedy is { Length: > 0 }));
    }

    public static TheoryData<string> Accepted =>
    [
        Where("e.Host == \"web1\""),
        Where("e.Succeeded && e.Destination.Port is > 1024 and < 2000"),
        Where("e.Process.Executable?.StartsWith(\"/tmp/\", StringComparison.Ordinal) == true"),
        Where("e.Occurred.Hour < 6 || e.Occurred - Hours(1) < e.Occurred"),
        Where("e.Occurred.DayOfWeek is DayOfWeek.Sunday"),
        Where("IPAddress.TryParse(e.Destination.Address, out var a) && IPNetwork.Parse(\"10.0.0.0/8\").Contains(a)"),
        Where("Math.Abs(e.Destination.Port - 5) > 3"),
        Where("int.TryParse(e.Host, out int n) && n > 3"),
        Where("new[] { 1, 2, 3 }.Where(x => x > 1).Select(Math.Abs).Any()"),
        Where("nameof(DateTime.UtcNow).Length > nameof(Guid.NewGuid).Length"),
        Where("e.Host.Split('.') is [\"web\", .. var rest] && rest.Length > 1"),
        Where("e.Host[..^1] is { Length: > 3 }"),
        Where("{ var own = new HashSet<string>(); own.Add(e.Host); own.UnionWith([\"a\"]); return own.Count > 1; }"),
        Where("{ var counts = new Dictionary<char, int>(); "
            + "foreach (char c in e.Host) counts[c] = counts.GetValueOrDefault(c) + 1; return counts.Count > 3; }"),
        Where("{ var text = new StringBuilder(); "
            + "for (int i = 0; i < 3; i++) text.Append(i).Append(','); text.Length--; return text.ToString() == e.Host; }"),
        Where("{ var parts = e.Host.Split('.'); parts[0] = \"x\"; return string.Join('.', parts) == \"\"; }"),
        Where("{ List<int> l = [1, 2]; l.Sort(); var copy = l.ToList(); copy.Add(3); return copy.Count > 2; }"),
        Where("{ int n = 0; foreach (char c in e.Host) n += c; return n % 2 == 0; }"),
        Where("{ (int a, int b) = (1, 2); (a, b) = (b, a); return a > b; }"),
        Where("{ int Depth(int n) => n == 0 ? 0 : 1 + Depth(n - 1); return Depth(3) == 3; }"),
        Where("{ int i = 0; again: if (i++ < 3) goto again; return i > 3; }"),
        Where("{ Span<int> s = stackalloc int[4]; s[0] = 1; s.Fill(2); return s[0] == e.Host.Length; }"),
        Where("{ var own = new char[40]; return 5.TryFormat(own, out int n) && new Span<char>(own, 0, n).IndexOf('5') == 0; }"),
        Where("{ foreach (string part in e.Host.Split('.')) if (part == \"a\") return true; return false; }"),
        Where("{ int sum = 0; foreach (ref int n in (Span<int>)[1, 2]) sum += n++; return sum > 3; }"),
        Where("e.Process.Executable != null && e.Data(\"op\") is not null && e.Host != \"a\" && $\"{e.Id} {e.Destination}\" != \"\""),
        "class Box { public string? Name; }\n" + Where("{ var a = new Box(); Box b = a; return a == b && a.Name == e.Host; }"),
        Where("(from x in e.Host where char.IsDigit(x) let y = x - '0' orderby y descending select y).Sum() > 10"),
        Where("e.Host.ToUpper() == e.Host.ToUpperInvariant()"),
        Where("e.Host switch { \"a\" or \"b\" => true, { Length: 3 } => false, _ => e.IsLate }"),
        "var shells = new HashSet<string> { \"/bin/sh\" };\nshells.Add(\"/bin/bash\");\n" + Where("shells.Contains(e.Host)"),
        "string[] names = [\"a\", \"b\"];\nforeach (var name in names)\n"
            + "    Query(name, Severity.Low, \"d\").From(audit => audit.Where(e => e.Host == name)).Alert(e => name);",
        "const int Limit = 3;\nbool IsFar(AuditEvent e) => e.Destination.Port > Limit;\n" + Where("IsFar(e)"),
        "record Hit(string Host, int Port);\n"
            + From("audit.Select(e => new Hit(e.Host, e.Destination.Port)).Where(h => h with { Port = 1 } != h)"),
        "class Box { public int N { get; set; } }\n" + Where("{ var b = new Box { N = 1 }; b.N = 3; return b.N > e.Host.Length; }"),
        "static class Net { public const int Ssh = 22; public static bool IsSsh(AuditEvent e) => e.Destination.Port == Ssh; }\n"
            + "Query(\"q\", Severity.Low, \"d\").From(a => a.Where(e => Net.IsSsh(e))).Alert(e => e.Host);",
        "bool IsRoot(this AuditEvent e) => e.Host == \"\";\n".Replace("bool", "static bool") + Where("e.IsRoot()"),
        "var pattern = new Regex(\"^web[0-9]+$\", RegexOptions.NonBacktracking | RegexOptions.IgnoreCase);\n"
            + Where("pattern.IsMatch(e.Host) && pattern.Match(e.Host).Groups[0].Value != \"\""),
        "using System.Globalization;\n" + Message("1.5.ToString(\"0.0\", CultureInfo.InvariantCulture) + string.Format(\"{0}\", e.Host)"),
        Message("$\"{e.Host,10} {e.Occurred:u} {e.Destination} {e.Data(\"op\")}\""),
        Message("$\"{e.Occurred.UtcDateTime:HH:mm'z'} {e.Occurred:zzz} {e.Occurred.UtcDateTime}\" "
            + "+ e.Occurred.UtcDateTime.ToString(\"u\")"),
        Message("e.Host + 1 + 'c' + e.Occurred.ToUnixTimeSeconds()"),
        Message("new[] { \"6a1e3b9c-3c2d-4b59-9a0f-0123456789ab\" }.Select(Guid.Parse).First().ToString()"),
        From("audit.Where(\"auditd.result:fail\")"),
        From("from e in audit where e.Succeeded select e.Host"),
        From("audit.Merge(audit).OfType<Event>().Select(e => e.Host)"),
        From("audit.NewTerm(\"n\", e => (e.Host, e.Destination.Port, IPAddress.Loopback), remember: Days(30))"),
        From("audit.NewTerm(\"n\", e => e.Process.Executable, remember: Days(30))"),
        From("audit.Suppress(\"s\", e => e.Host, Minutes(1))"),
        Volatile("audit.Fleet().Scan(0, (n, e) => n + 1)"),
        Volatile("audit.Fleet().GroupBy(e => e.Host).SelectMany(g => g.Buffer(Seconds(5), Clock).Select(b => b.Count))"),
        Volatile("audit.PerHost(host => host.Scan(0, (n, e) => n + 1))"),
        Volatile("audit.PerHost(host => host.Throttle(Seconds(5), Clock))"),
        From("audit.Frequency(\"f\", e => e.Host, 3, Minutes(1), distinct: e => e.Destination.Port)"),
        From("audit.Sequence(\"f\", e => e.Host, Minutes(1), e => true, e => false)"),
        From("audit.All.Silence(\"s\", e => e.Host, after: Minutes(5))"),
        "var seen = new HashSet<string>();\n" + Volatile("audit.Where(e => seen.Add(e.Host))"),
        From("Observable.Create<int>(o => { o.OnNext(1); o.OnCompleted(); return System.Reactive.Disposables.Disposable.Empty; })"),
        From("audit.Select(e => (e.Host, At: e.Occurred)).Where(p => p.At.Year > 2000).Select(p => p.Host)"),
        Where("e is { Host.Length: > 3, Occurred.Year: 2026 }"),
        "IEnumerable<int> Ports() { yield return 22; yield return 2222; }\n" + Where("Ports().Contains(e.Destination.Port)"),
        "T Second<T>(IReadOnlyList<T> all) => all[1];\n" + Where("Second([1, 2]) == 2"),
        "using static System.Math;\n" + Where("Max(e.Destination.Port, 3) > 4"),
        Where("{ lock (e) { return true; } }"),
        Where("{ try { return int.Parse(e.Host) > 0; } catch (FormatException) { return false; } }"),
    ];

    [Theory]
    [MemberData(nameof(Accepted))]
    public void What_is_a_pure_function_of_the_events_is_accepted(string text)
    {
        using var folder = new QueryFolder(("q.csx", text));

        using LoadResult result = folder.Load();

        Assert.Empty(result.Errors);
        Assert.NotEmpty(result.Queries);
    }
}
