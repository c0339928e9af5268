using Wsss.Registry;

namespace Wsss.Data.Labels;

/// <summary>
/// One folder per class: <c>cat/1.jpg</c>, <c>dog/2.jpg</c>, or with splits above them, <c>train/cat/1.jpg</c>.
/// </summary>
[Registered("one folder per class, with splits above them or without", Name = "folders", Order = 60)]
internal sealed record FolderLabels : LabelFormat
{
    /// <inheritdoc/>
    public override bool Fits(string path) => Directory.Exists(path) && ClassFolders(path).Count > 0;

    /// <inheritdoc/>
    public override LabelTable Read(string path, IReadOnlyList<string>? classNames)
    {
        var rows = new List<NamedRow>();
        foreach (var (folder, split) in ClassFolders(path))
        {
            foreach (string file in PhotographFiles.Below(folder))
                rows.Add(new NamedRow(Path.GetRelativePath(path, file).Replace('\\', '/'), [Path.GetFileName(folder)], split, file));
        }
        return LabelTable.Of(path, rows, classNames, mayBeIndices: true);
    }

    /// <summary>The folders of the classes; none where photographs lie beside them, or folders are known for something else.</summary>
    private static IReadOnlyList<(string Folder, SplitKind? Split)> ClassFolders(string path)
    {
        string[] folders = SubFolders(path);
        if (folders.Length == 0 || PhotographFiles.In(path).Any())
            return [];
        (string Folder, SplitKind? Split)[] classes = folders.All(folder => SplitWords.TryRead(Path.GetFileName(folder), out _))
            ? [.. folders.SelectMany(folder => SubFolders(folder).Select(inner => (inner, SplitOf(folder))))]
            : [.. folders.Select(folder => (folder, (SplitKind?)null))];
        return classes.Any(item => PhotographFiles.IsKnownFolder(Path.GetFileName(item.Folder))) ? [] : classes;

        static SplitKind? SplitOf(string folder) => SplitWords.TryRead(Path.GetFileName(folder), out var split) ? split : null;
    }

    /// <summary>With photographs in them, in natural order; what the commands write beside the photographs is no class.</summary>
    private static string[] SubFolders(string path) =>
        [
            .. PhotographFiles.Folders(path)
                .Where(folder => Path.GetFileName(folder) != PhotographFiles.OutputFolder && PhotographFiles.Below(folder).Any()),
        ];
}
