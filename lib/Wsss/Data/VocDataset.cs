using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;
using Wsss.Storage;

namespace Wsss.Data;

/// <summary>How a folder in PASCAL VOC layout is read.</summary>
internal sealed record VocOptions
{
    /// <summary>
    /// Folder of the class masks. Null: <c>SegmentationClassAug</c> for the split <c>train_aug</c> where that folder is
    /// there, else <c>SegmentationClass</c>.
    /// </summary>
    public string? MaskFolder { get; init; }

    /// <summary>
    /// Names of the classes in the order of the mask values 1, 2, …. Null: the lines of <c>classes.txt</c> in the folder
    /// where that file is there, else <see cref="VocDataset.VocClassNames"/>.
    /// </summary>
    public IReadOnlyList<string>? ClassNames { get; init; }
}

/// <summary>
/// A split of a folder in PASCAL VOC layout: <c>JPEGImages/ID.jpg</c> (or .jpeg, .png, .webp, .bmp), <c>SegmentationClass/ID.png</c>
/// (0 background, c + 1, 255 void; indexed, or grey, or VOC's colours), <c>ImageSets/Segmentation/SPLIT.txt</c>.
/// </summary>
/// <remarks>
/// Image-level labels are the classes in the mask; for an image without a mask, the object names in
/// <c>Annotations/ID.xml</c>, difficult objects among them. Masks are optional. Where there is one class and no mask has the value 1, 255
/// is the object. Where <c>Parts</c>, <c>Objectness</c> and <c>Context</c> exist (written by <see cref="VocWriter"/>), samples have a
/// <see cref="SceneTruth"/>.
/// </remarks>
internal sealed class VocDataset : IFindingSource
{
    private const double ValidationShare = 0.2;
    private const int MaxValidation = 100;
    private const int MaxOpeningThreads = 2;

    private readonly VocLayout _layout;
    private readonly VocEntry[] _entries;
    private readonly bool _objectsAre255;
    private readonly DataFinding? _classNote;
    private readonly Lazy<string> _fingerprint;

    private VocDataset(
        string name,
        VocLayout layout,
        IReadOnlyList<string> classNames,
        DataFinding? classNote,
        VocEntry[] entries,
        bool objectsAre255
    )
    {
        (Name, _layout, ClassNames, _classNote, _entries, _objectsAre255) = (name, layout, classNames, classNote, entries, objectsAre255);
        _fingerprint = new Lazy<string>(ComputeFingerprint);
    }

    /// <summary>The 20 classes of PASCAL VOC, in the order of its mask values 1 to 20.</summary>
    public static IReadOnlyList<string> VocClassNames { get; } =
    [
        "aeroplane", "bicycle", "bird", "boat", "bottle", "bus", "car", "cat", "chair", "cow",
        "diningtable", "dog", "horse", "motorbike", "person", "pottedplant", "sheep", "sofa", "train", "tvmonitor",
    ];

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public IReadOnlyList<string> ClassNames { get; }

    /// <inheritdoc/>
    public int Count => _entries.Length;

    /// <summary>Hexadecimal SHA-256 of class names, ids, labels, and the content of photographs, masks and scene truths.</summary>
    public string Fingerprint => _fingerprint.Value;

    /// <inheritdoc/>
    public IReadOnlyList<DataFinding> Findings =>
        IsPart ? [] : [.. VocFindings.Of(_entries, _objectsAre255).Prepend(_classNote).OfType<DataFinding>()];

    /// <summary>Whether its images are those of another split, which has told what there is to say.</summary>
    private bool IsPart { get; init; }

    /// <summary>Opens a split: reads its ids and, from masks or annotations, its labels; decodes no image.</summary>
    /// <param name="folder">The folder that holds JPEGImages and ImageSets.</param>
    /// <param name="split">Name of a file in ImageSets/Segmentation, without extension.</param>
    /// <param name="options">Null for the defaults.</param>
    /// <param name="cancellation">Stops the reading.</param>
    /// <exception cref="DataSetException">
    /// Folder or split file missing, split empty, an id without image or without mask and annotation, or with two images, a class index or
    /// name outside the list, more than 254 classes, or masks of 0 and 255 only where there are several classes.
    /// </exception>
    /// <exception cref="ImageFileException">A mask cannot be read.</exception>
    public static VocDataset Open(string folder, string split, VocOptions? options = null, CancellationToken cancellation = default) =>
        Read(new VocLayout(folder), split, options, findings: null, cancellation).Decide();

