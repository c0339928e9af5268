using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;

namespace Wsss;

/// <summary>
/// A folder of finished results, each under the hash of everything that decided it, so that notebooks and commands share
/// them. A result appears whole or not at all.
/// </summary>
/// <param name="root">Folder of the store; created when the first result is published.</param>
public sealed class ArtifactStore(string root)
{
    // Kinds that are computed from trained networks in seconds or minutes.
    private static readonly string[] Expendable = ["maps-", "masks-", "seeds-", "erasure-", "saliency-"];

    private static int _temporaries;

    private readonly ConcurrentDictionary<string, bool> _used = new();

    /// <summary>Folder of the store.</summary>
    public string Root { get; } = Path.GetFullPath(root);

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
    public string CheckpointOf(string kind, string key) => FolderOf(kind, key) + ".checkpoint";

    /// <summary>
    /// Most bytes that the store may take; null for no bound. Beyond it, maps and what else is computed from trained networks is thrown
    /// away, what was used longest ago first; never trained networks, and never what this process uses.
    /// </summary>
    public long? Limit { get; init; }

    /// <summary>The folder of a result that is there, which from now on counts as used.</summary>
    public string Use(string kind, string key)
    {
        string folder = FolderOf(kind, key);
        if (_used.TryAdd(folder, true)) Directory.SetLastWriteTimeUtc(folder, DateTime.UtcNow);
        return folder;
    }

    /// <summary>Whether a result is there.</summary>
    public bool Has(string kind, string key) => Directory.Exists(FolderOf(kind, key));

    /// <summary>The folder of a result that is there, or is made now by <see cref="Publish"/>.</summary>
    public string Ensure(string kind, string key, Action<string> fill) => Has(kind, key) ? Use(kind, key) : Publish(kind, key, fill);

    /// <summary>
    /// As <see cref="Publish"/>, while somebody enumerates what is written: the result appears at the enumeration's end, and nothing is left
    /// behind where it is given up before.
    /// </summary>
    public IEnumerable<T> PublishWhile<T>(string kind, string key, Func<string, IEnumerable<T>> fill)
    {
        string temporary = NewTemporary(kind, key);
        try
        {
            foreach (T item in fill(temporary)) yield return item;
            Settle(temporary, kind, key);
        }
        finally
        {
            if (Directory.Exists(temporary)) Directory.Delete(temporary, recursive: true);
        }
    }

    /// <summary>Fills a temporary folder and renames it to the result's; an error or cancellation leaves nothing behind.</summary>
    /// <returns>The result's folder.</returns>
    public string Publish(string kind, string key, Action<string> fill)
    {
        string temporary = NewTemporary(kind, key);
        try
        {
            fill(temporary);
            return Settle(temporary, kind, key);
        }
        finally
        {
            if (Directory.Exists(temporary)) Directory.Delete(temporary, recursive: true);
        }
    }

    private string NewTemporary(string kind, string key)
    {
        // Two of one key may be under way at once.
        string temporary = $"{FolderOf(kind, key)}.{Environment.ProcessId}-{Interlocked.Increment(ref _temporaries)}.tmp";
        // A process of the same number may have crashed here.
        if (Directory.Exists(temporary)) Directory.Delete(temporary, recursive: true);
        Directory.CreateDirectory(temporary);
        return temporary;
    }

    private string Settle(string temporary, string kind, string key)
    {
        string folder = FolderOf(kind, key);
        // Another process may have published the same result meanwhile: the first one stays.
        if (!Directory.Exists(folder)) Directory.Move(temporary, folder);
        Use(kind, key);
        MakeRoom();
        return folder;
    }

    /// <summary>Throws away the results used longest ago that can be computed again from others, until the rest fits.</summary>
    private void MakeRoom()
    {
        if (Limit is not { } limit || !Directory.Exists(Root)) return;
        var folders = new DirectoryInfo(Root).GetDirectories().Select(folder => (Folder: folder, Bytes: BytesOf(folder))).ToArray();
        long excess = folders.Sum(item => item.Bytes) - limit;
        foreach (var (folder, bytes) in folders.Where(item => Expendable.Any(item.Folder.Name.StartsWith)).OrderBy(item => item.Folder.LastWriteTimeUtc))
        {
            if (excess <= 0) return;
            if (_used.ContainsKey(folder.FullName)) continue;
            folder.Delete(recursive: true);
            excess -= bytes;
        }
    }

    private static long BytesOf(DirectoryInfo folder) => folder.EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length);
}
