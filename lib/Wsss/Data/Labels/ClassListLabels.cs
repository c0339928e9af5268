using Wsss.Registry;

namespace Wsss.Data.Labels;

/// <summary>
/// PASCAL VOC's lists of each class: <c>ImageSets/Main/cat_train.txt</c> with a line <c>ID 1</c>, <c>ID −1</c> or <c>ID 0</c> per
/// photograph. 0 says that all objects of the class are difficult ones; they are in the photograph, so that it counts as a label.
/// </summary>
/// <remarks>Lists of <c>trainval</c> are read where there are none of its halves.</remarks>
[Registered("VOC's lists of each class: ImageSets/Main/CLASS_train.txt with 1, 0 and -1", Name = "class-lists", Order = 30)]
internal sealed record ClassListLabels : LabelFormat
{
    private const string Both = "trainval";

    /// <inheritdoc/>
    public override bool Fits(string path) => Directory.Exists(path) && Lists(path).Count > 0;

    /// <inheritdoc/>
    public override LabelTable Read(string path, IReadOnlyList<string>? classNames)
    {
        var lists = Lists(path);
        bool halves = lists.Any(list => list.Split != Both);
        var labels = new Dictionary<string, (List<string> Names, SplitKind? Split, string Where)>();
        int difficult = 0;
        foreach (var (file, name, word) in lists.Where(list => !halves || list.Split != Both))
        {
            SplitKind? split = SplitWords.TryRead(word, out var found) ? found : null;
            foreach (var (number, line) in InputFile.ReadLines(file, InputKind.Annotation).Index())
            {
                if (string.IsNullOrWhiteSpace(line)) continue;
                string where = $"{file}, line {number + 1}";
                if (Parse(line) is not { } entry)
                    throw new DataSetException($"{where}: expected a photograph's name and 1, 0 or -1, found '{line}'.");
                if (!labels.TryGetValue(entry.Id, out var row)) labels.Add(entry.Id, row = ([], split, where));
                if (row.Split != split)
                {
                    throw new DataSetException(
                        $"{where}: expected one split for '{entry.Id}', found {row.Split} and {split} ({row.Where}).");
                }
                if (entry.Value >= 0) row.Names.Add(name);
                if (entry.Value == 0) difficult++;
            }
        }
        var rows = labels.Select(label => new NamedRow(label.Key, label.Value.Names, label.Value.Split, label.Value.Where));
        var table = LabelTable.Of(path, [.. rows], classNames);
        return difficult == 0 ? table : table with
        {
            Notes = [.. table.Notes, $"{difficult} labels are of difficult objects alone (0 in the lists)"],
        };
    }

    /// <summary>The lists of a data set, or of its folder <c>Main</c>; of any other folder none.</summary>
    private static IReadOnlyList<(string File, string Class, string Split)> Lists(string path)
    {
        string full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path)),
            folder = Path.GetFileName(full) == "Main" ? full : Path.Combine(full, "ImageSets", "Main");
        var lists = new List<(string, string, string)>();
        if (!Directory.Exists(folder)) return lists;
        foreach (string file in Directory.EnumerateFiles(folder, "*.txt").Order(NaturalOrder.Instance))
        {
            string name = Path.GetFileNameWithoutExtension(file);
            int underscore = name.LastIndexOf('_');
            if (underscore < 1) continue;
            string split = name[(underscore + 1)..];
            if (split == Both || SplitWords.TryRead(split, out _)) lists.Add((file, name[..underscore], split));
        }
        return lists;
    }

    private static (string Id, int Value)? Parse(string line)
    {
        string text = line.Trim();
        int blank = text.LastIndexOfAny([' ', '\t']);
        return blank > 0 && text[(blank + 1)..] is "1" or "-1" or "0" ? (text[..blank].TrimEnd(), int.Parse(text[(blank + 1)..])) : null;
    }
}
