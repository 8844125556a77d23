using System.Runtime.InteropServices;

namespace Streams.Files.Facts;

/// <summary>Reads what is in a folder.</summary>
internal static unsafe class FolderListing
{
    private const byte UnknownType = 0;
    private const byte FolderType = 4;

    /// <summary>Gives out the path of each entry, in the order of the file system, with whether it may be a folder.</summary>
    /// <param name="folder">Absolute; a symbolic link in it is not followed.</param>
    /// <param name="give">Takes a path.</param>
    /// <returns>Null, or why the folder could not be read; one that is none (any more) is empty.</returns>
    public static string? Read(string folder, Action<string, bool> give)
    {
        int descriptor = Libc.OpenWithoutLinks(folder, Libc.ReadOnly | Libc.Folder | Libc.NonBlocking);
        if (descriptor < 0)
        {
            return Marshal.GetLastPInvokeError() is Libc.Enoent or Libc.Enotdir or Libc.Eloop
                ? null
                : $"{folder}: {Libc.LastError()}";
        }

        nint stream = Libc.OpenFolder(descriptor);
        if (stream == 0)
        {
            _ = Libc.Close(descriptor);
            return $"{folder}: {Libc.LastError()}";
        }

        try
        {
            string prefix = folder == "/" ? "/" : folder + "/";
            while (true)
            {
                byte* entry = Libc.ReadFolder(stream);
                if (entry is null) return null;
                // struct dirent: inode 8, offset 8, length 2, type 1, then the name.
                byte type = entry[18];
                ReadOnlySpan<byte> name = MemoryMarshal.CreateReadOnlySpanFromNullTerminated(entry + 19);
                if (name.SequenceEqual("."u8) || name.SequenceEqual(".."u8)) continue;
                give(prefix + PathText.FromBytes(name), type is FolderType or UnknownType);
            }
        }
        finally
        {
            _ = Libc.CloseFolder(stream);
        }
    }
}
