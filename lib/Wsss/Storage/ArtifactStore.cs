using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;

namespace Wsss.Storage;

/// <summary>
/// A folder of finished results, each under the hash of everything that decided it, so that notebooks and commands share
/// them, several processes at once too. A result appears whole or not at all, says what its files contain
/// (<see cref="ArtifactManifest"/>), and is on the disk when it appears.
/// </summary>
/// <param name="root">Folder of the store; created when the first result is published.</param>
public sealed class ArtifactStore(string root)
{
    // Kinds that are computed from trained networks in seconds or minutes.
    private static readonly string[] Expendable = ["maps-", "masks-", "seeds-", "erasure-", "saliency-"];

    // Those of EnsureWhile under way in this process, in all stores.
    private static int _enumerations;

    private readonly ConcurrentDictionary<string, bool> _used = new();
    private int _opened, _told;

    /// <summary>Folder of the store.</summary>
    public string Root { get; } = Path.GetFullPath(root);

    /// <summary>
    /// Most bytes that the store may take; null for no bound. Beyond it, maps and what else is computed from trained networks is thrown
    /// away, what was used longest ago first; never trained networks, and never what this process uses.
    /// </summary>
    public long? Limit { get; init; }

    /// <summary>The key of a result: the first 16 hexadecimal digits of the SHA-256 of its parts.</summary>
    public static string Key(params IEnumerable<string> parts)
    {
        byte[] hash = SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', parts)));
        return Convert.ToHexString(hash).ToLowerInvariant()[..16];
    }

    /// <summary>Where a result lies once it is published.</summary>
    /// <param name="kind">What it is, such as <c>classifier</c>.</param>
    /// <param name="key">Its key.</param>
    public string FolderOf(string kind, string key) => Path.Combine(Root, $"{kind}-{key}");

    /// <summary>Where unfinished work on a result keeps its checkpoint.</summary>
    public string CheckpointOf(string kind, string key) => FolderOf(kind, key) + StoreSweep.Checkpoint;

    /// <summary>Whether a result is there; one of an older version of this library, which has no manifest, is not.</summary>
    public bool Has(string kind, string key) => File.Exists(Path.Combine(FolderOf(kind, key), ArtifactManifest.FileName));

    /// <summary>A result that is there, which from now on counts as used; null if it is not.</summary>
    /// <param name="kind">What it is.</param>
    /// <param name="key">Its key.</param>
    /// <exception cref="ArtifactException">Its manifest is not what was written; its files are compared when they are read.</exception>
    public Artifact? Find(string kind, string key)
    {
        var found = Artifact.Find(FolderOf(kind, key));
        if (found is not null) Use(found.Folder);
        return found;
    }

    /// <summary>
    /// The right to make a result, which another process or thread may have: then this waits. Whoever has waited looks again whether the
    /// result is there.
    /// </summary>
    /// <param name="kind">What it is.</param>
    /// <param name="key">Its key.</param>
    /// <param name="run">Progress, and cancellation of the waiting.</param>
    /// <returns>To be disposed when the result is there, or nobody makes it; the death of its owner ends it as well.</returns>
    /// <exception cref="ArtifactException">The store cannot be written to.</exception>
    public IDisposable Claim(string kind, string key, RunContext run)
    {
        Open();
        TellOfOlder(run);
        return Guarded(() =>
        {
            Directory.CreateDirectory(Root);
            FileHash.Save();
            return ArtifactLock.Take(
                LockOf(kind, key),
                () => run.Report($"{kind}-{key} is being made by another: waiting for it", 1, 1), run.Cancellation);
        });
    }

    /// <summary>
    /// A result that is there, or is made now by <see cref="Publish"/>; where somebody else makes it, that is waited for.
    /// </summary>
    /// <param name="kind">What it is.</param>
    /// <param name="key">Its key.</param>
    /// <param name="about">By which options it is made, in words.</param>
    /// <param name="fill">Writes its files into a folder.</param>
    /// <param name="run">Progress and cancellation.</param>
    /// <returns>The result's folder.</returns>
    /// <exception cref="ArtifactException">The store cannot be written to, or the result that is there is damaged.</exception>
    public string Ensure(string kind, string key, string about, Action<string> fill, RunContext run)
    {
        if (Find(kind, key) is { } there) return there.Folder;
        using var claim = Claim(kind, key, run);
        return Find(kind, key)?.Folder ?? Publish(kind, key, about, fill);
    }

    /// <summary>
    /// A sequence whose items make up a result: read where the result is there, else made and written while somebody enumerates it. The
    /// result appears at the enumeration's end; nothing is left behind where it is given up before. Where another process makes it, that is
    /// waited for, unless this one is half-way through another such enumeration: waiting then could be for each other.
    /// </summary>
    /// <param name="kind">What it is.</param>
    /// <param name="key">Its key.</param>
    /// <param name="about">By which options it is made, in words.</param>
    /// <param name="read">The items of the result that is there.</param>
    /// <param name="fill">Makes the items, and writes them into a folder.</param>
    /// <param name="run">Progress and cancellation.</param>
    /// <exception cref="ArtifactException">While enumerating: the store cannot be written to.</exception>
    public IEnumerable<T> EnsureWhile<T>(
        string kind, string key, string about, Func<Artifact, IEnumerable<T>> read, Func<string, IEnumerable<T>> fill, RunContext run)
    {
        if (!Has(kind, key))
        {
            using var claim = Volatile.Read(ref _enumerations) == 0 ? Claim(kind, key, run) : TryClaim(kind, key);
            if (!Has(kind, key))
            {
                Interlocked.Increment(ref _enumerations);
                try
                {
                    using var place = NewPlace(kind, key);
                    using var items = fill(place.Folder).GetEnumerator();
                    while (Guarded(items.MoveNext)) yield return items.Current;
                    Guarded(() => Settle(place, kind, key, about));
                }
                finally
                {
                    Interlocked.Decrement(ref _enumerations);
                }
                yield break;
            }
        }
        foreach (T item in read(Find(kind, key)!)) yield return item;
    }

