using System.Runtime.InteropServices;

namespace Wsss;

/// <summary>What a path stands for beside files and folders, which .NET does not tell.</summary>
internal static partial class FileType
{
    // Of linux/stat.h and statx(2), the same on every processor.
    private const int CurrentFolder = -100, TypeOnly = 1, StatxBytes = 256, ModeOffset = 28, TypeMask = 0xF000;

    /// <summary>What it is in words; null for a regular file, and where the system does not say.</summary>
    public static string? Unusual(string path)
    {
        if (!OperatingSystem.IsLinux()) return null;
        Span<byte> status = stackalloc byte[StatxBytes];
        try
        {
            if (Statx(CurrentFolder, path, flags: 0, TypeOnly, ref MemoryMarshal.GetReference(status)) != 0) return null;
        }
        // No such C library, or one without that function.
        catch (TypeLoadException)
        {
            return null;
        }
        return (MemoryMarshal.Read<ushort>(status[ModeOffset..]) & TypeMask) switch
        {
            0x1000 => "a pipe",
            0x2000 => "a device",
            0x6000 => "a disk",
            0xC000 => "a socket",
            _ => null,
        };
    }

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Statx(int folder, string path, int flags, uint mask, ref byte status);
}
