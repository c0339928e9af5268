using System.Text.Json.Serialization;
using Wsss.Data.Labels;
using Wsss.Registry;

namespace Wsss.Data;

/// <summary>
/// Photographs of one's own with labels in any form of <see cref="LabelFormat"/>, with class masks for some of them, or without. What
/// <c>wsss.yaml</c> holds.
/// </summary>
/// <remarks>
/// Where the labels say what a photograph is for, it is; where they do not, it is a training image, and of the parts that they do not know
/// a share of each class of the training images is set aside by seed and name. Where they know validation images and no test images, the
/// former are the test images, as the field reports on them.
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

    /// <summary>The file or folder that holds the labels; null to look for them in the folder of the photographs.</summary>
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
        var (photographs, masks) = Read(table);
        string name = Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(Root)));
        return new DataSplits(Part("train", SplitKind.Train), Part("validation", SplitKind.Validation), Part("test", SplitKind.Test));

        PhotographSource Part(string part, SplitKind kind)
        {
            LabelledPhotograph[] own = [.. photographs.Where(item => item.Split == kind).Select(item => item.Photograph)];
            // So few photographs that nothing could be set aside: training is watched on what it sees.
            if (own.Length == 0)
                own = [.. photographs.Where(item => item.Split == SplitKind.Train).Select(item => item.Photograph)];
            return new PhotographSource($"{name}/{part}", LongestSide, table.ClassNames, own)
            {
                Findings =
                    kind == SplitKind.Train
                        ?
                        [
                            .. NotesOf(table).Select(note => new DataFinding(FindingSeverity.Note, table.Source, note)),
                            .. masks.Findings([.. photographs.Select(item => item.Photograph)]),
                            .. LinkedOut(),
                            .. Photographs.LeftOut(Root) is { } others
                                ? [new DataFinding(FindingSeverity.Note, Root, $"{others}.")]
                                : Array.Empty<DataFinding>(),
                        ]
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
    public LabelTable ReadLabels()
    {
        if (Labels is not null) return LabelFormat.ReadAny(Labels, Classes);
        return Directory.Exists(Root) ? LabelSearch.Require(Path.GetFullPath(Root), Classes) : throw NoFolder();
    }

    /// <summary>What a person should know about how labels were read, and what became of the splits that they name; a line each.</summary>
    internal static IEnumerable<string> NotesOf(LabelTable table) =>
        table.HoldsOutValidation
            ?
            [
                .. table.Notes,
                "the photographs of the validation split are the test images, as the labels name none; others for validation are set aside "
                    + "from those to train on",
            ]
            : table.Notes;

    /// <summary>A folder whose labels are told by where photographs and files lie in it.</summary>
    protected override DataSet? At(string path) =>
        Directory.Exists(path) && !Directory.Exists(new VocLayout(path).ImageFolder) && LabelFormat.Find(path) is not null
            ? InFolder(path)
            : null;

    /// <summary>
    /// The photographs of a folder in which something may be labels, and its masks where there are some; null for any other. Nothing has to
    /// lie in a layout of its own for that, so that it comes last.
    /// </summary>
    internal static PhotographFolder? WithLabelsIn(string path) =>
        Directory.Exists(path) && LabelSearch.MayFind(path) && PhotographFiles.Of(path).All.Count > 0
            ? new PhotographFolder().InFolder(path)
            : null;

    private PhotographFolder InFolder(string path)
    {
        var found = this with { Root = path };
        return found with { Masks = FolderSurvey.FindMasks(path, found, []) };
    }

    private DataSetException NoFolder() => new($"Expected a folder of photographs at '{Root}', found none.");

    private (IReadOnlyList<(LabelledPhotograph Photograph, SplitKind Split)> Photographs, PhotographMasks Masks) Read(LabelTable table)
    {
        if (!Directory.Exists(Root))
            throw NoFolder();
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
                    + $"{string.Join(" and ", twice.Take(3).Select(item => $"'{table.Rows[item.Index].Image}'"))}. Write its name alike, "
                    + "or take one out."
            );
        }
        string[] ids = Ids(paths);
        var bare = paths.CountBy(BareName).ToDictionary();
        var masks = new PhotographMasks(Masks, table.ClassNames);
        LabelledPhotograph[] photographs =
        [
            .. table.Rows.Select((row, i) => new LabelledPhotograph(
                ids[i],
                paths[i],
                row.Labels,
                row.Mask is not null
                    ? new PhotographMask(table.Source, row.Mask)
                    : masks.Of(ids[i], bare[BareName(paths[i])] == 1 ? BareName(paths[i]) : null)
            )),
        ];
        return ([.. masks.Decided(photographs).Zip(Splits(table, ids))], masks);
    }

    private SplitKind[] Splits(LabelTable table, string[] ids)
    {
        bool hasValidation = !table.HoldsOutValidation && table.Rows.Any(row => row.Split == SplitKind.Validation);
        SplitKind[] splits =
        [
            .. table.Rows.Select(row =>
                row.Split == SplitKind.Validation && table.HoldsOutValidation ? SplitKind.Test : row.Split ?? SplitKind.Train
            ),
        ];
        int[] train = [.. splits.Index().Where(item => item.Item == SplitKind.Train).Select(item => item.Index)];
        if (train.Length == 0)
            throw new DataSetException(
                $"{table.Source}: expected photographs to train on, found those of "
                    + $"{string.Join(" and ", table.Rows.Select(row => $"{row.Split}".ToLowerInvariant()).Distinct())} alone. "
                    + "Say train for some, or leave the splits out."
            );
        var parts = SplitMaker.Part(
            [.. train.Select(i => (ids[i], table.Rows[i].Labels))],
            Seed,
            splits.Contains(SplitKind.Test) ? 0 : TestShare,
            hasValidation ? 0 : ValidationShare
        );
        foreach (var (i, part) in train.Zip(parts))
            splits[i] = part;
        return splits;
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

    private static string BareName(string path) => Path.GetFileNameWithoutExtension(path);
}
