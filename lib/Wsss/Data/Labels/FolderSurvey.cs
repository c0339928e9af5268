using Wsss.Storage;

namespace Wsss.Data.Labels;

/// <summary>What lies in a folder of photographs, as far as it can be told without anybody's help.</summary>
/// <param name="Data">The data set as it was understood; its paths are full.</param>
/// <param name="Notes">What a person should know: how it was read, and what was left out and why; a line each.</param>
public sealed record FolderSurvey(DataSet Data, IReadOnlyList<string> Notes)
{
    private static readonly string[] MaskFolders = ["masks", "mask", "SegmentationClass", "gt", "annotations", "labels"];

    // Enough to tell class masks from pictures.
    private const int MasksTried = 20;

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
            throw Photographs.None(folder, root);

        var found = labels is not null
            ? new LabelSearch(LabelFormat.ReadAny(labels, classNames), [])
            : LabelSearch.In(root, files, classNames);
        var table = found.Table ?? throw found.NotFound(folder, files);
        List<string> notes = [$"labels: {table.Source}", .. PhotographFolder.NotesOf(table), .. found.Notes];
        var missing = table.Rows.Where(row => files.One(row.Image) is null).ToArray();
        if (missing.Length > 0)
            files.Find(missing[0].Image, missing[0].Where);
        int unlisted = files.All.Count - table.Rows.Select(row => files.Find(row.Image, row.Where)).Distinct().Count();
        if (Photographs.LeftOut(root) is { } others)
            notes.Add(others);
        if (unlisted > 0)
            notes.Add($"{unlisted} photographs have no row in the labels and are left out");

        var data = new PhotographFolder
        {
            Root = root,
            // The folder as well: what comes to lie in it later is not chosen instead.
            Labels = Path.GetFullPath(table.Source),
            // A list that was given stays as it is: indices count in it.
            Classes = classNames ?? table.ClassNames,
        };
        return new FolderSurvey(data with { Masks = FindMasks(root, data, notes) }, notes);
    }

    private static FolderSurvey OfVoc(VocLayout layout, IReadOnlyList<string>? classNames)
    {
        if (classNames is not null && VocClasses.Read(layout).Names is var own && !own.SequenceEqual(classNames))
            throw new DataSetException(
                $"Expected no other classes than those of '{layout.Root}', a folder in PASCAL VOC layout ({own.Count}: "
                    + $"{LabelSearch.First(own)}), found {classNames.Count}: {LabelSearch.First(classNames)}. Write them into "
                    + $"'{layout.ClassFile}', a line each, in the order of the masks' values."
            );
        return new FolderSurvey(
            new VocFolder { Root = layout.Root },
            ["PASCAL VOC layout: labels are the classes in the masks, or the objects in Annotations"]
        );
    }

    /// <summary>The folder of class masks of photographs; null for none.</summary>
    /// <param name="root">Where it may lie.</param>
    /// <param name="data">The photographs.</param>
    /// <param name="notes">Gets what a person should know: what was found, and what was left out and why.</param>
    internal static string? FindMasks(string root, PhotographFolder data, List<string> notes)
    {
        foreach (string folder in MaskFolders.Select(name => Path.Combine(root, name)).Where(Directory.Exists))
        {
            if (!InputFolder.Files(folder, [".png"]).Any())
                continue;
            // Scored against them, a network looks as good as what it was taught by.
            if (OwnFiles.MadeIn(root).Contains(Path.GetFileName(folder)) || OwnFiles.MadeIn(folder).Count > 0)
            {
                notes.Add($"'{folder}' holds masks that a command has made of photographs, and is left out: name it to score against them");
                continue;
            }
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
