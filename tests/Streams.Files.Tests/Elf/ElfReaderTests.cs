using CsCheck;
using Streams.Files.Facts;
using Streams.Files.Facts.Elf;

namespace Streams.Files.Tests.Elf;

/// <summary>What the headers of executables say, whoever wrote them.</summary>
public class ElfReaderTests
{
    [Theory]
    [InlineData(true, false)]
    [InlineData(true, true)]
    [InlineData(false, false)]
    [InlineData(false, true)]
    public void Sections_and_imports_are_read_in_any_width_and_order(bool isWide, bool isBig)
    {
        ElfFacts facts = Read(new ElfFile(isWide, isBig).Bytes())!;
        Assert.False(facts.IsDamaged);
        Assert.Equal(
            [".text PROGBITS 256 8", ".dynsym DYNSYM", ".dynstr STRTAB", ".shstrtab STRTAB", ".bss NOBITS 0 0"],
            facts.Sections.Select(Told));
        Assert.Equal(["connect", "execve"], facts.Imports);
        // md5sum of "connect,execve".
        Assert.Equal("f6d49ce2e5e86e25f5ef12e82ab41281", facts.ImportHash);
        Assert.True(facts.IsStripped);
        Assert.False(facts.IsGo);
    }

    [Fact]
    public void What_is_no_executable_has_no_facts()
    {
        Assert.Null(Read([]));
        Assert.Null(Read("#!/bin/sh\n"u8.ToArray()));
        Assert.Null(Read("\u007FELF"u8.ToArray()));
    }

    [Fact]
    public void An_executable_of_this_host_is_read()
    {
        using var reader = new FileFactsReader(["sha256"], 100 << 20, readsHeaders: true);
        ElfFacts facts = reader.Read(Environment.ProcessPath!)!.Elf!;
        Assert.False(facts.IsDamaged);
        Assert.Contains(facts.Sections, section => section is { Name: ".text", Type: "PROGBITS", Entropy: > 4 and < 8 });
        Assert.NotEmpty(facts.Imports);
    }

    [Fact]
    public void Damaged_files_are_read_as_far_as_they_can_be()
    {
        byte[] whole = new ElfFile(isWide: true, isBig: false).Bytes();
        Gen.Select(Gen.Int[0, whole.Length], Gen.Select(Gen.Int[0, whole.Length - 1], Gen.Byte).Array[0, 12]).Sample((length, edits) =>
        {
            byte[] bytes = [.. whole];
            foreach ((int at, byte value) in edits) bytes[at] = value;
            ElfFacts? facts = Read(bytes[..length]);
            return facts is null || (facts.Sections.Count <= ElfReader.MaxSections && facts.Imports.Count <= ElfReader.MaxImports
                && facts.Sections.All(section => section.Entropy is >= 0 and <= 8));
        });
    }

    [Fact]
    public void Sections_that_lie_over_each_other_are_not_counted_over_and_over()
    {
        long read = 0;
        byte[] bytes = new ElfFile(isWide: true, isBig: false) { Copies = 1000 }.Bytes();
        ElfFacts facts = ElfReader.Read(
            (offset, buffer) =>
            {
                int copied = Copy(bytes, offset, buffer);
                read += copied;
                return copied;
            },
            bytes.Length)!;
        Assert.True(facts.IsDamaged);
        Assert.InRange(read, 1, 4 * bytes.Length);
    }

    private static string Told(ElfSection section) => section.Name is ".text" or ".bss"
        ? $"{section.Name} {section.Type} {section.PhysicalSize} {section.Entropy:0}"
        : $"{section.Name} {section.Type}";

    private static ElfFacts? Read(byte[] bytes) => ElfReader.Read((offset, buffer) => Copy(bytes, offset, buffer), bytes.Length);

    private static int Copy(byte[] bytes, long offset, Span<byte> buffer)
    {
        if (offset < 0 || offset >= bytes.Length) return 0;
        ReadOnlySpan<byte> rest = bytes.AsSpan((int)offset);
        rest = rest[..Math.Min(rest.Length, buffer.Length)];
        rest.CopyTo(buffer);
        return rest.Length;
    }
}
