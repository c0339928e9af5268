using System.Text.Json.Serialization;
using Wsss.Data.Labels;
using Wsss.Registry;

namespace Wsss.Data;

/// <summary>
/// Photographs of one's own with labels in any form of <see cref="LabelFormat"/>, with class masks for some of them, or without. What
/// <c>wsss.yaml</c> holds.
/// </summary>
/// <remarks>
/// Where the labels do not say what a photograph is for, a share of each class is set aside by seed and name. Where they know training and
/// validation images alone, the latter are the test images, as the field reports on them, and a share of the former is set aside.
/// </remarks>
[Registered(
    "photographs of one's own, with labels in a table, JSON, COCO, YOLO, XML or one folder per class",
    Name = "photographs",
    Order = 800
)]
public sealed record PhotographFolder : DataSet
{
    /// <summary>Name of the file that <c>wsss init</c> writes.</summary>
    public const string FileName = "wsss.yaml";

    /// <summary>The folder below which the photographs lie.</summary>
    [JsonPropertyName("folder")]
    public string Root { get; init; } = "";

    /// <summary>The file or folder that holds the labels; null for the folder of the photographs itself.</summary>
    public string? Labels { get; init; }

    /// <summary>A folder of class masks <c>ID.png</c> (0 background, c + 1, 255 ignore) for some photographs; null for none.</summary>
    public string? Masks { get; init; }

    /// <summary>Names of the classes, in the order of the masks' values 1, 2, …; null for those that the labels name.</summary>
    [JsonConverter(typeof(ClassNamesConverter))]
    public IReadOnlyList<string>? Classes { get; init; }

    /// <summary>Longest side in pixels at which photographs and masks are read; larger ones are made smaller.</summary>
    public int LongestSide { get; init; } = 512;

    /// <summary>Share of the photographs that is held out where nobody says which, 0…1 exclusive.</summary>
    public double TestShare { get; init; } = 0.2;

    /// <summary>Share of the photographs that training is watched on, likewise.</summary>
    public double ValidationShare { get; init; } = 0.1;

    /// <inheritdoc/>
    [JsonIgnore]
    public override string Folder => Root;

    /// <inheritdoc/>
    public override DataSet RelativeTo(string folder) => this with
    {
        Root = Path.GetFullPath(Path.Combine(folder, Root)),
        Labels = Labels is null ? null : Path.GetFullPath(Path.Combine(folder, Labels)),
        Masks = Masks is null ? null : Path.GetFullPath(Path.Combine(folder, Masks)),
    };

