namespace Streams.Scripting;

/// <summary>A script as the cache keeps it: an assembly with its symbols, and what it was made from.</summary>
/// <param name="Name">The file name in the queries folder.</param>
/// <param name="Inputs">The script itself, then each file that it loads.</param>
/// <param name="Assembly">The assembly's bytes.</param>
/// <param name="Symbols">The portable PDB's bytes.</param>
/// <param name="Doubts">What is probably misspelt in it; the files relative to the queries folder.</param>
internal sealed record CompiledScript(
    string Name,
    IReadOnlyList<ScriptInput> Inputs,
    ReadOnlyMemory<byte> Assembly,
    ReadOnlyMemory<byte> Symbols,
    IReadOnlyList<ScriptError> Doubts);

/// <summary>A file that a compiled script was made from.</summary>
/// <param name="Path">Relative to the queries folder, with <c>/</c>.</param>
/// <param name="Hash">SHA-256 of its bytes.</param>
internal sealed record ScriptInput(string Path, ReadOnlyMemory<byte> Hash);
