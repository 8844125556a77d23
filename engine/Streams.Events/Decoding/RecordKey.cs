using System.Buffers.Binary;
using System.Text;
using Streams.Events.Tables;

namespace Streams.Events.Decoding;

/// <summary>
/// The keys of records that we do something with, or that come often, as numbers. They stand in the order in which the kernel
/// writes them, so that a scanner can guess the next one.
/// </summary>
internal static class RecordKey
{
    /// <summary>A key that is not among these.</summary>
    public const ushort Unknown = 0;

    // SYSCALL and URINGOP (kernel/auditsc.c, audit_log_exit and audit_log_uring).
    public const ushort Arch = 1;
    public const ushort Syscall = 2;
    public const ushort Success = 3;
    public const ushort Exit = 4;
    public const ushort A0 = 5;
    public const ushort A1 = 6;
    public const ushort A2 = 7;
    public const ushort A3 = 8;
    public const ushort Items = 9;
    public const ushort Ppid = 10;
    public const ushort Pid = 11;
    public const ushort Auid = 12;
    public const ushort Uid = 13;
    public const ushort Gid = 14;
    public const ushort Euid = 15;
    public const ushort Suid = 16;
    public const ushort Fsuid = 17;
    public const ushort Egid = 18;
    public const ushort Sgid = 19;
    public const ushort Fsgid = 20;
    public const ushort Tty = 21;
    public const ushort Ses = 22;
    public const ushort Comm = 23;
    public const ushort Exe = 24;
    public const ushort Subj = 25;
    public const ushort Key = 26;

    // PATH (audit_log_name).
    public const ushort Item = 27;
    public const ushort Name = 28;
    public const ushort Inode = 29;
    public const ushort Dev = 30;
    public const ushort Mode = 31;
    public const ushort Ouid = 32;
    public const ushort Ogid = 33;
    public const ushort Rdev = 34;
    public const ushort Nametype = 35;
    public const ushort CapFp = 36;
    public const ushort CapFi = 37;
    public const ushort CapFe = 38;
    public const ushort CapFver = 39;
    public const ushort CapFrootid = 40;
    public const ushort Obj = 41;
    public const ushort Objtype = 42;

    // BPRM_FCAPS (__audit_log_bprm_fcaps) and CAPSET.
    public const ushort Fver = 43;
    public const ushort Fp = 44;
    public const ushort Fi = 45;
    public const ushort Fe = 46;
    public const ushort OldPp = 47;
    public const ushort OldPi = 48;
    public const ushort OldPe = 49;
    public const ushort OldPa = 50;
    public const ushort Pp = 51;
    public const ushort Pi = 52;
    public const ushort Pe = 53;
    public const ushort Pa = 54;
    public const ushort Frootid = 55;
    public const ushort NewPp = 56;
    public const ushort NewPi = 57;
    public const ushort NewPe = 58;
    public const ushort CapPi = 59;
    public const ushort CapPp = 60;
    public const ushort CapPe = 61;
    public const ushort CapPa = 62;

    // Records of one or few fields.
    public const ushort Cwd = 63;
    public const ushort Proctitle = 64;
    public const ushort Saddr = 65;
    public const ushort Argc = 66;
    public const ushort Msg = 67;

    // LOGIN.
    public const ushort OldAuid = 68;
    public const ushort OldSes = 69;
    public const ushort OldAuidOld = 70;
    public const ushort NewAuidOld = 71;
    public const ushort OldSesOld = 72;
    public const ushort NewSesOld = 73;

    // What programs send (libaudit, audit_log_user_message and its kin).
    public const ushort Op = 74;
    public const ushort Grantors = 75;
    public const ushort Acct = 76;
    public const ushort Id = 77;
    public const ushort Hostname = 78;
    public const ushort Addr = 79;
    public const ushort Terminal = 80;
    public const ushort Res = 81;
    public const ushort Cmd = 82;
    public const ushort Data = 83;
    public const ushort Unit = 84;
    public const ushort Reason = 85;
    public const ushort Cause = 86;
    public const ushort Info = 87;

