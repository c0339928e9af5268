namespace Wsss.Storage;

/// <summary>
/// The right to make a result, held by one owner at a time, in this process or another; it ends with its owner's life. The system's lock
/// on a file, which is removed with it.
/// </summary>
internal sealed class ArtifactLock : IDisposable
{
    /// <summary>How the names of such files end.</summary>
    public const string Extension = ".lock";

    // What opening a file says that somebody has locked: EWOULDBLOCK of Linux and of macOS, ERROR_SHARING_VIOLATION of Windows.
    private static readonly int[] Held = [11, 35, unchecked((int)0x80070020)];

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly FileStream _file;

    private ArtifactLock(FileStream file) => _file = file;

    /// <summary>Takes the right, unless somebody has it.</summary>
    /// <param name="path">The file, in a folder that is there.</param>
    /// <exception cref="IOException">The file cannot be made.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder cannot be written to.</exception>
    public static ArtifactLock? TryTake(string path)
    {
        try
        {
            return new ArtifactLock(new FileStream(
                path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 1, FileOptions.DeleteOnClose));
        }
        catch (IOException error) when (Held.Contains(error.HResult))
        {
            return null;
        }
    }

    /// <summary>Takes the right, and waits for it as long as somebody has it.</summary>
    /// <param name="path">The file, in a folder that is there.</param>
    /// <param name="waiting">Called once, when there is somebody to wait for.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    public static ArtifactLock Take(string path, Action waiting, CancellationToken cancellation)
    {
        for (bool first = true; ; first = false)
        {
            if (TryTake(path) is { } taken) return taken;
            if (first) waiting();
            cancellation.WaitHandle.WaitOne(Pause);
            cancellation.ThrowIfCancellationRequested();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();
}
