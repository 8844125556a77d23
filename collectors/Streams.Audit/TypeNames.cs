using System.Buffers.Text;
using Streams.Events.Tables;

namespace Streams.Audit;

/// <summary>The types of records by the names that logs use: a name, a number, or <c>UNKNOWN[number]</c>.</summary>
internal static class TypeNames
{
    public static bool TryParse(ReadOnlySpan<byte> name, out RecordType type)
    {
        // The types of nearly all lines first: comparing with a constant of known length is one or two instructions.
        switch (name.Length)
        {
            case 7 when name.SequenceEqual("SYSCALL"u8): type = RecordType.Syscall; return true;
            case 9 when name.SequenceEqual("PROCTITLE"u8): type = RecordType.Proctitle; return true;
            case 4 when name.SequenceEqual("PATH"u8): type = RecordType.Path; return true;
            case 8 when name.SequenceEqual("SOCKADDR"u8): type = RecordType.Sockaddr; return true;
            case 3 when name.SequenceEqual("CWD"u8): type = RecordType.Cwd; return true;
            case 3 when name.SequenceEqual("EOE"u8): type = RecordType.Eoe; return true;
            case 6 when name.SequenceEqual("EXECVE"u8): type = RecordType.Execve; return true;
        }

        if (name.StartsWith("UNKNOWN["u8) && name[^1] == ']') name = name[8..^1];
        if (Utf8Parser.TryParse(name, out ushort number, out int used) && used == name.Length)
        {
            type = (RecordType)number;
            return number != 0;
        }

        return ByName(name, out type);
    }

    private static bool ByName(ReadOnlySpan<byte> name, out RecordType type)
    {
        for (int i = 0; i < Names.Length; i++)
        {
            if (!name.SequenceEqual(Names[i].Name)) continue;
            type = Names[i].Type;
            return true;
        }

        type = RecordType.None;
        return false;
    }

    private static readonly (byte[] Name, RecordType Type)[] Names =
    [
        ("LOGIN"u8.ToArray(), RecordType.Login),
        ("CONFIG_CHANGE"u8.ToArray(), RecordType.ConfigChange),
        ("BPRM_FCAPS"u8.ToArray(), (RecordType)1321),
        ("OBJ_PID"u8.ToArray(), (RecordType)1318),
        ("AVC"u8.ToArray(), (RecordType)1400),
        ("USER_AUTH"u8.ToArray(), RecordType.UserAuth),
        ("USER_ACCT"u8.ToArray(), (RecordType)1101),
        ("CRED_ACQ"u8.ToArray(), (RecordType)1103),
        ("CRED_DISP"u8.ToArray(), (RecordType)1104),
        ("USER_START"u8.ToArray(), (RecordType)1105),
        ("USER_END"u8.ToArray(), (RecordType)1106),
        ("USER_LOGIN"u8.ToArray(), (RecordType)1112),
        ("USER_CMD"u8.ToArray(), (RecordType)1123),
        ("SERVICE_START"u8.ToArray(), (RecordType)1130),
        ("SERVICE_STOP"u8.ToArray(), (RecordType)1131),
        ("DAEMON_START"u8.ToArray(), (RecordType)1200),
        ("DAEMON_END"u8.ToArray(), (RecordType)1201),
    ];
}
