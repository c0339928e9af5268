namespace Wsss;

/// <summary>Writes files so that a reader sees the old content or the whole new one, never a part.</summary>
internal static class AtomicFile
{
    /// <summary>
    /// Lets <paramref name="write"/> fill a temporary file beside <paramref name="path"/> and renames it when that
    /// succeeded. On an error (a full disk, a cancellation) the temporary file is removed and the old one stays.
    /// </summary>
    /// <param name="path">The file to write; its folder is created if missing.</param>
    /// <param name="write">Fills the stream; it need not close it.</param>
    /// <param name="durable">
    /// Whether the file is on the disk when this returns, so that a loss of power leaves the old content or the new one. That takes
    /// milliseconds: for one of many files that are flushed together, or can be made again, false.
    /// </param>
    public static void Write(string path, Action<Stream> write, bool durable = true)
    {
        string fullPath = Path.GetFullPath(path), folder = Path.GetDirectoryName(fullPath)!;
        Directory.CreateDirectory(folder);
        string temporary = $"{fullPath}.{Environment.ProcessId}-{Environment.CurrentManagedThreadId}.tmp";
        try
        {
            using (var stream = new FileStream(temporary, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 16))
            {
                write(stream);
                // Before the name appears: a name without content is what a loss of power could leave else.
                stream.Flush(flushToDisk: durable);
            }
            File.Move(temporary, fullPath, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
        if (durable) DiskFlush.Folder(folder);
    }

    /// <summary>Writes UTF-8 text without a byte order mark, atomically.</summary>
    public static void WriteText(string path, string text) =>
        Write(path, stream => stream.Write(System.Text.Encoding.UTF8.GetBytes(text)));
}