    // AVC, made of the words before its fields.
    public const ushort Seresult = 88;
    public const ushort Seperms = 89;
    public const ushort Path = 90;
    public const ushort Scontext = 91;
    public const ushort Tcontext = 92;
    public const ushort Tclass = 93;
    public const ushort Permissive = 94;
    public const ushort Apparmor = 95;
    public const ushort Operation = 96;
    public const ushort Profile = 97;

    // OBJ_PID.
    public const ushort Opid = 98;
    public const ushort Oauid = 99;
    public const ushort Oses = 100;
    public const ushort Ocomm = 101;

    public const ushort Sig = 102;
    public const ushort Code = 103;
    public const ushort Per = 104;
    public const ushort UringOp = 105;
    public const ushort Socket = 106;
    public const ushort Laddr = 107;
    public const ushort Result = 108;
    public const ushort Flags = 109;
    public const ushort Prot = 110;
    public const ushort Family = 111;
    public const ushort Old = 112;
    public const ushort New = 113;

    /// <summary>From here on: what an ENRICHED log adds, the names of ids.</summary>
    public const ushort FirstEnriched = 114;
    public const ushort NameOfAuid = 114;
    public const ushort NameOfUid = 115;
    public const ushort NameOfGid = 116;
    public const ushort NameOfEuid = 117;
    public const ushort NameOfSuid = 118;
    public const ushort NameOfFsuid = 119;
    public const ushort NameOfEgid = 120;
    public const ushort NameOfSgid = 121;
    public const ushort NameOfFsgid = 122;
    public const ushort NameOfOuid = 123;
    public const ushort NameOfOgid = 124;
    public const ushort NameOfOauid = 125;
    public const ushort NameOfId = 126;
    public const ushort EnrichedSaddr = 127;
    public const ushort EnrichedArch = 128;
    public const ushort EnrichedSyscall = 129;

    /// <summary>One more than the greatest.</summary>
    public const int Count = 130;

    private static readonly string[] Names =
    [
        "", "arch", "syscall", "success", "exit", "a0", "a1", "a2", "a3", "items", "ppid", "pid", "auid", "uid", "gid", "euid", "suid",
            "fsuid",
        "egid", "sgid", "fsgid", "tty", "ses", "comm", "exe", "subj", "key",
        "item", "name", "inode", "dev", "mode", "ouid", "ogid", "rdev", "nametype", "cap_fp", "cap_fi", "cap_fe", "cap_fver", "cap_frootid",
        "obj", "objtype",
        "fver", "fp", "fi", "fe", "old_pp", "old_pi", "old_pe", "old_pa", "pp", "pi", "pe", "pa", "frootid", "new_pp", "new_pi", "new_pe",
        "cap_pi", "cap_pp", "cap_pe", "cap_pa",
        "cwd", "proctitle", "saddr", "argc", "msg",
        "old-auid", "old-ses", "old_auid", "new_auid", "old_ses", "new_ses",
        "op", "grantors", "acct", "id", "hostname", "addr", "terminal", "res", "cmd", "data", "unit", "reason", "cause", "info",
        "seresult", "seperms", "path", "scontext", "tcontext", "tclass", "permissive", "apparmor", "operation", "profile",
        "opid", "oauid", "oses", "ocomm",
        "sig", "code", "per", "uring_op", "socket", "laddr", "result", "flags", "prot", "family", "old", "new",
        "AUID", "UID", "GID", "EUID", "SUID", "FSUID", "EGID", "SGID", "FSGID", "OUID", "OGID", "OAUID", "ID", "SADDR", "ARCH", "SYSCALL",
    ];

