using System.Globalization;
using System.Text.Json.Nodes;
using Wsss.Registry;

namespace Wsss.Data.Labels;

/// <summary>
/// YOLO's folders: <c>labels/…/ID.txt</c> with a line <c>class x y w h</c> (or a polygon) per object beside <c>images/…/ID.jpg</c>, and the
/// names of the classes in <c>data.yaml</c>, <c>classes.txt</c> or <c>obj.names</c>. Boxes are not looked at: what is in the image is.
/// </summary>
/// <remarks>A photograph without a file has no label, as YOLO means it.</remarks>
[Registered("YOLO's folders: labels/ID.txt beside images/, names in data.yaml or classes.txt", Name = "yolo", Order = 20)]
internal sealed record YoloLabels : LabelFormat
{
    private static readonly string[] NameFiles = ["classes.txt", "obj.names", "labels/classes.txt", "names.txt"];

    /// <inheritdoc/>
    public override bool Fits(string path)
    {
        string folder = Directory.Exists(path) ? path : Path.GetDirectoryName(Path.GetFullPath(path))!;
        if (!Directory.Exists(path) && !EndsIn(path, ".yaml", ".yml")) return false;
        return Directory.Exists(Path.Combine(folder, "labels")) && NamesFile(folder) is not null
            && InputFolder.Files(Path.Combine(folder, "labels"), [".txt"]).Any();
    }

    /// <inheritdoc/>
    public override LabelTable Read(string path, IReadOnlyList<string>? classNames)
    {
        string root = Directory.Exists(path) ? path : Path.GetDirectoryName(Path.GetFullPath(path))!,
            labels = Path.Combine(root, "labels");
        IReadOnlyList<string> names = classNames ?? ReadNames(NamesFile(root)!);
        var files = InputFolder
            .Files(labels, [".txt"])
            .Where(file => Path.GetFileName(file) != "classes.txt")
            .ToDictionary(file =>
                PhotographFiles.WithoutExtension(Path.GetRelativePath(labels, file).Replace('\\', '/'))[..^".txt".Length]
            );
        var rows = new List<NamedRow>();
        foreach (string photograph in PhotographFiles.Of(root).All)
        {
            string name = Path.GetRelativePath(root, photograph).Replace('\\', '/');
            string key = PhotographFiles.WithoutExtension(
                name.StartsWith("images/", StringComparison.Ordinal) ? name["images/".Length..] : name
            );
            string first = key.Split('/')[0];
            SplitKind? split = SplitWords.TryRead(first, out var word) ? word : null;
            string[] found = files.TryGetValue(key, out string? file) ? [.. ReadObjects(file, names)] : [];
            rows.Add(new NamedRow(name, found, split, file ?? photograph));
        }
        if (rows.Count == 0)
            throw new DataSetException($"Expected photographs beside '{labels}', in '{Path.Combine(root, "images")}', found none.");
        return LabelTable.Of(path, rows, names);
    }

    private static IEnumerable<string> ReadObjects(string file, IReadOnlyList<string> names)
    {
        foreach (var (number, line) in InputFile.ReadLines(file, InputKind.Annotation).Index())
        {
            string[] cells = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            if (cells.Length == 0)
                continue;
            if (
                !double.TryParse(cells[0], NumberStyles.Float, CultureInfo.InvariantCulture, out double index)
                || index != Math.Floor(index)
            )
                throw new DataSetException($"{file}, line {number + 1}: expected a class index at its beginning, found '{cells[0]}'.");
            if (index < 0 || index >= names.Count)
                throw new DataSetException(
                    $"{file}, line {number + 1}: expected a class index 0…{names.Count - 1}, found {index}. Name all classes, or correct "
                        + "it."
                );
            yield return names[(int)index];
        }
    }

    private static string? NamesFile(string folder) =>
        Directory.EnumerateFiles(folder, "*.y*ml").Order(StringComparer.Ordinal).FirstOrDefault(file => NamesIn(file) is not null)
            ?? NameFiles.Select(name => Path.Combine(folder, name)).FirstOrDefault(File.Exists);

    private static IReadOnlyList<string> ReadNames(string file) => NamesIn(file) ?? ClassNameFile.Read(file);

    /// <summary>The names in a YAML file, a list or an object by index; null where it holds none.</summary>
    private static IReadOnlyList<string>? NamesIn(string file)
    {
        if (!EndsIn(file, ".yaml", ".yml"))
            return null;
        try
        {
            return (WsssYaml.ToJson(InputFile.ReadText(file, InputKind.Document), file) as JsonObject)?["names"] switch
            {
                JsonArray list => [.. list.Select(name => $"{name}")],
                JsonObject byIndex =>
                [
                    .. byIndex
                        .OrderBy(pair => int.TryParse(pair.Key, out int index) ? index : int.MaxValue)
                        .Select(pair => $"{pair.Value}"),
                ],
                _ => null,
            };
        }
        catch (WsssException)
        {
            return null;
        }
    }
}
