using System.Text.RegularExpressions;

namespace Wsss.Storage;

/// <summary>What a thing in a store is.</summary>
internal enum StoreEntryState
{
    /// <summary>A finished result.</summary>
    Finished,

    /// <summary>A result whose manifest is not what was written, or which has other content than its manifest says.</summary>
    Broken,

    /// <summary>A result of an older version of this library, which is not used.</summary>
    Older,

    /// <summary>Unfinished training, which can go on.</summary>
    Checkpoint,

    /// <summary>Half-made, by a process that works on it or has died.</summary>
    HalfMade,
}

/// <summary>A thing in a store.</summary>
/// <param name="Folder">Its folder.</param>
/// <param name="State">What it is.</param>
/// <param name="Kind">What it is a result of, such as <c>classifier</c>.</param>
/// <param name="Key">Its key.</param>
/// <param name="Bytes">Room that it takes.</param>
/// <param name="Used">When it was used last, in UTC.</param>
/// <param name="Made">When it was finished; null where that is not known.</param>
/// <param name="About">By which options it was made, in words; empty where that is not known.</param>
internal sealed record StoreEntry(
    string Folder, StoreEntryState State, string Kind, string Key, long Bytes, DateTime Used, DateTimeOffset? Made, string About);

/// <summary>What lies in a store, for people who look at it or make room.</summary>
internal static partial class StoreInventory
{
    /// <summary>Everything in a store, by kind and key; files of results are not compared with their manifests.</summary>
    /// <param name="root">Folder of the store.</param>
    public static IReadOnlyList<StoreEntry> Of(string root) => !Directory.Exists(root) ? [] :
    [
        .. new DirectoryInfo(root).GetDirectories().Select(Read).OfType<StoreEntry>()
            .OrderBy(entry => entry.Kind, StringComparer.Ordinal).ThenBy(entry => entry.Key, StringComparer.Ordinal)
            .ThenBy(entry => entry.Folder, StringComparer.Ordinal),
    ];

    /// <summary>What is wrong with a thing in a store: of a result and of a checkpoint each file is compared with the manifest.</summary>
    /// <param name="entry">The thing.</param>
    /// <param name="cancellation">Stops the reading.</param>
    public static IReadOnlyList<WsssException> Problems(StoreEntry entry, CancellationToken cancellation = default)
    {
        try
        {
            return Artifact.Find(entry.Folder) is { } artifact ? [.. artifact.Problems(cancellation)] : [];
        }
        catch (ArtifactException error)
        {
            return [error];
        }
    }

    /// <summary>Removes a thing from its store, unless a process is at work on it.</summary>
    /// <returns>Whether it is gone.</returns>
    /// <exception cref="IOException">It cannot be removed.</exception>
    /// <exception cref="UnauthorizedAccessException">It cannot be removed.</exception>
    public static bool Remove(StoreEntry entry)
    {
        using var ours = ArtifactLock.TryTake(LockOf(entry));
        if (ours is null) return false;
        if (IsTemporary(entry.Folder)) Directory.Delete(entry.Folder, recursive: true);
        else TemporaryFolder.Of(entry.Folder).Dispose();
        return true;
    }

    /// <summary>Whether a process makes this thing now, or goes on with it.</summary>
    internal static bool IsBusy(StoreEntry entry)
    {
        if (!File.Exists(LockOf(entry))) return false;
        using var ours = ArtifactLock.TryTake(LockOf(entry));
        return ours is null;
    }

    /// <summary>Room that the files of a folder take; 0 for those that another process removes meanwhile.</summary>
    internal static long BytesOf(DirectoryInfo folder)
    {
        long bytes = 0;
        try
        {
            foreach (var file in folder.EnumerateFiles("*", SearchOption.AllDirectories)) bytes += LengthOf(file);
        }
        catch (DirectoryNotFoundException)
        {
            // What is counted so far was there.
        }
        return bytes;

        static long LengthOf(FileInfo file)
        {
            try
            {
                return file.Length;
            }
            catch (FileNotFoundException)
            {
                return 0;
            }
        }
    }

    /// <summary>The parts of a name in a store: kind, key and what follows; null for things that are none of a store's.</summary>
    internal static (string Kind, string Key, string Tail)? Parse(string path) =>
        Name().Match(Path.GetFileName(path)) is { Success: true } match
        ? (match.Groups["kind"].Value, match.Groups["key"].Value, match.Groups["rest"].Value)
        : null;

    private static bool IsTemporary(string name) => name.EndsWith(TemporaryFolder.Extension, StringComparison.Ordinal);

    /// <summary>Half-made folders have locks of their own; all else of a result is made under the result's.</summary>
    private static string LockOf(StoreEntry entry) => (IsTemporary(entry.Folder)
        ? entry.Folder
        : Path.Combine(Path.GetDirectoryName(entry.Folder)!, $"{entry.Kind}-{entry.Key}")) + ArtifactLock.Extension;

    private static StoreEntry? Read(DirectoryInfo folder)
    {
        if (Parse(folder.Name) is not var (kind, key, rest)) return null;
        try
        {
            var manifest = IsTemporary(rest) ? null : ArtifactManifest.Find(folder.FullName);
            var whole = manifest is null ? StoreEntryState.Older : rest.Length == 0 ? StoreEntryState.Finished : StoreEntryState.Checkpoint;
            return Entry(rest is "" or StoreSweep.Checkpoint ? whole : StoreEntryState.HalfMade, manifest);
        }
        catch (ArtifactException)
        {
            return Entry(StoreEntryState.Broken, null);
        }
        catch (Exception error) when (error is DirectoryNotFoundException or FileNotFoundException)
        {
            // Removed or renamed meanwhile.
            return null;
        }

        StoreEntry Entry(StoreEntryState state, ArtifactManifest? manifest) => new(
            folder.FullName, state, kind, key, BytesOf(folder), folder.LastWriteTimeUtc, manifest?.Made, manifest?.About ?? "");
    }

    [GeneratedRegex(@"^(?<kind>[a-z]+)-(?<key>[0-9a-f]{16})(?<rest>(\..+)?)$")]
    private static partial Regex Name();
}