    private static readonly byte[][] Utf8 = Array.ConvertAll(Names, Encoding.UTF8.GetBytes);
    private static readonly byte[][] Guesses = Array.ConvertAll([.. Names, " "], static name => Encoding.UTF8.GetBytes(name + "="));
    private static readonly byte[][] Properties = Array.ConvertAll(Names, JsonText.Name);
    private static readonly ushort[] Places = MakePlaces();
    private static readonly bool[] Plain = MakePlain();

    /// <summary>The names of all keys.</summary>
    public static IEnumerable<string> All => Names.Skip(1);

    /// <summary>A key's name.</summary>
    public static ReadOnlySpan<byte> Text(ushort key) => Utf8[key];

    /// <summary>A key's name as a JSON property.</summary>
    public static byte[] Property(ushort key) => Properties[key];

    /// <summary>The key and the sign of equality after it; of <see cref="Count"/> a text that no record has there.</summary>
    public static ReadOnlySpan<byte> Guess(ushort key) => Guesses[key];

    /// <summary>The key that the kernel writes first in a record of a type.</summary>
    public static ushort First(RecordType type) => type switch
    {
        RecordType.Path => Item,
        RecordType.Proctitle => Proctitle,
        RecordType.Cwd => Cwd,
        RecordType.Sockaddr => Saddr,
        RecordType.Execve => Argc,
        RecordType.BprmFcaps => Fver,
        RecordType.UserAuth => Pid,
        _ => Arch,
    };

    /// <summary>
    /// Whether a field of the key comes about although its name does not stand before a sign of equality: AVC text, old LOGIN.
    /// </summary>
    public static bool IsDerived(ushort key) =>
        key is Result or Seresult or Seperms or OldAuidOld or OldSesOld or NewAuidOld or NewSesOld;

    /// <summary>Whether a value of the key is a number or a word: nobody's text, nothing to decode.</summary>
    public static bool IsPlain(ushort key) => Plain[key];

    /// <summary>Whether a value of the key is the label of a security module.</summary>
    public static bool IsLabel(ushort key) => key is Subj or Obj or Scontext or Tcontext;

    /// <summary>The key of that name, or <see cref="Unknown"/>.</summary>
    public static ushort Find(ReadOnlySpan<byte> name)
    {
        if (name.Length is 0 or > 16) return Unknown;
        ushort[] places = Places;
        for (uint place = Hash(name); ; place++)
        {
            ushort key = places[place & (PlaceCount - 1)];
            if (key == Unknown || name.SequenceEqual(Utf8[key])) return key;
        }
    }

    /// <inheritdoc cref="Find(ReadOnlySpan{byte})"/>
    public static ushort Find(string name)
    {
        if (name.Length is 0 or > 16) return Unknown;
        Span<byte> utf8 = stackalloc byte[48];
        return Find(utf8[..Encoding.UTF8.GetBytes(name, utf8)]);
    }

    private const int PlaceCount = 1024;

    private static uint Hash(ReadOnlySpan<byte> name)
    {
        ulong head = 0;
        if (name.Length >= 8)
        {
            head = BinaryPrimitives.ReadUInt64LittleEndian(name) ^ (ulong)name[^1] << 7;
        }
        else
        {
            for (int i = 0; i < name.Length; i++) head = head << 8 | name[i];
        }

        return (uint)((head + (ulong)name.Length) * 0x9E3779B97F4A7C15 >> 40);
    }

    private static bool[] MakePlain()
    {
        bool[] plain = new bool[Count];
        for (ushort key = 1; key < FirstEnriched; key++) plain[key] = !RecordFields.IsEncoded(Utf8[key])
            && key is not (Op or Reason or Cause or Info) && !IsLabel(key);
        return plain;
    }

    private static ushort[] MakePlaces()
    {
        ushort[] places = new ushort[PlaceCount];
        for (ushort key = 1; key < Count; key++)
        {
            uint place = Hash(Utf8[key]);
            while (places[place & (PlaceCount - 1)] != Unknown) place++;
            places[place & (PlaceCount - 1)] = key;
        }

        return places;
    }
}
