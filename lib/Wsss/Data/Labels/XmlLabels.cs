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
            .Select(file => new NamedRow(Path.GetFileNameWithoutExtension(file), Names(file), null, file));
        return LabelTable.Of(path, [.. rows], classNames);
    }

    private static IReadOnlyList<string> Names(string file)
    {
        var names = VocAnnotation.Read(file).Names;
        int without = names.Index().FirstOrDefault(name => name.Item.Length == 0, (Index: -1, Item: "")).Index;
        return without < 0
            ? names
            : throw new DataSetException($"{file}: expected a name for each object, found none for object {without + 1}. Name it.");
    }

    /// <summary>The files of the first folder that has some, in natural order.</summary>
    private static IEnumerable<string> Files(string path) =>
        Folders
            .Select(folder => Path.Combine(path, folder))
            .Where(Directory.Exists)
            .Select(folder => Directory.GetFiles(folder, "*.xml").Where(file => !IsOfAll(file)).ToArray())
            .FirstOrDefault(files => files.Length > 0)
            ?.Order(NaturalOrder.Instance)
        ?? Enumerable.Empty<string>();

    // One file of all photographs may lie beside them.
    private static bool IsOfAll(string file) => Path.GetFileName(file) == CvatLabels.FileName && new CvatLabels().Fits(file);
}
