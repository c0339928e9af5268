using System.Text.RegularExpressions;

namespace Wsss.Data;

/// <summary>Where the files of a folder in PASCAL VOC layout lie, and how its text files are read.</summary>
/// <param name="Root">The folder that holds JPEGImages, ImageSets and so on (VOC's <c>VOC2012</c>).</param>
internal sealed partial record VocLayout(string Root)
{
    public const string Masks = "SegmentationClass";
    public const string AugmentedMasks = "SegmentationClassAug";

    private readonly Lazy<NamedFiles> _images = new(() => new NamedFiles(FolderIn(Root, "JPEGImages", "images"), Photographs.Extensions));
    private readonly Lazy<NamedFiles> _annotations = new(() => new NamedFiles(FolderIn(Root, "Annotations"), [".xml"]));

    public string ClassFile => Path.Combine(Root, "classes.txt");

    /// <summary>JPEGImages, or images where that is there instead; found in any case.</summary>
    public string ImageFolder { get; } = FolderIn(Root, "JPEGImages", "images");

    /// <summary>Whether one of its own folders is there; images and annotations are other layouts' too.</summary>
    public bool IsThere =>
        new[] { "JPEGImages", "ImageSets", "SegmentationClass" }.Any(name => Directory.Exists(FolderIn(Root, name)));

    /// <summary>What is written into it, by the folders and files in it.</summary>
    public IEnumerable<string> Entries =>
    [
        Path.GetFileName(ClassFile), Path.GetFileName(ImageFolder), Masks, "ImageSets", "Annotations", "Parts", "Objectness", "Context",
    ];

    /// <summary>Where an image is written.</summary>
    public string Image(string id) => Path.Combine(ImageFolder, id + ".jpg");

    /// <summary>Where a mask is written.</summary>
    public string Mask(string folder, string id) => Path.Combine(Root, folder, id + ".png");

    /// <summary>Where an annotation is written.</summary>
    public string Annotation(string id) => Path.Combine(Root, "Annotations", id + ".xml");

    public string Split(string split) => Path.Combine(Root, "ImageSets", "Segmentation", split + ".txt");

    /// <summary>The split that is trained on.</summary>
    public string TrainName => File.Exists(Split("train_aug")) ? "train_aug" : "train";

    /// <summary>What only drawn scenes have: 1 telling part and 2 rest; 1 on objects; 1 on co-occurring scenery. 8-bit grey.</summary>
    public string Parts(string id) => Path.Combine(Root, "Parts", id + ".png");

    /// <inheritdoc cref="Parts"/>
    public string Objectness(string id) => Path.Combine(Root, "Objectness", id + ".png");

    /// <inheritdoc cref="Parts"/>
    public string Context(string id) => Path.Combine(Root, "Context", id + ".png");

    /// <summary>The image of an id, in any of the formats that are read.</summary>
    /// <exception cref="DataSetException">There is none, or there are two.</exception>
    public string FindImage(string id) =>
        _images.Value.Find(id) switch
        {
            [var path] => path,
            [] => throw new DataSetException(
                $"Expected an image for id '{id}', found no file '{id}' with {string.Join(", ", Photographs.Extensions)} in "
                    + $"'{ImageFolder}'. "
                    + $"{_images.Value.Near(id)} Add the image, or correct the id in the split."
            ),
            var several => throw new DataSetException(
                $"Expected one image for id '{id}', found "
                    + $"{string.Join(" and ", several.Order(StringComparer.Ordinal).Select(path => $"'{path}'"))}. Remove or rename one."
            ),
        };

    /// <summary>The masks of a folder.</summary>
    public NamedFiles MasksIn(string folder) => new(Path.Combine(Root, folder), Photographs.Extensions);

    /// <summary>The annotation of an id; null if there is none.</summary>
    public string? FindAnnotation(string id) => _annotations.Value.Find(id).FirstOrDefault();

    /// <summary>
    /// Ids of a split file as they are listed, in any of the forms that the field's lists have: the id; with extension; the path of the
    /// image, with the mask's behind it (<c>/JPEGImages/id.jpg /SegmentationClassAug/id.png</c>); with a number behind it. Ids may hold
    /// blanks where a file of that name is there. Lines that begin with <c>#</c> and name no image are comments.
    /// </summary>
    public string[] ListedIds(string split) =>
        [.. ReadLines(Split(split)).Where(line => line[0] != '#' || _images.Value.Has(NameOf(line))).Select(IdOf)];

