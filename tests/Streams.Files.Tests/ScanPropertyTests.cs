using CsCheck;
using Streams.Files.Facts;
using Streams.Testing;

namespace Streams.Files.Tests;

/// <summary>Whatever happens to a tree between two scans, the second tells where they end, each path once.</summary>
public class ScanPropertyTests
{
    private static readonly string[] Names = ["a", "b", "d", "d/a", "d/b", "d/e", "d/e/c"];

    private static readonly Gen<string> Name = Gen.Int[0, Names.Length - 1].Select(i => Names[i]);

    private static readonly Gen<(int Kind, string Name, string Other)[]> Steps =
        Gen.Select(Gen.Int[0, 5], Name, Name).Array[0, 12];

    [Fact]
    public void A_scan_tells_the_difference_between_two_states_once() => Gen.Select(Steps, Steps, Gen.Int[1, 3]).Sample(
        (first, second, threads) =>
        {
            using var folder = new Folder();
            foreach ((int kind, string name, string other) in first) Do(folder, kind, name, other);
            Scan(folder, threads);
            Dictionary<string, FileFacts> before = State(folder);
            foreach ((int kind, string name, string other) in second) Do(folder, kind, name, other);
            Dictionary<string, FileFacts> after = State(folder);
            string[] expected =
            [
                .. before.Keys.Union(after.Keys)
                    .Select(path => (path, Changes.Between(before.GetValueOrDefault(path), after.GetValueOrDefault(path))))
                    .Where(change => change.Item2 != FileActions.None)
                    .Select(change => $"{change.path} {change.Item2}").Order(StringComparer.Ordinal),
            ];
            return Scan(folder, threads).SequenceEqual(expected) && Scan(folder, threads).Count == 0;
        },
        iter: Campaign.Cases(100));

    // What is impossible in a state (a file in the place of a folder) does nothing.
    private static void Do(Folder folder, int kind, string name, string other)
    {
        string path = folder.At(name);
        try
        {
            switch (kind)
            {
                case 0 or 1:
                    File.AppendAllText(path, kind == 0 ? "one" : "other");
                    break;
                case 2:
                    Directory.CreateDirectory(path);
                    break;
                case 3 when Directory.Exists(path):
                    Directory.Delete(path, recursive: true);
                    break;
                case 3:
                    File.Delete(path);
                    break;
                case 4:
                    File.SetUnixFileMode(path, File.GetUnixFileMode(path) ^ UnixFileMode.OtherWrite);
                    break;
                default:
                    if (Directory.Exists(path)) Directory.Move(path, folder.At(other));
                    else File.Move(path, folder.At(other), overwrite: true);
                    break;
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
        }
    }

    private static Dictionary<string, FileFacts> State(Folder folder)
    {
        using var reader = new FileFactsReader(["sha256"], 1 << 20);
        return Directory.EnumerateFileSystemEntries(folder.Tree, "*", SearchOption.AllDirectories).Prepend(folder.Tree)
            .ToDictionary(path => path, path => reader.Read(path)!);
    }

    private static List<string> Scan(Folder folder, int threads)
    {
        var found = new List<string>();
        var options = new FilesOptions { ScanRatePerSecond = 0, ScanThreads = threads };
        using Baseline baseline = Baseline.Open(folder.State);
        new Scan(options, () => new FileFactsReader(["sha256"], 1 << 20), baseline, TimeProvider.System).Run(
            folder.Tree, recursive: true, _ => true,
            finding => found.Add($"{(finding.After ?? finding.Before)!.Path} {finding.Actions}"), CancellationToken.None);
        found.Sort(StringComparer.Ordinal);
        return found;
    }
}
