namespace Streams.Events.Tables;

/// <summary>Error numbers (<c>errno.table</c>), as on every architecture but MIPS, Alpha, SPARC and PA-RISC.</summary>
public static partial class Errno
{
    /// <summary>The name of an error (<c>ENOENT</c> for 2), or null. A failed call's <c>exit</c> field is the negative number.</summary>
    public static string? Name(int number) => (uint)number < (uint)Names.Length ? Names[number] : null;

    /// <summary>Finds an error by name; EWOULDBLOCK, EDEADLOCK and ENOTSUP are other names of EAGAIN, EDEADLK and EOPNOTSUPP.</summary>
    public static bool TryFind(string name, out int number)
    {
        number = Array.IndexOf(Names, name switch
        {
            "EWOULDBLOCK" => "EAGAIN",
            "EDEADLOCK" => "EDEADLK",
            "ENOTSUP" => "EOPNOTSUPP",
            _ => name,
        });
        return number > 0;
    }
}
