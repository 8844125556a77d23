using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace Streams.Scripting;

/// <summary>
/// Compiled scripts on disk. All scripts of a folder are in one file, because a start reads them all: its name is a hash of the folder
/// and of the build of the engine, it begins with a hash of what follows, and each script in it says which texts it was made from.
/// A file that is not as it should be is as good as none.
/// </summary>
internal sealed class ScriptCache
{
    /// <summary>How many files are kept: one for each folder and build that was in use lately.</summary>
    public const int MaxFiles = 16;

    /// <summary>A file larger than this is neither read nor written.</summary>
    public const long MaxFileBytes = 64L << 20;

    private const int Version = 2;
    private static readonly byte[] Magic = "STREAMSC"u8.ToArray();
    private static readonly int Head = Magic.Length + SHA256.HashSizeInBytes;

    private readonly string _folder;
    private readonly string _file;

    /// <summary>The cache of a folder of scripts.</summary>
    /// <param name="folder">Where the files are.</param>
    /// <param name="scripts">The folder of the scripts.</param>
    /// <param name="builds">What scripts are compiled by and against; <see cref="Builds"/> unless given.</param>
    public ScriptCache(string folder, string scripts, IReadOnlyList<Guid>? builds = null)
    {
        _folder = folder;
        _file = Path.Combine(folder, Key(scripts, builds ?? Builds) + ".scripts");
    }

    /// <summary>
    /// The builds in use. A module's version id is a hash of what it was compiled from, so a changed engine, allow-list or compiler finds
    /// no old script.
    /// </summary>
    public static IReadOnlyList<Guid> Builds { get; } =
    [
        VersionOf(typeof(object)),
        VersionOf(typeof(System.Reactive.Unit)),
        VersionOf(typeof(Events.Event)),
        VersionOf(typeof(Engine.QueryScript)),
        VersionOf(typeof(ScriptCache)),
    ];

    /// <summary>What the file holds by script name; empty when there is none or it is damaged.</summary>
    public Dictionary<string, CompiledScript> Read()
    {
        try
        {
            if (!File.Exists(_file) || PrivateFolder.CheckFile(_file) is not null || new FileInfo(_file).Length > MaxFileBytes) return [];
            byte[] bytes = File.ReadAllBytes(_file);
            if (bytes.Length < Head || !bytes.AsSpan().StartsWith(Magic)) return [];
            ReadOnlySpan<byte> hash = bytes.AsSpan(Magic.Length, SHA256.HashSizeInBytes);
            return hash.SequenceEqual(SHA256.HashData(bytes.AsSpan(Head))) ? Parse(bytes.AsMemory(Head)) : [];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    /// <summary>Replaces the file, and removes the ones that were not used for longest when there are too many.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public void Write(IReadOnlyCollection<CompiledScript> scripts)
    {
        using MemoryStream body = new();
        using (BinaryWriter writer = new(body, Encoding.UTF8, leaveOpen: true))
        {
            writer.Write(scripts.Count);
            foreach (CompiledScript script in scripts)
            {
                writer.Write(script.Name);
                writer.Write(script.Inputs.Count);
                foreach (ScriptInput input in script.Inputs)
                {
                    writer.Write(input.Path);
                    writer.Write(input.Hash.Span);
                }
                WriteBlock(writer, script.Assembly.Span);
                WriteBlock(writer, script.Symbols.Span);
                writer.Write(script.Doubts.Count);
                foreach (ScriptError doubt in script.Doubts)
                {
                    writer.Write(doubt.File);
                    writer.Write(doubt.Line);
                    writer.Write(doubt.Column);
                    writer.Write(doubt.Message);
                    writer.Write(doubt.Remedy ?? "");
                }
            }
        }
        if (body.Length > MaxFileBytes) return;

        ReadOnlyMemory<byte> content = body.GetBuffer().AsMemory(0, (int)body.Length);
        PrivateFolder.Write(_file, stream =>
        {
            stream.Write(Magic);
            stream.Write(SHA256.HashData(content.Span));
            stream.Write(content.Span);
        });
        Prune();
    }

    private void Prune()
    {
        IEnumerable<FileInfo> old = new DirectoryInfo(_folder).EnumerateFiles("*.scripts*")
            .OrderByDescending(file => file.Name == Path.GetFileName(_file)).ThenByDescending(file => file.LastWriteTimeUtc).Skip(MaxFiles);
        foreach (FileInfo file in old) file.Delete();
    }

    private static void WriteBlock(BinaryWriter writer, ReadOnlySpan<byte> block)
    {
        writer.Write(block.Length);
        writer.Write(block);
    }

    // The hash in front was right, so what follows is as this class wrote it.
    private static Dictionary<string, CompiledScript> Parse(ReadOnlyMemory<byte> content)
    {
        Dictionary<string, CompiledScript> scripts = new(StringComparer.Ordinal);
        for (int count = ReadNumber(ref content); count > 0; count--)
        {
            string name = ReadText(ref content);
            ScriptInput[] inputs = new ScriptInput[ReadNumber(ref content)];
            for (int i = 0; i < inputs.Length; i++)
            {
                inputs[i] = new ScriptInput(ReadText(ref content), Take(ref content, SHA256.HashSizeInBytes));
            }
            ReadOnlyMemory<byte> assembly = Take(ref content, ReadNumber(ref content));
            ReadOnlyMemory<byte> symbols = Take(ref content, ReadNumber(ref content));
            ScriptError[] doubts = new ScriptError[ReadNumber(ref content)];
            for (int i = 0; i < doubts.Length; i++)
            {
                doubts[i] = new ScriptError(
                    ReadText(ref content), ReadNumber(ref content), ReadNumber(ref content), ReadText(ref content), ReadText(ref content));
            }

            scripts[name] = new CompiledScript(name, inputs, assembly, symbols, doubts);
        }
        return scripts;
    }

    private static ReadOnlyMemory<byte> Take(ref ReadOnlyMemory<byte> content, int length)
    {
        ReadOnlyMemory<byte> taken = content[..length];
        content = content[length..];
        return taken;
    }

    private static int ReadNumber(ref ReadOnlyMemory<byte> content) => BinaryPrimitives.ReadInt32LittleEndian(Take(ref content, 4).Span);

    private static string ReadText(ref ReadOnlyMemory<byte> content)
    {
        // BinaryWriter puts seven bits of the length into each byte, the lowest first.
        int length = 0;
        for (int shift = 0; ; shift += 7)
        {
            byte part = Take(ref content, 1).Span[0];
            length |= (part & 0x7F) << shift;
            if (part < 0x80) break;
        }
        return Encoding.UTF8.GetString(Take(ref content, length).Span);
    }

    private static Guid VersionOf(Type type) => type.Module.ModuleVersionId;

    private static string Key(string scripts, IReadOnlyList<Guid> builds)
    {
        StringBuilder key = new();
        key.Append(Version).Append('\n').Append(Path.GetFullPath(scripts)).Append('\n').Append(RuntimeInformation.FrameworkDescription);
        foreach (Guid build in builds) key.Append('\n').Append(build);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key.ToString()))[..16]);
    }
}
