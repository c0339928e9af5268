using Wsss.Registry;

namespace Wsss.Data.Labels;

/// <summary>
/// One XML per photograph, as labelImg and PASCAL VOC write them: in <c>Annotations/</c> or beside the photographs. Labels are the names of
/// its objects; the photograph is the one of the XML's own name.
/// </summary>
[Registered("one XML per photograph (labelImg, PASCAL VOC), in Annotations/ or beside it", Name = "xml", Order = 50)]
internal sealed record XmlLabels : LabelFormat
{
    private static readonly string[] Folders = ["Annotations", "annotations", "xml", "labels", ""];

    /// <inheritdoc/>
    public override bool Fits(string path) => Directory.Exists(path) && Files(path).Any();

    /// <inheritdoc/>
    public override LabelTable Read(string path, IReadOnlyList<string>? classNames)
    {
        var rows = Files(path)
            .Select(file => new NamedRow(Path.GetFileNameWithoutExtension(file), VocAnnotation.Read(file).Names, null, file));
        return LabelTable.Of(path, [.. rows], classNames);
    }

    /// <summary>The files of the first folder that has some, in natural order.</summary>
    private static IEnumerable<string> Files(string path) =>
        Folders
            .Select(folder => Path.Combine(path, folder))
            .Where(Directory.Exists)
            .Select(folder => Directory.GetFiles(folder, "*.xml"))
            .FirstOrDefault(files => files.Length > 0)
            ?.Order(NaturalOrder.Instance)
        ?? Enumerable.Empty<string>();
}