    /// <summary>Fills a temporary folder and renames it to the result's; an error or cancellation leaves nothing behind.</summary>
    /// <param name="kind">What it is.</param>
    /// <param name="key">Its key.</param>
    /// <param name="about">By which options it is made, in words.</param>
    /// <param name="fill">Writes its files into a folder.</param>
    /// <returns>The result's folder.</returns>
    /// <exception cref="ArtifactException">
    /// The store cannot be written to, for instance as the disk is full; what was there before stays.
    /// </exception>
    public string Publish(string kind, string key, string about, Action<string> fill)
    {
        using var place = NewPlace(kind, key);
        return Guarded(() =>
        {
            fill(place.Folder);
            return Settle(place, kind, key, about);
        });
    }

    /// <summary>Removes what dead processes have left half-made; done once, before the first use at the latest.</summary>
    internal void Open()
    {
        if (Interlocked.Exchange(ref _opened, 1) == 0) StoreSweep.Run(Root);
    }

    /// <summary>Does what writes to the store.</summary>
    /// <exception cref="ArtifactException">It cannot be written to.</exception>
    internal T Guarded<T>(Func<T> write)
    {
        try
        {
            return write();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            string cause = error.Message.Split('\n')[0].TrimEnd('.');
            throw new ArtifactException(
                $"Expected to write to the folder of results '{Root}'; {cause}. What was there before is still there.", error)
            {
                Remedy = Remedy.ChooseStore,
            };
        }
    }

    private ArtifactLock? TryClaim(string kind, string key) => Guarded(() =>
    {
        Directory.CreateDirectory(Root);
        return ArtifactLock.TryTake(LockOf(kind, key));
    });

    private string LockOf(string kind, string key) => FolderOf(kind, key) + ArtifactLock.Extension;

    private TemporaryFolder NewPlace(string kind, string key)
    {
        Open();
        return Guarded(() => TemporaryFolder.Create(FolderOf(kind, key)));
    }

    private string Settle(TemporaryFolder place, string kind, string key, string about)
    {
        string folder = FolderOf(kind, key);
        ArtifactManifest.Write(place.Folder, kind, key, about);
        if (Directory.Exists(folder) && !Has(kind, key))
        {
            // An older version's, which the new one replaces.
            using var old = TemporaryFolder.Of(folder);
        }
        try
        {
            // Another process may have published the same result meanwhile: the first one stays.
            if (!Directory.Exists(folder)) Directory.Move(place.Folder, folder);
        }
        catch (IOException) when (Has(kind, key))
        {
            // Between the question and the answer.
        }
        DiskFlush.Folder(Root);
        Use(folder);
        MakeRoom();
        return folder;
    }

    /// <summary>Marks a result as used now, where the store can be written to.</summary>
    private void Use(string folder)
    {
        if (!_used.TryAdd(folder, true)) return;
        try
        {
            Directory.SetLastWriteTimeUtc(folder, DateTime.UtcNow);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // A store for reading alone needs no order in which results go.
        }
    }

    private void TellOfOlder(RunContext run)
    {
        if (Interlocked.Exchange(ref _told, 1) != 0 || !Directory.Exists(Root)) return;
        int older = Directory.GetDirectories(Root)
            .Count(path => StoreInventory.Parse(path) is { Tail: "" } && !File.Exists(Path.Combine(path, ArtifactManifest.FileName)));
        if (older == 0) return;
        run.Report($"results of an older version of this library, not used but made anew where needed: {older}", older, older);
    }

    /// <summary>Throws away the results used longest ago that can be computed again from others, until the rest fits.</summary>
    private void MakeRoom()
    {
        if (Limit is not { } limit) return;
        var folders = new DirectoryInfo(Root).GetDirectories()
            .Select(folder => (Folder: folder, Bytes: StoreInventory.BytesOf(folder))).ToArray();
        long excess = folders.Sum(item => item.Bytes) - limit;
        var expendable = folders.Where(item =>
            Expendable.Any(item.Folder.Name.StartsWith) && StoreInventory.Parse(item.Folder.Name) is { Tail: "" });
        foreach (var (folder, bytes) in expendable.OrderBy(item => item.Folder.LastWriteTimeUtc))
        {
            if (excess <= 0) return;
            if (_used.ContainsKey(folder.FullName)) continue;
            try
            {
                using (TemporaryFolder.Of(folder.FullName)) excess -= bytes;
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                // Another process uses it, or threw it away; what was published stays published.
            }
        }
    }
}
