using Wsss.Storage;

namespace Wsss.Data;

/// <summary>An image file to predict.</summary>
/// <param name="Id">Its name in the output: its file without extension, or with it where two photographs differ by nothing else.</param>
/// <param name="File">Its file, relative to the folder, with forward slashes.</param>
/// <param name="Path">Where it lies.</param>
public sealed record Photograph(string Id, string File, string Path);

/// <summary>Finds photographs in folders that people fill.</summary>
public static class Photographs
{
    /// <summary>Extensions of the files that are taken, in lower case.</summary>
    public static IReadOnlyList<string> Extensions { get; } = [".jpg", ".jpeg", ".png", ".webp", ".bmp"];

    // Pictures that people expect to be read, and that are not.
    private static readonly string[] OtherExtensions =
    [
        ".gif", ".tif", ".tiff", ".heic", ".heif", ".avif", ".jfif", ".jxl", ".jp2", ".dng", ".cr2", ".cr3", ".nef", ".arw", ".raf", ".orf",
        ".rw2",
    ];

    /// <summary>The photographs of a folder and its sub-folders in natural order, or the one photograph of a path.</summary>
    /// <param name="path">A folder or an image file. Hidden files and folders, and links to folders, are left out.</param>
    /// <param name="except">
    /// A folder below it whose images are none, as they are what was made of the others, nor are those of parts of it; null for none.
    /// </param>
    /// <exception cref="DataSetException">There is no such path, or no image in it.</exception>
    public static IReadOnlyList<Photograph> Find(string path, string? except = null)
    {
        string full = Path.GetFullPath(path);
        if (File.Exists(full))
            return [new Photograph(Path.GetFileNameWithoutExtension(full), Path.GetFileName(full), full)];
        if (!Directory.Exists(full))
            throw new DataSetException($"Expected a folder of photographs or an image at '{path}', found neither.");
        string[] files = [.. Files(full, except is null ? null : Path.GetFullPath(except)).Order(NaturalOrder.Instance)];
        if (files.Length == 0)
            throw None(path, full);
        return [.. files.Zip(Names(files), (file, id) => new Photograph(id, file, Path.Combine(full, file)))];
    }

    /// <summary>What to know of pictures below a folder that are left out as their form is not read; null for none.</summary>
    /// <param name="folder">The folder.</param>
    internal static string? LeftOut(string folder)
    {
        string[] others = [.. InputFolder.Files(folder, OtherExtensions, FileAttributes.Hidden | FileAttributes.System)];
        return others.Length == 0
            ? null
            : $"{others.Length} pictures are left out, as their form is not read "
                + $"({string.Join(", ", others.Select(path => Path.GetExtension(path).ToLowerInvariant()).Distinct().Order())}): "
                + $"'{others.Order(NaturalOrder.Instance).First()}'{(others.Length > 1 ? ", …" : "")}. Save them as JPEG or PNG";
    }

    /// <summary>That a folder holds no photographs.</summary>
    /// <param name="path">The folder as it was given.</param>
    /// <param name="folder">The same in full.</param>
    internal static DataSetException None(string path, string folder) =>
        new(
            $"Expected photographs ({string.Join(", ", Extensions)}) below '{path}', found none."
                + (LeftOut(folder) is { } others ? $" {others}." : "")
        );

    private static IEnumerable<string> Files(string folder, string? except) =>
        InputFolder.Files(folder, Extensions, FileAttributes.Hidden | FileAttributes.System, except)
            .Where(path => except is null || !Shard.IsInPartOf(except, path))
            .Select(path => Path.GetRelativePath(folder, path).Replace(Path.DirectorySeparatorChar, '/'));

    /// <summary>Without extensions; whole where names would be alike.</summary>
    private static string[] Names(string[] files)
    {
        string[] names = [.. files.Select(file => Path.ChangeExtension(file, null))];
        // A whole name may be like another's without extension, so until none is like another.
        while (Alike() is { Length: > 0 } alike)
            foreach (int i in alike)
                names[i] = files[i];
        return names;

        int[] Alike() =>
            [.. names.Index().GroupBy(item => item.Item, item => item.Index).Where(same => same.Count() > 1).SelectMany(same => same)];
    }
}
