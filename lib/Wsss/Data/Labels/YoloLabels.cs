using System.Globalization;
using System.Text.Json.Nodes;
using Wsss.Registry;

namespace Wsss.Data.Labels;

/// <summary>
/// YOLO's folders: <c>labels/…/ID.txt</c> with a line <c>class x y w h</c> (or a polygon) per object beside <c>images/…/ID.jpg</c>, or both
/// in a folder for each split, and the names of the classes in <c>data.yaml</c>, <c>classes.txt</c> or <c>obj.names</c>. Boxes are not
/// looked at: what is in the image is.
/// </summary>
/// <remarks>A photograph without a file has no label, as YOLO means it.</remarks>
[Registered("YOLO's folders: labels/ID.txt beside images/, names in data.yaml or classes.txt", Name = "yolo", Order = 20)]
internal sealed record YoloLabels : LabelFormat
{
    private const string LabelFolder = "labels", ImagePrefix = "images/", Extension = ".txt";

    private static readonly string[] NameFiles = ["classes.txt", "obj.names", "labels/classes.txt", "names.txt"];

    /// <inheritdoc/>
    public override bool Fits(string path)
    {
        if (!Directory.Exists(path) && !EndsIn(path, ".yaml", ".yml")) return false;
        string root = RootOf(path);
        return NamesFile(root) is not null && Bases(root).SelectMany(start => LabelFiles(root, start)).Any();
    }

    /// <inheritdoc/>
    public override LabelTable Read(string path, IReadOnlyList<string>? classNames)
    {
        string root = RootOf(path);
        string[] bases = Bases(root);
        var own = ReadNames(NamesFile(root)!);
        // Names that are given in another order, or for more classes, leave a file's indices as they are; others are new names of theirs.
        bool renames = classNames is not null && !own.Any(name => classNames.Contains(name, StringComparer.OrdinalIgnoreCase));
        var names = renames ? classNames! : own;
        var files = new Dictionary<string, string>();
        foreach (var (key, file) in bases.SelectMany(start => LabelFiles(root, start)))
        {
            if (!files.TryAdd(key, file))
                throw new DataSetException($"Expected one file of labels for '{key}', found '{files[key]}' and '{file}'. Take one away.");
        }
        var rows = new List<NamedRow>();
        foreach (string photograph in PhotographFiles.Of(root).All)
        {
            string name = Path.GetRelativePath(root, photograph).Replace('\\', '/'),
                start = bases.Where(start => name.StartsWith(start, StringComparison.Ordinal)).MaxBy(start => start.Length) ?? "",
                rest = name[start.Length..];
            string key = PhotographFiles.WithoutExtension(
                start + (rest.StartsWith(ImagePrefix, StringComparison.Ordinal) ? rest[ImagePrefix.Length..] : rest)
            );
            SplitKind? split = SplitWords.TryRead(key.Split('/')[0], out var word) ? word : null;
            string[] found = files.TryGetValue(key, out string? file) ? [.. ReadObjects(file, names)] : [];
            rows.Add(new NamedRow(name, found, split, file ?? photograph));
        }
        if (rows.Count == 0)
            throw new DataSetException($"Expected photographs below '{root}', as in '{Path.Combine(root, "images")}', found none.");
        return LabelTable.Of(path, rows, classNames ?? [.. own.Where(name => !LabelTable.IsNoClass(name))]);
    }

    private static string RootOf(string path) => Directory.Exists(path) ? path : Path.GetDirectoryName(Path.GetFullPath(path))!;

    /// <summary>Where <c>labels/</c> lies beside <c>images/</c>: in the folder itself, "", and in those of splits, "train/".</summary>
    private static string[] Bases(string root) =>
    [
        .. Directory
            .GetDirectories(root)
            .Select(folder => Path.GetFileName(folder))
            .Where(name => SplitWords.TryRead(name, out _))
            .Order(NaturalOrder.Instance)
            .Select(name => $"{name}/")
            .Prepend("")
            .Where(start => Directory.Exists(Path.Combine(root, start, LabelFolder))),
    ];

    /// <summary>The files of labels in one of <see cref="Bases"/>, with their photographs' paths without images/ and extension.</summary>
    private static IEnumerable<(string Key, string File)> LabelFiles(string root, string start)
    {
        string labels = Path.Combine(root, start, LabelFolder);
        return InputFolder
            .Files(labels, [Extension])
            .Where(file => Path.GetFileName(file) != "classes.txt")
            .Select(file => ($"{start}{Path.GetRelativePath(labels, file).Replace('\\', '/')[..^Extension.Length]}", file));
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

    private static IReadOnlyList<string> ReadNames(string file) =>
        NamesIn(file) is { } names ? ClassNameFile.FromZero(names, file) : ClassNameFile.Read(file);

    /// <summary>What a YAML file holds under <c>names</c>; null where it holds no list and no object.</summary>
    private static JsonNode? NamesIn(string file)
    {
        if (!EndsIn(file, ".yaml", ".yml"))
            return null;
        try
        {
            return (WsssYaml.ToJson(InputFile.ReadText(file, InputKind.Document), file) as JsonObject)?["names"] switch
            {
                var names and (JsonArray or JsonObject) => names,
                _ => null,
            };
        }
        catch (WsssException)
        {
            return null;
        }
    }
}
