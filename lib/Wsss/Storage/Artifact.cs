using System.Security.Cryptography;

namespace Wsss.Storage;

/// <summary>
/// A finished result: a folder and what its manifest says about it. A file is compared with the manifest when it is read.
/// </summary>
public sealed class Artifact
{
    private Artifact(string folder, ArtifactManifest manifest) => (Folder, Manifest) = (folder, manifest);

    /// <summary>The folder.</summary>
    public string Folder { get; }

    /// <summary>What the result is, and what its files contain.</summary>
    internal ArtifactManifest Manifest { get; }

    /// <summary>Opens a folder; none of its files is read but the manifest.</summary>
    /// <param name="folder">The folder.</param>
    /// <returns>Null where there is no manifest: it is no folder of a store, or an older version of this library made it.</returns>
    /// <exception cref="ArtifactException">The manifest is not what was written.</exception>
    public static Artifact? Find(string folder) => ArtifactManifest.Find(folder) is { } manifest ? new Artifact(folder, manifest) : null;

    /// <summary>Compares every file with the manifest.</summary>
    /// <exception cref="ArtifactException">A file is missing or not what was written; the message names it.</exception>
    public void Verify()
    {
        foreach (string name in Manifest.Files.Keys) Verified(name);
    }

    /// <summary>What is wrong with the files, one after the other; nothing where all is well.</summary>
    /// <param name="cancellation">Stops the reading.</param>
    public IEnumerable<ArtifactException> Problems(CancellationToken cancellation = default)
    {
        foreach (string name in Manifest.Files.Keys)
        {
            cancellation.ThrowIfCancellationRequested();
            ArtifactException? problem = null;
            try
            {
                Verified(name);
            }
            catch (ArtifactException error)
            {
                problem = error;
            }
            if (problem is not null) yield return problem;
        }
    }

    /// <summary>The path of a file whose content was compared with the manifest.</summary>
    /// <param name="name">Its path in the folder, with forward slashes.</param>
    /// <exception cref="ArtifactException">It is missing or not what was written.</exception>
    internal string Verified(string name)
    {
        string path = PathOf(name);
        Require(name, path, Read(path, () => InputFile.Target(path).Length), () => FileHash.Read(path));
        return path;
    }

    /// <summary>The content of a file, compared with the manifest.</summary>
    /// <inheritdoc cref="Verified"/>
    internal byte[] Read(string name)
    {
        string path = PathOf(name);
        byte[] bytes = Read(path, () => InputFile.ReadBytes(path, InputKind.Array));
        Require(name, path, bytes.Length, () => Convert.ToHexString(SHA256.HashData(bytes)).ToLowerInvariant());
        return bytes;
    }

    private string PathOf(string name) => Path.Combine(Folder, name.Replace('/', Path.DirectorySeparatorChar));

    private void Require(string name, string path, long bytes, Func<string> hash)
    {
        if (!Manifest.Files.TryGetValue(name, out var written))
            throw Broken("a file of the result", "one that was not there when it was finished");
        if (bytes != written.Bytes)
            throw Broken($"the {written.Bytes} bytes that were written", $"{bytes}");
        string found = Read(path, hash);
        if (found == written.Sha256)
            return;
        throw Broken($"the content that was written (SHA-256 {written.Sha256[..8]}…)", $"another ({found[..8]}…) of as many bytes");

        ArtifactException Broken(string expected, string found) =>
            ArtifactManifest.Broken(Folder, $"{path}: expected {expected}, found {found}.");
    }

    private T Read<T>(string path, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or InputFileException)
        {
            throw ArtifactManifest.Broken(Folder, $"{path}: expected a file of the result that can be read; {error.Message}");
        }
    }
}
