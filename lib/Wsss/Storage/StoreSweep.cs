namespace Wsss.Storage;

/// <summary>
/// Removes what processes have left behind in a store that died at work: nothing that a living one holds, nothing finished.
/// </summary>
internal static class StoreSweep
{
    /// <summary>How the names of checkpoints end.</summary>
    public const string Checkpoint = ".checkpoint";

    /// <summary>How the name of a checkpoint ends that is being written.</summary>
    public const string Next = ".next";

    /// <summary>Sweeps a store; where it cannot be written to, nothing happens.</summary>
    public static void Run(string root)
    {
        if (!Directory.Exists(root)) return;
        try
        {
            string[] folders = [.. Directory.GetDirectories(root).Where(path => StoreInventory.Parse(path) is not null)];
            foreach (string folder in Ending(folders, TemporaryFolder.Extension)) TemporaryFolder.RemoveIfLeft(folder);
            foreach (string checkpoint in Ending(folders, Checkpoint)) RemoveIfFinished(checkpoint, checkpoint);
            foreach (string next in Ending(folders, Checkpoint + Next)) RemoveIfFinished(next, next[..^Next.Length]);
            string[] files = [.. Directory.GetFiles(root).Where(path => StoreInventory.Parse(path) is not null)];
            // Taken and let go, a lock is gone.
            foreach (string left in Ending(files, ArtifactLock.Extension)) ArtifactLock.TryTake(left)?.Dispose();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // For reading alone, or another process sweeps: leftovers take room and do no harm.
        }
    }

    private static IEnumerable<string> Ending(string[] paths, string end) =>
        paths.Where(path => path.EndsWith(end, StringComparison.Ordinal));

    /// <summary>Removes a checkpoint whose training is finished, or that was never whole.</summary>
    private static void RemoveIfFinished(string folder, string checkpoint)
    {
        string result = checkpoint[..^Checkpoint.Length];
        using var training = ArtifactLock.TryTake(result + ArtifactLock.Extension);
        if (training is null) return;
        bool whole = File.Exists(Path.Combine(folder, ArtifactManifest.FileName));
        bool finished = File.Exists(Path.Combine(result, ArtifactManifest.FileName));
        if (finished || (!whole && folder != checkpoint)) Directory.Delete(folder, recursive: true);
    }
}