    /// <inheritdoc/>
    public override DataSplits Open()
    {
        var table = ReadLabels();
        var (photographs, classNames) = Read(table);
        string name = Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(Root)));
        return new DataSplits(Part("train", SplitKind.Train), Part("validation", SplitKind.Validation), Part("test", SplitKind.Test));

        PhotographSource Part(string part, SplitKind kind)
        {
            LabelledPhotograph[] own = [.. photographs.Where(item => item.Split == kind).Select(item => item.Photograph)];
            // So few photographs that nothing could be set aside: training is watched on what it sees.
            if (own.Length == 0)
                own = [.. photographs.Where(item => item.Split == SplitKind.Train).Select(item => item.Photograph)];
            return new PhotographSource($"{name}/{part}", LongestSide, classNames, own)
            {
                Findings =
                    kind == SplitKind.Train
                        ? [.. table.Notes.Select(note => new DataFinding(FindingSeverity.Note, table.Source, note)), .. LinkedOut()]
                        : [],
            };
        }

        IEnumerable<DataFinding> LinkedOut() =>
            photographs
                .SelectMany(item => new[] { item.Photograph.Path, item.Photograph.Mask?.Path })
                .OfType<string>()
                .Select(path => InputFile.TargetOutside(path, Root))
                .OfType<string>()
                .Take(1)
                .Select(target => new DataFinding(FindingSeverity.Note, target, VocFindings.LinkedOut));
    }

    /// <summary>The labels as they are read.</summary>
    /// <exception cref="DataSetException">There are none, or they are broken.</exception>
    public LabelTable ReadLabels() => LabelFormat.ReadAny(Labels ?? Root, Classes);

    /// <summary>A folder whose labels are told by where photographs and files lie in it.</summary>
    protected override DataSet? At(string path) =>
        Directory.Exists(path) && !Directory.Exists(new VocLayout(path).ImageFolder) && LabelFormat.Find(path) is not null
            ? this with
            {
                Root = path,
            }
            : null;

    private (IReadOnlyList<(LabelledPhotograph Photograph, SplitKind Split)> Photographs, IReadOnlyList<string> ClassNames) Read(
        LabelTable table
    )
    {
        if (!Directory.Exists(Root))
            throw new DataSetException($"Expected a folder of photographs at '{Root}', found none.");
        if (LongestSide < 16)
            throw new DataSetException($"Photographs: expected a longest side of at least 16 pixels, found {LongestSide}.");
        if (!(TestShare is > 0 and < 1 && ValidationShare is >= 0 and < 1 && TestShare + ValidationShare < 1))
            throw new DataSetException(
                $"Photographs: expected shares of test and validation images in 0…1 that leave some to train on, found {TestShare} and "
                    + $"{ValidationShare}."
            );
        VocClasses.Require(table.ClassNames, table.Source);
        var files = PhotographFiles.Of(Root);
        string[] paths = [.. table.Rows.Select(row => files.Find(row.Image, row.Where))];
        if (paths.Index().GroupBy(item => item.Item).FirstOrDefault(same => same.Count() > 1) is { } twice)
        {
            throw new DataSetException(
                $"{table.Source}: expected each photograph once, found '{twice.Key}' as "
                    + $"{string.Join(" and ", twice.Take(3).Select(item => $"'{table.Rows[item.Index].Image}'"))}."
            );
        }
        string[] ids = Ids(paths);
        var photographs = table
            .Rows.Select(
                (row, i) => new LabelledPhotograph(ids[i], paths[i], row.Labels, MaskOf(ids[i], paths[i], row, table.ClassNames.Count))
            )
            .ToArray();
        return ([.. photographs.Zip(Splits(table.Rows, ids))], table.ClassNames);
    }

    private IEnumerable<SplitKind> Splits(IReadOnlyList<LabelRow> rows, string[] ids)
    {
        var named = rows.Select(row => row.Split).OfType<SplitKind>().ToHashSet();
        if (named.Contains(SplitKind.Train) && named.Count > 1)
        {
            bool hasTest = named.Contains(SplitKind.Test),
                hasValidation = named.Contains(SplitKind.Validation) && hasTest;
            int[] train = [.. rows.Index().Where(row => row.Item.Split is SplitKind.Train or null).Select(row => row.Index)];
            var splits = rows.Select(row =>
                    row.Split switch
                    {
                        null => SplitKind.Train,
                        SplitKind.Validation when !hasTest => SplitKind.Test,
                        var split => split.Value,
                    }
                )
                .ToArray();
            if (!hasValidation)
            {
                var parts = SplitMaker.Part([.. train.Select(i => (ids[i], rows[i].Labels))], Seed, 0, ValidationShare);
                foreach (var (i, part) in train.Zip(parts))
                    splits[i] = part;
            }
            return splits;
        }
        return SplitMaker.Part([.. rows.Select((row, i) => (ids[i], row.Labels))], Seed, TestShare, ValidationShare);
    }

    /// <summary>
    /// Where each photograph's name begins to differ: below the folder that holds them all, without extension where that is enough.
    /// </summary>
    private string[] Ids(string[] paths)
    {
        string[] relative = [.. paths.Select(path => Path.GetRelativePath(Root, path).Replace('\\', '/'))];
        string shared = relative[0][..(relative[0].LastIndexOf('/') + 1)];
        while (!relative.All(path => path.StartsWith(shared, StringComparison.Ordinal)))
            shared = shared[..(shared.TrimEnd('/').LastIndexOf('/') + 1)];
        string[] ids = [.. relative.Select(path => PhotographFiles.WithoutExtension(path[shared.Length..]))];
        return ids.Distinct(StringComparer.OrdinalIgnoreCase).Count() == ids.Length
            ? ids
            : [.. relative.Select(path => path[shared.Length..])];
    }

    private PhotographMask? MaskOf(string id, string path, LabelRow row, int classes)
    {
        if (row.Mask is not null)
            return new PhotographMask(Labels ?? Root, row.Mask);
        if (Masks is null)
            return null;
        foreach (string name in (ReadOnlySpan<string>)[id, Path.GetFileNameWithoutExtension(path)])
            if (Path.Combine(Masks, name + ".png") is var file && File.Exists(file))
                return new PhotographMask(file, () => ReadMask(file, classes));
        return null;
    }

    private static LabelMap ReadMask(string file, int classes)
    {
        var mask = ImageFile.ReadMask(file);
        return mask.Values.FirstOrDefault(value => value > classes && value != LabelMap.Ignore) is var odd and not 0
            ? throw new ImageFileException(
                $"{file}: expected class indices 0…{classes} or {LabelMap.Ignore}, found {odd}. Name all classes in their order, or "
                    + "correct the mask."
            )
            : mask;
    }
}
