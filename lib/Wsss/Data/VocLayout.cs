using System.Xml;
using System.Xml.Linq;

namespace Wsss.Data;

/// <summary>Where the files of a folder in PASCAL VOC layout lie, and how its text files are read.</summary>
/// <param name="Root">The folder that holds JPEGImages, ImageSets and so on (VOC's <c>VOC2012</c>).</param>
internal sealed record VocLayout(string Root)
{
    public const string Masks = "SegmentationClass";
    public const string AugmentedMasks = "SegmentationClassAug";

    public string ClassFile => Path.Combine(Root, "classes.txt");

    public string ImageFolder => Path.Combine(Root, "JPEGImages");

    public string Image(string id) => Path.Combine(ImageFolder, id + ".jpg");

    public string Mask(string folder, string id) => Path.Combine(Root, folder, id + ".png");

    public string Annotation(string id) => Path.Combine(Root, "Annotations", id + ".xml");

    public string Split(string split) => Path.Combine(Root, "ImageSets", "Segmentation", split + ".txt");

    /// <summary>What only drawn scenes have: 1 telling part and 2 rest; 1 on objects; 1 on co-occurring scenery. 8-bit grey.</summary>
    public string Parts(string id) => Path.Combine(Root, "Parts", id + ".png");

    /// <inheritdoc cref="Parts"/>
    public string Objectness(string id) => Path.Combine(Root, "Objectness", id + ".png");

    /// <inheritdoc cref="Parts"/>
    public string Context(string id) => Path.Combine(Root, "Context", id + ".png");

    /// <summary>Ids of a split file as they are listed. Lists of "/JPEGImages/id.jpg /SegmentationClassAug/id.png" (DeepLab's) are understood.</summary>
    public string[] ListedIds(string split) => [.. ReadLines(Split(split)).Select(FirstWord)];

    /// <summary>Ids of a split file, each once.</summary>
    public string[] ReadIds(string split)
    {
        string path = Split(split);
        if (!Directory.Exists(Root))
            throw new DataSetException($"Expected a folder in PASCAL VOC layout, found none at '{Root}'. Check the path (for VOC itself it ends in VOCdevkit/VOC2012).");
        if (!Directory.Exists(ImageFolder))
            throw new DataSetException($"Expected the folder JPEGImages in '{Root}', found none. Point to the folder that holds JPEGImages and ImageSets.");
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

    /// <summary>Trimmed lines that are not empty.</summary>
    public static IEnumerable<string> ReadLines(string path) =>
        File.ReadLines(path).Select(line => line.Trim()).Where(line => line.Length > 0);

    /// <summary>Class names of the objects in an annotation file; names of parts (VOC's layout task) are not among them.</summary>
    public static IReadOnlyList<string> ReadObjectNames(string path)
    {
        try
        {
            using var reader = XmlReader.Create(path);
            XElement? root = XDocument.Load(reader).Root;
            return [.. root!.Elements("object").Select(item => item.Element("name")?.Value.Trim() ?? "")];
        }
        catch (XmlException error)
        {
            throw new DataSetException($"Expected a VOC annotation, but '{path}' is no valid XML: {error.Message}", error);
        }
    }

    private static string FirstWord(string line)
    {
        string word = line.Split((char[]?)null, 2)[0];
        return word.Contains('/') ? Path.GetFileNameWithoutExtension(word) : word;
    }

    private static string KnownSplits(string path)
    {
        string folder = Path.GetDirectoryName(path)!;
        string[] known = Directory.Exists(folder) ? [.. Directory.GetFiles(folder, "*.txt").Select(Path.GetFileNameWithoutExtension).Order()!] : [];
        return known.Length == 0 ? "Write one: a text file with one image id per line." : $"Splits that are there: {string.Join(", ", known)}.";
    }
}