    /// <summary>Ids of a split file, each once.</summary>
    public string[] ReadIds(string split)
    {
        string path = Split(split);
        if (!Directory.Exists(Root))
            throw new DataSetException(
                $"Expected a folder in PASCAL VOC layout, found none at '{Root}'. Check the path (for VOC itself it ends in "
                    + "VOCdevkit/VOC2012)."
            );
        if (!Directory.Exists(ImageFolder))
            throw new DataSetException(
                $"Expected the folder JPEGImages in '{Root}', found none. Point to the folder that holds JPEGImages and ImageSets."
            );
        if (!File.Exists(path))
            throw new DataSetException($"Expected the split '{split}' as '{path}', found no such file. {KnownSplits(path)}");
        string[] ids = ListedIds(split);
        if (ids.Length == 0)
            throw new DataSetException($"Expected image ids, one per line, found none in '{path}'. Fill the file or choose another split.");
        string? twice = ids.GroupBy(id => id).FirstOrDefault(group => group.Count() > 1)?.Key;
        if (twice is not null)
            throw new DataSetException($"Expected each id once, found '{twice}' again in '{path}'. Remove the repeated line.");
        return ids;
    }

    /// <summary>Trimmed lines that are not empty, in Unicode's composed form.</summary>
    public static IEnumerable<string> ReadLines(string path) =>
        InputFile
            .ReadLines(path, InputKind.List)
            .Select(line => ComposedNames.Compose(line.Trim().Trim('\uFEFF')))
            .Where(line => line.Length > 0);

    private string IdOf(string line)
    {
        string? path = PathInFront().Match(line) is { Success: true } match ? match.Groups[1].Value : null;
        string word = line.Split([' ', '\t', ',', ';'], 2)[0];
        string[] candidates =
        [
            .. new[] { line, path, word }.OfType<string>().SelectMany(text => new[] { NameOf(text), WithoutExtension(NameOf(text)) }),
        ];
        return candidates.FirstOrDefault(_images.Value.Has) ?? WithoutExtension(NameOf(path ?? (line.Contains('/') ? word : line)));
    }

    /// <summary>A text as a name below the image folder: without what leads to that folder.</summary>
    private string NameOf(string text)
    {
        string path = "/" + text.Trim('"', '\'').Replace('\\', '/');
        string folder = $"/{Path.GetFileName(ImageFolder)}/";
        int start = path.LastIndexOf(folder, StringComparison.OrdinalIgnoreCase);
        string name = start < 0 ? path : path[(start + folder.Length)..];
        while (name.StartsWith('/') || name.StartsWith("./", StringComparison.Ordinal)) name = name[(name.IndexOf('/') + 1)..];
        return name;
    }

    private static string WithoutExtension(string name) =>
        Photographs.Extensions.FirstOrDefault(extension => name.EndsWith(extension, StringComparison.OrdinalIgnoreCase)) is { } found
            ? name[..^found.Length]
            : name;

    private static string FolderIn(string root, params string[] names)
    {
        string[] there = Directory.Exists(root) ? [.. Directory.EnumerateDirectories(root).Order(StringComparer.Ordinal)] : [];
        return names.Select(name => there.FirstOrDefault(path => Path.GetFileName(path).Equals(name, StringComparison.OrdinalIgnoreCase)))
            .FirstOrDefault(path => path is not null) ?? Path.Combine(root, names[0]);
    }

    private static string KnownSplits(string path)
    {
        string folder = Path.GetDirectoryName(path)!;
        string[] known = Directory.Exists(folder)
            ? [.. Directory.GetFiles(folder, "*.txt").Select(Path.GetFileNameWithoutExtension).Order()!]
            : [];
        return known.Length == 0
            ? "Write one: a text file with one image id per line."
            : $"Splits that are there: {string.Join(", ", known)}.";
    }

    [GeneratedRegex(@"^(.+?\.(?:jpe?g|png|webp|bmp))(?:[\s,;].*)?$", RegexOptions.IgnoreCase)]
    private static partial Regex PathInFront();
}
