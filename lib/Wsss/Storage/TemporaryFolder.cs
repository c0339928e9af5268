namespace Wsss.Storage;

/// <summary>
/// A folder that somebody fills or throws away, under a name of its own and with a lock beside it, by which others see whether its owner
/// lives. Disposed, it is gone, unless it was renamed.
/// </summary>
internal sealed class TemporaryFolder : IDisposable
{
    /// <summary>How the names of such folders end.</summary>
    public const string Extension = ".tmp";

    // Hexadecimal digits that tell several folders of one target apart.
    private const int OwnLength = 8;

    private readonly ArtifactLock _lock;

    private TemporaryFolder(string folder, ArtifactLock taken) => (Folder, _lock) = (folder, taken);

    /// <summary>The folder.</summary>
    public string Folder { get; }

    /// <summary>A new empty folder beside the one that it is to become; what dead owners left of that one is removed.</summary>
    /// <param name="target">The folder in full, without a separator at its end.</param>
    public static TemporaryFolder Create(string target)
    {
        string parent = Path.GetDirectoryName(target)!;
        Directory.CreateDirectory(parent);
        // A killed owner leaves its lock; a folder without one is somebody's own that is only called alike.
        foreach (string left in Directory.GetDirectories(parent))
            if (IsOf(target, left) && File.Exists(left + ArtifactLock.Extension)) RemoveIfLeft(left);
        var place = Named(target);
        Directory.CreateDirectory(place.Folder);
        return place;
    }

    /// <summary>A folder that is to be thrown away: from now on nobody finds it, and never a part of it.</summary>
    public static TemporaryFolder Of(string folder)
    {
        var place = Named(folder);
        try
        {
            Directory.Move(folder, place.Folder);
            return place;
        }
        catch
        {
            place.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Renames the folder to one that may be there; that one is removed when its place is taken, and stays where this fails.
    /// </summary>
    public void Replace(string target)
    {
        if (!Directory.Exists(target))
        {
            Directory.Move(Folder, target);
            return;
        }
        using var old = Of(target);
        try
        {
            Directory.Move(Folder, target);
        }
        catch
        {
            Directory.Move(old.Folder, target);
            throw;
        }
    }

    /// <summary>Removes a folder of this kind whose owner is dead.</summary>
    public static void RemoveIfLeft(string folder)
    {
        using var left = ArtifactLock.TryTake(folder + ArtifactLock.Extension);
        if (left is not null && Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        try
        {
            if (Directory.Exists(Folder)) Directory.Delete(Folder, recursive: true);
        }
        finally
        {
            _lock.Dispose();
        }
    }

    private static bool IsOf(string target, string folder) =>
        folder.Length == target.Length + 1 + OwnLength + Extension.Length
        && folder.StartsWith(target + ".", StringComparison.Ordinal) && folder.EndsWith(Extension, StringComparison.Ordinal)
        && folder.AsSpan(target.Length + 1, OwnLength).IndexOfAnyExcept("0123456789abcdef") < 0;

    private static TemporaryFolder Named(string target)
    {
        string folder = $"{target}.{Guid.NewGuid():n}"[..(target.Length + 1 + OwnLength)] + Extension;
        var taken = ArtifactLock.TryTake(folder + ArtifactLock.Extension) ?? throw new IOException($"'{folder}' is in use.");
        return new TemporaryFolder(folder, taken);
    }
}