    /// <summary>
    /// As <see cref="Open"/>, with 255 as it is stored; with <paramref name="findings"/>, an unusable id is noted there and left out
    /// instead of being an error.
    /// </summary>
    internal static VocDataset Read(
        VocLayout layout,
        string split,
        VocOptions? options,
        ConcurrentQueue<DataFinding>? findings,
        CancellationToken cancellation
    )
    {
        string[] ids = layout.ReadIds(split);
        var (classNames, note) = options?.ClassNames is { } given ? (given, null) : VocClasses.Read(layout);
        VocClasses.Require(classNames, layout.Root);
        bool augmented = split == "train_aug" && Directory.Exists(Path.Combine(layout.Root, VocLayout.AugmentedMasks));
        string maskFolder = options?.MaskFolder ?? (augmented ? VocLayout.AugmentedMasks : VocLayout.Masks);
        var masks = layout.MasksIn(maskFolder);

        var entries = new VocEntry?[ids.Length];
        InParallel(
            ids.Length,
            i =>
            {
                try
                {
                    entries[i] = VocEntry.Read(layout, masks, maskFolder, ids[i], classNames);
                }
                catch (WsssException error) when (findings is not null)
                {
                    findings.Enqueue(DataFinding.Of(error, ids[i]));
                }
            },
            cancellation
        );
        string name = $"{Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(layout.Root)))}/{split}";
        return new VocDataset(name, layout, classNames, note, [.. entries.OfType<VocEntry>()], objectsAre255: false);
    }

    /// <summary>
    /// The three parts of a folder. Train is <c>train_aug.txt</c> if present, else <c>train.txt</c>; Test is <c>val.txt</c>;
    /// Validation is <c>tune.txt</c> if present, else a fifth (at most 100) of the training images that have masks, or of all
    /// where none has one.
    /// </summary>
    /// <remarks>
    /// Without <c>tune.txt</c>, validation images are training images too, as is usual in the field: their masks choose the
    /// threshold of the pseudo masks and nothing else.
    /// </remarks>
    /// <param name="folder">The folder that holds JPEGImages and ImageSets.</param>
    /// <param name="seed">Chooses the validation images where there is no <c>tune.txt</c>.</param>
    /// <param name="options">Null for the defaults.</param>
    /// <param name="cancellation">Stops the reading.</param>
    /// <exception cref="DataSetException">As <see cref="Open"/>; also where 255 is the object in one part and not in another.</exception>
    /// <exception cref="ImageFileException">A mask cannot be read.</exception>
    public static DataSplits Splits(string folder, int seed, VocOptions? options = null, CancellationToken cancellation = default)
    {
        var layout = new VocLayout(folder);
        VocDataset Part(string split) => Read(layout, split, options, findings: null, cancellation);
        VocDataset train = Part(layout.TrainName);
        VocDataset? tune = File.Exists(layout.Split("tune")) ? Part("tune") : null;
        VocDataset test = Part("val");
        // Whether 255 is the object is decided for the folder: a part of it may happen to have no object.
        bool objectsAre255 = ObjectsAre255([train, .. tune is null ? [] : new[] { tune }, test]);
        train = train.With(objectsAre255);
        return new DataSplits(train, tune?.With(objectsAre255) ?? train.ChooseValidation(seed), test.With(objectsAre255));
    }

    /// <summary>Whether 255 is the object in parts of a folder: there is one class and no mask has the value 1.</summary>
    /// <exception cref="DataSetException">Several classes, and the masks hold 0 and 255 only.</exception>
    internal static bool ObjectsAre255(IReadOnlyList<VocDataset> parts) =>
        BinaryMasks.ObjectsAre255(
            parts[0].ClassNames,
            parts.SelectMany(part => part._entries)
                .Where(entry => entry.Mask is not null)
                .Select(entry => new MaskValues(entry.Mask!, entry.Labels.Length > 0, entry.HasIgnored)),
            "in classes.txt"
        );

