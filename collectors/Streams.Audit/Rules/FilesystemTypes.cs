namespace Streams.Audit.Rules;

/// <summary>Magic numbers of file systems (linux/magic.h), under the names that mount(8) uses.</summary>
internal static class FilesystemTypes
{
    private static readonly (string Name, uint Number)[] All =
    [
        ("autofs", 0x0187), ("binfmt_misc", 0x42494E4D), ("bpf", 0xCAFE4A11), ("btrfs", 0x9123683E), ("cgroup", 0x0027E0EB),
        ("cgroup2", 0x63677270), ("cifs", 0xFF534D42), ("configfs", 0x62656570), ("debugfs", 0x64626720), ("devpts", 0x1CD1),
        ("efivarfs", 0xDE5E81E4), ("ext4", 0xEF53), ("f2fs", 0xF2F52010), ("fuse", 0x65735546), ("hugetlbfs", 0x958458F6),
        ("iso9660", 0x9660), ("mqueue", 0x19800202), ("nfs", 0x6969), ("nsfs", 0x6E736673), ("overlay", 0x794C7630), ("proc", 0x9FA0),
        ("pstore", 0x6165676C), ("ramfs", 0x858458F6), ("resctrl", 0x07655821), ("securityfs", 0x73636673), ("selinuxfs", 0xF97CFF8C),
        ("squashfs", 0x73717368), ("sysfs", 0x62656572), ("tmpfs", 0x01021994), ("tracefs", 0x74726163), ("vfat", 0x4D44),
        ("xfs", 0x58465342),
    ];

    /// <summary>The number of a name; 0 if it is not known.</summary>
    public static uint Number(string name) => Array.Find(All, entry => entry.Name == name).Number;

    /// <summary>The name of a number, or null.</summary>
    public static string? Name(uint number) => Array.Find(All, entry => entry.Number == number).Name;
}
