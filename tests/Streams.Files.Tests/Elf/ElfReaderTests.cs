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
            [
                ".text PROGBITS 256 8", ".dynsym DYNSYM", ".dynstr STRTAB", ".gnu.version VERSYM", ".gnu.version_r VERNEED",
                ".shstrtab STRTAB", ".bss NOBITS 0 0",
            ],
            facts.Sections.Select(Told));
        Assert.Equal(["libc.so.6.execve", ".connect"], facts.Imports.First);
        // echo -n libc.so.6.execve,.connect | md5sum
        Assert.Equal("f4193d89a16478d50af36e02ac3f381c", facts.Imports.Hash);
        Assert.True(facts.IsStripped);
        Assert.Null(facts.GoImports);
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void Of_a_program_of_Go_the_functions_of_others_packages_are_imports(bool isWide, bool isBig)
    {
        string[] functions =
        [
            "github.com/x/y.Do", "main.main", "runtime.main", "net/http.Get", "golang.org/x/sys/unix.(*Conn).Read",
            "type..eq.github.com/x/y", "example.org/Z.f[go.shape.int]",
        ];
        ElfFacts facts = Read(new ElfFile(isWide, isBig) { Functions = functions }.Bytes())!;
        Assert.Equal(
            ["github.com/x/y.Do", "golang.org/x/sys/unix.(*Conn).Read", "example.org/Z.f[go.shape.int]"], facts.GoImports!.First);
        // echo -n with commas between them | md5sum
        Assert.Equal("faa49e451fce6d2c24d5121fd1ef65e2", facts.GoImports.Hash);
        Assert.Equal((false, false), (facts.IsStripped, facts.IsGoStripped));
    }

    [Fact]
    public void A_stripped_program_of_Go_is_said_to_be_and_has_the_hash_of_nothing()
    {
        byte[] bytes = new ElfFile(isWide: true, isBig: false) { Functions = ["github.com/x/y.Do"] }.Bytes();
        // The type of the table of symbols becomes that of a note.
        bytes[SymbolTable(bytes) + 4] = 7;
        ElfFacts facts = Read(bytes)!;
        Assert.Equal((true, true), (facts.IsStripped, facts.IsGoStripped));
        Assert.Empty(facts.GoImports!.First);
        Assert.Equal("d41d8cd98f00b204e9800998ecf8427e", facts.GoImports.Hash);
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
        Assert.Contains(facts.Sections, section => section is { Name: ".text", Type: "PROGBITS", Entropy.Bits: > 4 and < 8 });
        Assert.NotEmpty(facts.Imports.First);
        Assert.NotNull(facts.Imports.Hash);
    }

    [Fact]
    public void Damaged_files_are_read_as_far_as_they_can_be()
    {
        byte[] whole = new ElfFile(isWide: true, isBig: false) { Functions = ["github.com/x/y.Do", "main.main"] }.Bytes();
        Gen.Select(Gen.Int[0, whole.Length], Gen.Select(Gen.Int[0, whole.Length - 1], Gen.Byte).Array[0, 12]).Sample((length, edits) =>
        {
            byte[] bytes = [.. whole];
            foreach ((int at, byte value) in edits) bytes[at] = value;
            ElfFacts? facts = Read(bytes[..length]);
            return facts is null || (facts.Sections.Count <= ElfReader.MaxSections && facts.Imports.First.Count <= ElfNames.MaxTold
                && facts.Sections.All(section => section.Entropy is { Bits: >= 0 and <= 8.0001, Variance: >= 0 }));
        });
    }

    [Fact]
    public void Names_that_lie_over_each_other_are_not_hashed_over_and_over()
    {
        string name = "example.org/" + new string('x', 10_000);
        byte[] bytes = new ElfFile(isWide: true, isBig: false) { Functions = [name, .. Enumerable.Repeat("f", 1000)] }.Bytes();
        int symbols = BitConverter.ToInt32(bytes, SymbolTable(bytes) + 24);
        for (int i = 1; i <= 1000; i++) BitConverter.TryWriteBytes(bytes.AsSpan(symbols + (24 * i)), 1);
        ElfNames imports = Read(bytes)!.GoImports!;
        Assert.Null(imports.Hash);
        Assert.InRange(imports.First.Count, 1, 50);
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

    // Where the header of the table of symbols is, in a wide file.
    private static int SymbolTable(byte[] bytes)
    {
        int sections = BitConverter.ToInt32(bytes, 40);
        return Enumerable.Range(0, 20).Select(i => sections + (64 * i)).First(header => BitConverter.ToInt32(bytes, header + 4) == 2);
    }

    private static string Told(ElfSection section) => section.Name is ".text" or ".bss"
        ? $"{section.Name} {section.Type} {section.PhysicalSize} {section.Entropy.Bits:0}"
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