    /// <summary>The same with what is decided about 255.</summary>
    internal VocDataset With(bool objectsAre255) => !objectsAre255 ? this : new VocDataset(
        Name, _layout, ClassNames, _classNote,
        [.. _entries.Select(entry => entry.HasIgnored ? entry with { Labels = [0] } : entry)], objectsAre255);

    private VocDataset Decide() => With(ObjectsAre255([this]));

    /// <inheritdoc/>
    public string Id(int index) => _entries[index].Id;

    /// <inheritdoc/>
    public IReadOnlyList<int> Labels(int index) => _entries[index].Labels;

    /// <inheritdoc/>
    public Sample Load(int index) => new(Id(index), ImageFile.ReadRgb(_entries[index].Image), Labels(index));

    /// <inheritdoc/>
    public bool HasMask(int index) => _entries[index].Mask is not null;

    /// <inheritdoc/>
    public LabelMap Mask(int index)
    {
        var mask = ReadFitting(index, _entries[index].Mask ?? throw this.NoMask(index), ImageFile.ReadMask);
        return _objectsAre255 ? BinaryMasks.ToClasses(mask) : mask;
    }

    /// <inheritdoc/>
    public SceneTruth? Truth(int index)
    {
        string id = Id(index);
        return !_entries[index].HasTruth ? null : new SceneTruth(
            ReadFitting(index, _layout.Parts(id), ImageFile.ReadGray),
            ReadFitting(index, _layout.Objectness(id), ImageFile.ReadGray),
            ReadFitting(index, _layout.Context(id), ImageFile.ReadGray));
    }

    /// <summary>A part by seed: of the images that have masks, or of all where none has one.</summary>
    internal VocDataset ChooseValidation(int seed)
    {
        VocEntry[] withMasks = [.. _entries.Where(entry => entry.Mask is not null)],
            from = withMasks.Length > 0 ? withMasks : _entries;
        if (from.Length == 0)
            throw new DataSetException($"Expected images that can be used in {Name}, to choose validation images from, found none.");
        int[] order = [.. Enumerable.Range(0, from.Length)];
        SeededRandom.For(seed).Shuffle(order.AsSpan());
        int count = Math.Clamp((int)(ValidationShare * from.Length), 1, MaxValidation);
        VocEntry[] chosen = [.. order.Take(count).Order().Select(i => from[i])];
        return new VocDataset($"{Name}-tune", _layout, ClassNames, _classNote, chosen, _objectsAre255) { IsPart = true };
    }

    private LabelMap ReadFitting(int index, string path, Func<string, LabelMap> read) =>
        VocEntry.OnShown(read(path), ImageFile.ReadHeader(_entries[index].Image), path);

    private string ComputeFingerprint()
    {
        var parts = new string[_entries.Length];
        InParallel(
            parts.Length,
            i =>
            {
                var entry = _entries[i];
                string[] truths = entry.HasTruth ? [_layout.Parts(entry.Id), _layout.Objectness(entry.Id), _layout.Context(entry.Id)] : [];
                parts[i] = ArtifactStore.Key([
                    entry.Id,
                    string.Join(',', entry.Labels),
                    FileHash.Compute(entry.Image),
                    Convert.ToHexString(entry.MaskHash ?? []),
                    .. truths.Select(FileHash.Compute),
                ]);
            },
            CancellationToken.None
        );
        return ArtifactStore.Key(["voc/2", $"{_objectsAre255}", .. ClassNames, .. parts]);
    }

    /// <summary>Does something for each image; of several errors the first is raised as it is.</summary>
    private static void InParallel(int count, Action<int> body, CancellationToken cancellation)
    {
        try
        {
            var options = new ParallelOptions
            {
                CancellationToken = cancellation,
                MaxDegreeOfParallelism = Math.Min(MaxOpeningThreads, Environment.ProcessorCount),
            };
            Parallel.For(0, count, options, body);
        }
        catch (AggregateException errors)
        {
            ExceptionDispatchInfo.Throw(errors.InnerExceptions[0]);
        }
    }
}
