using System.Runtime.InteropServices;

namespace Wsss;

/// <summary>Hands what was written over to the disk, so that a loss of power cannot take it away.</summary>
internal static class DiskFlush
{
    private const int ReadOnly = 0; // O_RDONLY of fcntl.h

    /// <summary>The content of a file that somebody wrote.</summary>
    /// <exception cref="IOException">The disk cannot take it.</exception>
    public static void File(string path)
    {
        // A file that is for reading alone is flushed too, but by Windows.
        var access = OperatingSystem.IsWindows() ? FileAccess.ReadWrite : FileAccess.Read;
        using var handle = System.IO.File.OpenHandle(path, FileMode.Open, access, FileShare.ReadWrite);
        RandomAccess.FlushToDisk(handle);
    }

    /// <summary>
    /// The names in a folder. .NET opens no folder, so libc is asked; Windows keeps names in its journal by itself, and some file systems
    /// cannot do it, where the names come a little later.
    /// </summary>
    public static void Folder(string path)
    {
        if (OperatingSystem.IsWindows()) return;
        int descriptor = Open(path, ReadOnly);
        if (descriptor < 0) return;
        _ = Synchronize(descriptor);
        _ = Close(descriptor);
    }

    [DllImport("libc", EntryPoint = "open")]
    private static extern int Open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);

    [DllImport("libc", EntryPoint = "fsync")]
    private static extern int Synchronize(int descriptor);

    [DllImport("libc", EntryPoint = "close")]
    private static extern int Close(int descriptor);
}
