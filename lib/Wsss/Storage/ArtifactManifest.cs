using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Wsss.Storage;

/// <summary>A file of a result, as it was written.</summary>
/// <param name="Bytes">Its length.</param>
/// <param name="Sha256">Hash of its content, in lower-case hexadecimal digits.</param>
internal sealed record StoredFile(long Bytes, string Sha256);

/// <summary>
/// What <c>artifact.json</c> in a result's folder says: what the result is, and what each of its files contains. Its first line holds the
/// SHA-256 of all that follows, so that a change of any bit is noticed, in this file as in the others.
/// </summary>
internal sealed record ArtifactManifest
{
    /// <summary>Name of the file.</summary>
    public const string FileName = "artifact.json";

    /// <summary>The form that this library writes and reads.</summary>
    public const int CurrentSchema = 1;

    private static readonly int HeadLength = Head([]).Length;

    /// <summary>The form of the file.</summary>
    public required int Schema { get; init; }

    /// <summary>What the result is, such as <c>classifier</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>Hash of everything that decided it.</summary>
    public required string Key { get; init; }

    /// <summary>By which options it was made, in words.</summary>
    public required string About { get; init; }

    /// <summary>When it was finished.</summary>
    public required DateTimeOffset Made { get; init; }

    /// <summary>Version and commit of the library that made it.</summary>
    public required string Library { get; init; }

    /// <summary>All other files, by their paths in the folder with forward slashes.</summary>
    public required IReadOnlyDictionary<string, StoredFile> Files { get; init; }

    /// <summary>Flushes all files of a folder to the disk, and writes down what they contain.</summary>
    /// <param name="folder">The finished folder, which nobody else writes to.</param>
    /// <param name="kind">What the result is.</param>
    /// <param name="key">Its key.</param>
    /// <param name="about">By which options it was made, in words.</param>
    /// <exception cref="IOException">A file cannot be read or flushed.</exception>
    internal static void Write(string folder, string kind, string key, string about)
    {
        var files = new SortedDictionary<string, StoredFile>(StringComparer.Ordinal);
        foreach (string path in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
        {
            string name = Path.GetRelativePath(folder, path).Replace(Path.DirectorySeparatorChar, '/');
            if (name == FileName) continue;
            DiskFlush.File(path);
            files.Add(name, new StoredFile(new FileInfo(path).Length, FileHash.Read(path)));
        }
        foreach (string inner in Directory.EnumerateDirectories(folder, "*", SearchOption.AllDirectories)) DiskFlush.Folder(inner);
        string json = WsssJson.Write(new ArtifactManifest
        {
            Schema = CurrentSchema,
            Kind = kind,
            Key = key,
            About = about,
            Made = DateTimeOffset.UtcNow,
            Library = Provenance.LibraryVersion,
            Files = files,
        });
        byte[] rest = Encoding.UTF8.GetBytes(json[1..]);
        AtomicFile.Write(Path.Combine(folder, FileName), stream =>
        {
            stream.Write(Head(rest));
            stream.Write(rest);
        });
    }

    /// <summary>Reads the manifest of a folder.</summary>
    /// <returns>Null where there is none.</returns>
    /// <exception cref="ArtifactException">It is not what was written, or of another form than this library knows.</exception>
    internal static ArtifactManifest? Find(string folder)
    {
        string path = Path.Combine(folder, FileName);
        if (!File.Exists(path)) return null;
        byte[] bytes = InputFile.ReadBytes(path, InputKind.List);
        if (bytes.Length < HeadLength || !bytes.AsSpan(0, HeadLength).SequenceEqual(Head(bytes.AsSpan(HeadLength))))
            throw Broken(folder, $"{path}: expected the description that was written, found a changed one.");
        string json = "{" + Encoding.UTF8.GetString(bytes.AsSpan(HeadLength));
        using var document = JsonDocument.Parse(json);
        int schema = document.RootElement.GetProperty("schema").GetInt32();
        return schema == CurrentSchema ? WsssJson.Read<ArtifactManifest>(json, path) : throw Broken(
            folder, $"{path}: expected a result of schema {CurrentSchema}, found {schema}, which another version of the library wrote.");
    }

    /// <summary>An error about a result that lies in a folder.</summary>
    internal static ArtifactException Broken(string folder, string what) =>
        new($"{what} Delete the folder '{folder}': what was in it is then made anew, when it is asked for.")
        {
            Remedy = Remedy.RenewResult,
        };

    private static byte[] Head(ReadOnlySpan<byte> rest) =>
        Encoding.UTF8.GetBytes($"{{\n  \"check\": \"{Convert.ToHexString(SHA256.HashData(rest)).ToLowerInvariant()}\",");
}
