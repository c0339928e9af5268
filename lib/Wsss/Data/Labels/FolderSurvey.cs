namespace Wsss.Data.Labels;

/// <summary>What lies in a folder of photographs, as far as it can be told without anybody's help.</summary>
/// <param name="Data">The data set as it was understood; its paths are full.</param>
/// <param name="Notes">What a person should know: how it was read, and what was left out and why; a line each.</param>
public sealed record FolderSurvey(DataSet Data, IReadOnlyList<string> Notes)
{
    private static readonly string[] MaskFolders = ["masks", "mask", "SegmentationClass", "gt", "annotations", "labels"];

    // Enough to tell class masks from pictures.
    private const int MasksTried = 20;

    private const int NamesShown = 3;

    // Files that stand beside photographs and list none.
    private static readonly string[] NotLists = ["classes.txt", "readme.txt", "requirements.txt", "license.txt", "notes.txt", "data.txt"];

    /// <summary>Looks at a folder.</summary>
    /// <param name="folder">Where the photographs lie.</param>
    /// <param name="labels">Where the labels are; null to look for them in the folder.</param>
    /// <param name="classNames">The classes in order; null for those that the labels name.</param>
    /// <exception cref="DataSetException">There is no such folder, no photograph or no labels; the message says what is there.</exception>
    public static FolderSurvey Of(string folder, string? labels = null, IReadOnlyList<string>? classNames = null)
    {
        string root = Path.GetFullPath(folder);
        if (!Directory.Exists(root))
            throw new DataSetException($"Expected a folder of photographs at '{folder}', found none.");
        var layout = new VocLayout(root);
        if (labels is null && Directory.Exists(layout.ImageFolder) && Directory.Exists(Path.GetDirectoryName(layout.Split("train"))))
            return OfVoc(layout, classNames);
        var files = PhotographFiles.Of(root);
        if (files.All.Count == 0)
            throw new DataSetException($"Expected photographs (.jpg, .jpeg, .png, .webp, .bmp) below '{folder}', found none.");

        var notes = new List<string>();
        var table = labels is not null
            ? LabelFormat.ReadAny(labels, classNames)
            : Search(root, files, classNames, notes)
                ?? throw new DataSetException(
                    $"Expected labels for the {files.All.Count} photographs in '{folder}': a table, JSON, COCO, YOLO or XML in it, or "
                        + "one folder per class; found "
                        + $"{string.Join(", ", Directory.EnumerateFileSystemEntries(root).Take(8).Select(Path.GetFileName))}. "
                        + string.Concat(notes.Select(note => $"{char.ToUpperInvariant(note[0])}{note[1..].TrimEnd('.')}. "))
                        + (notes.Count == 0 ? "Say where the labels are." : "Correct them, or say where others are.")
                );
        var missing = table.Rows.Where(row => files.One(row.Image) is null).ToArray();
        if (missing.Length > 0)
            files.Find(missing[0].Image, missing[0].Where);
        int unlisted = files.All.Count - table.Rows.Select(row => files.Find(row.Image, row.Where)).Distinct().Count();
        notes.InsertRange(0, [$"labels: {table.Source}", .. PhotographFolder.NotesOf(table)]);
        if (unlisted > 0)
            notes.Add($"{unlisted} photographs have no row in the labels and are left out");

        string source = Path.GetFullPath(table.Source);
        var data = new PhotographFolder
        {
            Root = root,
            Labels = source == root ? null : source,
            // A list that was given stays as it is: indices count in it.
            Classes = classNames ?? table.ClassNames,
        };
        return new FolderSurvey(data with { Masks = FindMasks(root, data, notes) }, notes);
    }

    private static FolderSurvey OfVoc(VocLayout layout, IReadOnlyList<string>? classNames)
    {
        if (classNames is not null && VocClasses.Read(layout).Names is var own && !own.SequenceEqual(classNames))
            throw new DataSetException(
                $"Expected no other classes than those of '{layout.Root}', a folder in PASCAL VOC layout ({own.Count}: {First(own)}), "
                    + $"found {classNames.Count}: {First(classNames)}. Write them into '{layout.ClassFile}', a line each, in the order of "
                    + "the masks' values."
            );
        return new FolderSurvey(
            new VocFolder { Root = layout.Root },
            ["PASCAL VOC layout: labels are the classes in the masks, or the objects in Annotations"]
        );
    }

