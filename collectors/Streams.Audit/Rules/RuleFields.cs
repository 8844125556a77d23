using static Streams.Audit.Rules.RuleFieldKind;

namespace Streams.Audit.Rules;

/// <summary>The fields that rules can test (linux/audit.h; the names are auditctl's, see auditctl(8)).</summary>
internal static class RuleFields
{
    public const uint LoginUid = 9;
    public const uint Arch = 11;
    public const uint MessageType = 12;
    public const uint LoginUidSet = 24;
    public const uint Inode = 102;
    public const uint Path = 105;
    public const uint Permissions = 106;
    public const uint Folder = 107;
    public const uint Comparison = 111;
    public const uint Executable = 112;
    public const uint FirstArgument = 200;
    public const uint LastArgument = 203;
    public const uint Key = 210;

    private static readonly RuleFieldType[] All =
    [
        new(0, "pid", Number, RuleLists.Processes),
        new(1, "uid", UserId, RuleLists.Processes),
        new(2, "euid", UserId, RuleLists.Calls | RuleLists.Task),
        new(3, "suid", UserId, RuleLists.Calls | RuleLists.Task),
        new(4, "fsuid", UserId, RuleLists.Calls | RuleLists.Task),
        new(5, "gid", GroupId, RuleLists.Processes),
        new(6, "egid", GroupId, RuleLists.Calls | RuleLists.Task),
        new(7, "sgid", GroupId, RuleLists.Calls | RuleLists.Task),
        new(8, "fsgid", GroupId, RuleLists.Calls | RuleLists.Task),
        new(LoginUid, "auid", LoginId, RuleLists.Processes),
        new(10, "pers", Argument, RuleLists.Calls | RuleLists.Task),
        new(Arch, "arch", Architecture, RuleLists.Calls),
        new(MessageType, "msgtype", RuleFieldKind.RecordType, RuleLists.Records),
        new(13, "subj_user", Label, RuleLists.Processes),
        new(14, "subj_role", Label, RuleLists.Processes),
        new(15, "subj_type", Label, RuleLists.Processes),
        new(16, "subj_sen", Label, RuleLists.Processes),
        new(17, "subj_clr", Label, RuleLists.Processes),
        new(18, "ppid", Number, RuleLists.Calls | RuleLists.Task),
        new(19, "obj_user", Label, RuleLists.Calls),
        new(20, "obj_role", Label, RuleLists.Calls),
        new(21, "obj_type", Label, RuleLists.Calls),
        new(22, "obj_lev_low", Label, RuleLists.Calls),
        new(23, "obj_lev_high", Label, RuleLists.Calls),
        new(LoginUidSet, "loginuid_set", Success, RuleLists.Processes),
        new(25, "sessionid", Session, RuleLists.Calls | RuleLists.Task),
        new(26, "fstype", RuleFieldKind.FilesystemType, RuleLists.Filesystem),
        new(100, "devmajor", Number, RuleLists.Calls),
        new(101, "devminor", Argument, RuleLists.Calls),
        new(Inode, "inode", RuleFieldKind.Inode, RuleLists.Calls),
        new(103, "exit", ExitCode, RuleLists.Calls),
        new(104, "success", Success, RuleLists.Calls),
        new(Path, "path", WatchedPath, RuleLists.Calls),
        new(Permissions, "perm", RuleFieldKind.Permissions, RuleLists.Exit),
        new(Folder, "dir", WatchedFolder, RuleLists.Exit),
        new(108, "filetype", FileType, RuleLists.Calls),
        new(109, "obj_uid", UserId, RuleLists.Calls),
        new(110, "obj_gid", GroupId, RuleLists.Calls),
        new(Comparison, "field_compare", RuleFieldKind.Comparison, RuleLists.Calls | RuleLists.Task),
        new(Executable, "exe", RuleFieldKind.Executable, RuleLists.Processes),
        new(113, "saddr_fam", SocketFamily, RuleLists.Calls),
        new(200, "a0", Argument, RuleLists.Exit),
        new(201, "a1", Argument, RuleLists.Exit),
        new(202, "a2", Argument, RuleLists.Exit),
        new(203, "a3", Argument, RuleLists.Exit),
        new(Key, "key", RuleFieldKind.Key, RuleLists.Calls | RuleLists.Task | RuleLists.Filesystem),
    ];

    // Names of older manuals, and of programs other than auditctl.
    private static readonly (string Name, uint Number)[] OtherNames =
    [
        ("loginuid", LoginUid), ("ses", 25), ("personality", 10), ("watch", Path), ("se_user", 13), ("se_role", 14), ("se_type", 15),
        ("se_sen", 16), ("se_clr", 17),
    ];

    /// <summary>The names of all fields that can be written with -F.</summary>
    public static IEnumerable<string> Names => All.Where(each => each.Kind != RuleFieldKind.Comparison).Select(each => each.Name);

    /// <summary>The names of the fields that the kernel looks at on a list.</summary>
    public static IEnumerable<string> NamesOn(RuleList list) =>
        All.Where(each => (each.Lists & (RuleLists)(1 << (int)list)) != 0).Select(each => each.Name);

    /// <summary>The field of a number, or null.</summary>
    public static RuleFieldType? Find(uint number) => Array.Find(All, field => field.Number == number);

    /// <summary>The field of a name, or null.</summary>
    public static RuleFieldType? Find(string name)
    {
        RuleFieldType? found = Array.Find(All, field => field.Name == name && field.Kind != RuleFieldKind.Comparison);
        if (found is not null) return found;
        (string Name, uint Number) other = Array.Find(OtherNames, entry => entry.Name == name);
        return other.Name is null ? null : Find(other.Number);
    }

    /// <summary>Whether the field is a level of a security label, which has an order.</summary>
    public static bool IsLevel(uint number) => number is 16 or 17 or 22 or 23;
}
