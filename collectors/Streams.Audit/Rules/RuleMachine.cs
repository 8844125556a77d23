using System.Globalization;
using System.Runtime.InteropServices;
using Streams.Events.Tables;

namespace Streams.Audit.Rules;

/// <summary>The machine that rules are compiled for: what <c>b64</c> and <c>b32</c> are, and the numbers of system calls.</summary>
public sealed class RuleMachine
{
    // In a rule the bits above are classes of calls, not calls (AUDIT_SYSCALL_CLASSES in linux/audit.h).
    internal const int Calls = (RuleBinary.MaskWords * 32) - 16;

    // What uname -m says where it is not the name in the table.
    private static readonly (string Name, string Table)[] MachineNames =
    [
        ("i486", "i386"), ("i586", "i386"), ("i686", "i386"), ("armv5tejl", "arm"), ("armv7l", "arm"), ("armv8l", "arm"),
        ("amd64", "x86_64"), ("arm64", "aarch64"),
    ];

    // Names of other tables and of the C library for calls that the tables here name otherwise.
    private static readonly (string Name, string Table)[] CallNames =
    [
        ("pread64", "pread"), ("pread", "pread64"), ("pwrite64", "pwrite"), ("pwrite", "pwrite64"), ("fstat", "newfstat"),
        ("fstatat", "newfstatat"), ("_llseek", "llseek"), ("_newselect", "newselect"), ("_sysctl", "sysctl"),
        ("sys_kexec_load", "kexec_load"), ("sched_rr_get_interval64", "sched_rr_get_interval_time64"), ("getdents64", "getdents"),
    ];

    private readonly Dictionary<uint, Dictionary<ushort, int>> _numbers = [];

    private RuleMachine(string name, uint bits64, uint bits32)
    {
        Name = name;
        Bits64 = bits64;
        Bits32 = bits32;
        _numbers[bits64] = NumbersOf(bits64);
        _numbers[bits32] = NumbersOf(bits32);
    }

    /// <summary>64-bit x86.</summary>
    public static RuleMachine X8664 { get; } = new("x86_64", Architectures.X8664, Architectures.I386);

    /// <summary>64-bit ARM.</summary>
    public static RuleMachine Aarch64 { get; } = new("aarch64", Architectures.Aarch64, Architectures.Arm);

    /// <summary>The machine that this process runs on; null when rules cannot be compiled for it.</summary>
    public static RuleMachine? Current => Of(RuntimeInformation.OSArchitecture);

    /// <summary>As <c>uname -m</c> says it.</summary>
    public string Name { get; }

    /// <summary>What <c>b64</c> is, a number as in the field <c>arch</c>.</summary>
    public uint Bits64 { get; }

    /// <summary>What <c>b32</c> is.</summary>
    public uint Bits32 { get; }

    /// <summary>The machine of an architecture; null when rules cannot be compiled for it.</summary>
    public static RuleMachine? Of(Architecture architecture) => architecture switch
    {
        Architecture.X64 => X8664,
        Architecture.Arm64 => Aarch64,
        _ => null,
    };

    /// <summary>The machine of a name, or null.</summary>
    public static RuleMachine? Find(string name) => name switch
    {
        "x86_64" or "amd64" => X8664,
        "aarch64" or "arm64" => Aarch64,
        _ => null,
    };

    /// <summary>Reads an architecture: b64, b32, a name, or a number in hex as auditctl takes it.</summary>
    internal bool TryArchitecture(string text, out uint arch)
    {
        arch = text switch { "b64" => Bits64, "b32" => Bits32, _ => 0 };
        if (arch != 0) return true;
        string name = Array.Find(MachineNames, entry => entry.Name == text).Table ?? text;
        if (Architectures.TryFind(name, out arch)) return true;
        string digits = text.StartsWith("0x", StringComparison.OrdinalIgnoreCase) ? text[2..] : text;
        return uint.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out arch)
            && Architectures.Name(arch) is not null;
    }

    /// <summary>An architecture as rules write it.</summary>
    internal string ArchitectureText(uint arch)
    {
        if (arch == Bits64) return "b64";
        return arch == Bits32 ? "b32" : Architectures.Name(arch) ?? $"0x{arch:x}";
    }

    /// <summary>The number of a system call on an architecture; -1 if the table has no such name.</summary>
    internal int CallNumber(uint arch, string name)
    {
        if (!_numbers.TryGetValue(arch, out Dictionary<ushort, int>? numbers)) numbers = NumbersOf(arch);
        if (Syscalls.TryFind(name, out ushort id) && numbers.TryGetValue(id, out int number)) return number;
        foreach ((string given, string table) in CallNames)
        {
            if (given == name && Syscalls.TryFind(table, out id) && numbers.TryGetValue(id, out number)) return number;
        }

        return -1;
    }

    /// <summary>The names of all system calls of an architecture.</summary>
    internal static IEnumerable<string> CallsOf(uint arch) => NumbersOf(arch).Keys.Select(Syscalls.Name);

    private static Dictionary<ushort, int> NumbersOf(uint arch)
    {
        var numbers = new Dictionary<ushort, int>();
        for (int number = 0; number < Calls; number++)
        {
            ushort id = Syscalls.Id(arch, number);
            if (id != SyscallId.None) numbers.TryAdd(id, number);
        }

        return numbers;
    }
}
