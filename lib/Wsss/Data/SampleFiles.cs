using Wsss.Storage;

namespace Wsss.Data;

/// <summary>A folder with one file <c>ID.png</c> for each sample of a split.</summary>
internal static class SampleFiles
{
    /// <summary>What <see cref="IsName"/> asks of a name, for messages.</summary>
    public const string NameRule = "subfolders by '/', without '..', \\ : * ? \" < > |, or blanks at an end";

    private const int MostNamed = 10;

    /// <summary>The file of a sample.</summary>
    /// <exception cref="DataSetException">The name leads out of the folder.</exception>
    public static string PathOf(string folder, string id) => Path.Combine(folder, RequireName(id) + ".png");

    /// <summary>The content of a sample's file; of a folder in a store it is compared with what was written.</summary>
    /// <exception cref="ImageFileException">The file cannot be read.</exception>
    /// <exception cref="ArtifactException">It is not what was written.</exception>
    public static byte[] Read(Artifact? stored, string folder, string id) =>
        stored?.Read(RequireName(id) + ".png") ?? ImageFile.ReadBytes(PathOf(folder, id));

    /// <summary>The name of a sample, which becomes that of a file: parts between slashes make subfolders.</summary>
    /// <exception cref="DataSetException">It leads out of the folder, or is no file name everywhere.</exception>
    public static string RequireName(string id) =>
        IsName(id)
            ? id
            : throw new DataSetException($"Expected an id that can be a file name ({NameRule}), found '{id}'. Rename the sample.");

    /// <summary>Whether a sample's name can be that of a file everywhere.</summary>
    public static bool IsName(string id) =>
        id.Split('/').All(part => part.Length > 0 && part is not ("." or "..") && part.Trim() == part)
        && !id.Any(c => char.IsControl(c) || "\\:*?\"<>|".Contains(c));

    /// <summary>A key of what all the files contain.</summary>
    /// <param name="source">The split.</param>
    /// <param name="folder">The folder.</param>
    /// <param name="kind">What a file is, for the message: <c>mask</c>.</param>
    /// <exception cref="DataSetException">Samples have no file; the message names them.</exception>
    /// <exception cref="ArtifactException">The folder is a store's, and a file is not what was written.</exception>
    public static string Hash(ISampleSource source, string folder, string kind)
    {
        string[] ids = [.. Enumerable.Range(0, source.Count).Select(source.Id)];
        string[] missing = [.. ids.Where(id => !File.Exists(PathOf(folder, id)))];
        if (missing.Length > 0)
        {
            string rest = missing.Length > MostNamed ? $" and {missing.Length - MostNamed} more" : "";
            throw new DataSetException(
                $"Expected a {kind} in '{folder}' for each of the {ids.Length} images of {source.Name}, found none for {missing.Length}: " +
                $"{string.Join(", ", missing.Take(MostNamed).Select(id => id + ".png"))}{rest}. Make {kind}s of this split.");
        }
        var stored = Artifact.Find(folder);
        return ArtifactStore.Key(ids.Select(id =>
        {
            stored?.Verified(id + ".png");
            return FileHash.Compute(PathOf(folder, id));
        }));
    }
}