    /// <summary>The labels that name the most photographs of a folder, those that somebody wrote first; null for none.</summary>
    private static LabelTable? Search(string root, PhotographFiles files, IReadOnlyList<string>? classNames, List<string> notes)
    {
        string annotations = Path.Combine(root, "annotations");
        string[] places =
        [
            .. Directory.EnumerateFiles(root).Order(NaturalOrder.Instance),
            .. Directory.Exists(annotations) ? Directory.EnumerateFiles(annotations) : [],
            root,
        ];
        var read = new List<(LabelTable Table, bool Folders, int Known)>();
        foreach (string place in places.Where(place => !NotLists.Contains(Path.GetFileName(place).ToLowerInvariant())))
        {
            if (LabelFormat.Find(place) is not { } format)
                continue;
            try
            {
                var table = LabelFormat.ReadAny(place, classNames);
                int known = table.Rows.Count(row => files.One(row.Image) is not null);
                if (known > 0)
                    read.Add((table, format is FolderLabels, known));
                else
                {
                    string names = First([.. table.Rows.Select(row => $"'{row.Image}'")]),
                        photographs = First([.. files.All.Select(path => $"'{Path.GetRelativePath(root, path)}'")]);
                    notes.Add($"'{place}' was read: none of its {table.Rows.Count} names ({names}) is a photograph ({photographs})");
                }
            }
            catch (DataSetException error)
            {
                notes.Add($"not taken as labels: {error.Message}");
            }
        }
        // Folders may be sorted by anything; what somebody wrote down is meant.
        if (read.OrderBy(item => item.Folders).ThenByDescending(item => item.Known).ToArray() is not [var best, .. var others])
            return null;
        foreach (var (table, folders, known) in others.Where(other => !SaysTheSame(best.Table, other.Table)))
        {
            // The one folder that holds all photographs says nothing of them.
            if (folders && table.ClassNames.Count == 1)
                continue;
            string what = folders ? $"names of folders ({First(table.ClassNames)})" : $"labels in '{table.Source}'";
            notes.Add($"{what} were not taken: '{best.Table.Source}' names {best.Known} photographs, {(folders ? "they" : "it")} {known}");
        }
        return best.Table;
    }

    private static string First(IReadOnlyList<string> names) =>
        string.Join(", ", names.Take(NamesShown)) + (names.Count > NamesShown ? ", …" : "");

    /// <summary>Whether two tables are of the same photographs and labels, as YOLO's are by its folder and by its data.yaml.</summary>
    private static bool SaysTheSame(LabelTable one, LabelTable other) =>
        one.ClassNames.SequenceEqual(other.ClassNames)
        && one.Rows.Count == other.Rows.Count
        && one.Rows.Zip(other.Rows, (a, b) => a.Image == b.Image && a.Labels.SequenceEqual(b.Labels)).All(same => same);

    private static string? FindMasks(string root, PhotographFolder data, List<string> notes)
    {
        foreach (string folder in MaskFolders.Select(name => Path.Combine(root, name)).Where(Directory.Exists))
        {
            if (!InputFolder.Files(folder, [".png"]).Any())
                continue;
            try
            {
                var splits = (data with { Masks = folder }).Open();
                var masked = new[] { splits.Train, splits.Validation, splits.Test }
                    .Select(part => part.WithMasks())
                    .OfType<IMaskedSource>()
                    .ToArray();
                if (masked.Length == 0)
                {
                    notes.Add(
                        $"'{folder}' holds masks of none of the photographs by their names, of which each must be of one alone, and is "
                            + "left out"
                    );
                    continue;
                }
                var contradictions = new MaskContradictions(masked[0].ClassNames);
                // A part for which there are no photographs has those of training.
                foreach (
                    var (part, i) in masked
                        .SelectMany(part => Enumerable.Range(0, Math.Min(MasksTried, part.Count)).Select(i => (Part: part, Index: i)))
                        .DistinctBy(item => item.Part.Id(item.Index))
                )
                    contradictions.Add(part.Id(i), part.Labels(i), part.Mask(i));
                int count = masked.SelectMany(part => Enumerable.Range(0, part.Count).Select(part.Id)).Distinct().Count();
                notes.Add($"masks: {folder}, of {count} photographs");
                notes.AddRange(
                    ((IFindingSource)splits.Train).Findings
                        .Where(finding => finding.Severity == FindingSeverity.Note && Path.GetDirectoryName(finding.File) == folder)
                        .Select(finding => $"{finding}")
                );
                if (contradictions.What is { } what)
                    notes.Add($"{what} {MaskContradictions.ToDo}");
                return folder;
            }
            catch (WsssException error)
            {
                notes.Add($"'{folder}' holds no class masks and is left out: {error.Message}");
            }
        }
        return null;
    }
}
