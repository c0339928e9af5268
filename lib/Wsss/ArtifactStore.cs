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

    /// <summary>Whether a result is there.</summary>
    public bool Has(string kind, string key) => Directory.Exists(FolderOf(kind, key));

    /// <summary>The folder of a result that is there, or is made now by <see cref="Publish"/>.</summary>
    public string Ensure(string kind, string key, Action<string> fill) => Has(kind, key) ? FolderOf(kind, key) : Publish(kind, key, fill);

    /// <summary>Fills a temporary folder and renames it to the result's; an error or cancellation leaves nothing behind.</summary>
    /// <returns>The result's folder.</returns>
    public string Publish(string kind, string key, Action<string> fill)
    {
        string folder = FolderOf(kind, key);
        string temporary = $"{folder}.{Environment.ProcessId}.tmp";
        // A process of the same number may have crashed here.
        if (Directory.Exists(temporary)) Directory.Delete(temporary, recursive: true);
        Directory.CreateDirectory(temporary);
        try
        {
            fill(temporary);
            // Another process may have published the same result meanwhile: the first one stays.
            if (!Directory.Exists(folder)) Directory.Move(temporary, folder);
        }
        finally
        {
            if (Directory.Exists(temporary)) Directory.Delete(temporary, recursive: true);
        }
        return folder;
    }
}
