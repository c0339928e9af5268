using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;
using System.Security.Cryptography;
using System.Text;

namespace Wsss.Data;

/// <summary>How a folder in PASCAL VOC layout is read.</summary>
public sealed record VocOptions
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
/// A split of a folder in PASCAL VOC layout: <c>JPEGImages/ID.jpg</c>, <c>SegmentationClass/ID.png</c> (0 background,
/// c + 1, 255 void; VOC's palette or 8-bit grey), <c>ImageSets/Segmentation/SPLIT.txt</c>.
/// </summary>
/// <remarks>
/// Image-level labels are the classes in the mask; for an image without a mask, the object names in
/// <c>Annotations/ID.xml</c>, difficult objects among them. Where <c>Parts</c>, <c>Objectness</c> and <c>Context</c> exist
/// (written by <see cref="VocWriter"/>), samples have a <see cref="SceneTruth"/>.
/// </remarks>
public sealed class VocDataset : IMaskedSource
{
    private const double ValidationShare = 0.2;
    private const int MaxValidation = 100;
    private const int MaxOpeningThreads = 2;

    private readonly VocLayout _layout;
    private readonly string _maskFolder;
    private readonly Entry[] _entries;
    private readonly Lazy<string> _fingerprint;

    private VocDataset(string name, VocLayout layout, string maskFolder, IReadOnlyList<string> classNames, Entry[] entries)
    {
        (Name, _layout, _maskFolder, ClassNames, _entries) = (name, layout, maskFolder, classNames, entries);
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

    /// <summary>
    /// Hexadecimal SHA-256 of class names, ids, labels and the bytes of the masks; images and scene truths enter by file size.
    /// </summary>
    public string Fingerprint => _fingerprint.Value;

    /// <summary>Opens a split: reads its ids and, from masks or annotations, its labels; decodes no image.</summary>
    /// <param name="folder">The folder that holds JPEGImages and ImageSets.</param>
    /// <param name="split">Name of a file in ImageSets/Segmentation, without extension.</param>
    /// <param name="options">Null for the defaults.</param>
    /// <param name="cancellation">Stops the reading.</param>
    /// <exception cref="DataSetException">
    /// Folder or split file missing, split empty, an id without image or without mask and annotation, a class index or name
    /// outside the list.
    /// </exception>
    /// <exception cref="ImageFileException">A mask cannot be read.</exception>
    public static VocDataset Open(string folder, string split, VocOptions? options = null, CancellationToken cancellation = default) =>
        OpenWhole(folder, split, options, problems: null, cancellation);

    /// <summary>As <see cref="Open"/>; with <paramref name="problems"/>, an unusable id is noted there and left out instead of being an error.</summary>
    internal static VocDataset OpenWhole(string folder, string split, VocOptions? options, ConcurrentQueue<string>? problems, CancellationToken cancellation)
    {
        var layout = new VocLayout(folder);
        string[] ids = layout.ReadIds(split);
        IReadOnlyList<string> classNames = options?.ClassNames ?? ReadClassNames(layout);
        bool augmented = split == "train_aug" && Directory.Exists(Path.Combine(folder, VocLayout.AugmentedMasks));
        string maskFolder = options?.MaskFolder ?? (augmented ? VocLayout.AugmentedMasks : VocLayout.Masks);

        var entries = new Entry?[ids.Length];
        var parallel = new ParallelOptions { CancellationToken = cancellation, MaxDegreeOfParallelism = Math.Min(MaxOpeningThreads, Environment.ProcessorCount) };
        try
        {
            Parallel.For(0, ids.Length, parallel, i =>
            {
                try
                {
                    entries[i] = ReadEntry(layout, maskFolder, ids[i], classNames);
                }
                catch (WsssException error) when (problems is not null)
                {
                    problems.Enqueue(error.Message);
                }
            });
        }
        catch (AggregateException errors)
        {
            ExceptionDispatchInfo.Throw(errors.InnerExceptions[0]);
        }
        string name = $"{Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)))}/{split}";
        return new VocDataset(name, layout, maskFolder, classNames, [.. entries.OfType<Entry>()]);
    }

    /// <summary>
    /// The three parts of a folder. Train is <c>train_aug.txt</c> if present, else <c>train.txt</c>; Test is <c>val.txt</c>;
    /// Validation is <c>tune.txt</c> if present, else a fifth (at most 100) of the training images that have masks.
    /// </summary>
    /// <remarks>
    /// Without <c>tune.txt</c>, validation images are training images too, as is usual in the field: their masks choose the
    /// threshold of the pseudo masks and nothing else.
    /// </remarks>
    /// <param name="folder">The folder that holds JPEGImages and ImageSets.</param>
    /// <param name="seed">Chooses the validation images where there is no <c>tune.txt</c>.</param>
    /// <param name="options">Null for the defaults.</param>
    /// <param name="cancellation">Stops the reading.</param>
    /// <exception cref="DataSetException">As <see cref="Open"/>; also if no training image has a mask and there is no <c>tune.txt</c>.</exception>
    /// <exception cref="ImageFileException">A mask cannot be read.</exception>
    public static DataSplits Splits(string folder, int seed, VocOptions? options = null, CancellationToken cancellation = default)
    {
        var layout = new VocLayout(folder);
        VocDataset train = Open(folder, File.Exists(layout.Split("train_aug")) ? "train_aug" : "train", options, cancellation);
        VocDataset validation = File.Exists(layout.Split("tune")) ? Open(folder, "tune", options, cancellation) : train.ChooseValidation(seed);
        return new DataSplits(train, validation, Open(folder, "val", options, cancellation));
    }

    /// <inheritdoc/>
    public string Id(int index) => _entries[index].Id;

    /// <inheritdoc/>
    public IReadOnlyList<int> Labels(int index) => _entries[index].Labels;

    /// <inheritdoc/>
    public Sample Load(int index) => new(Id(index), ImageFile.ReadRgb(_layout.Image(Id(index))), Labels(index));

    /// <inheritdoc/>
    public bool HasMask(int index) => _entries[index].MaskHash is not null;

    /// <inheritdoc/>
    public LabelMap Mask(int index) =>
        HasMask(index) ? ReadFitting(Id(index), _layout.Mask(_maskFolder, Id(index)), ImageFile.ReadMask) : throw this.NoMask(index);

    /// <inheritdoc/>
    public SceneTruth? Truth(int index)
    {
        string id = Id(index);
        return _entries[index].TruthSize is null ? null : new SceneTruth(
            ReadFitting(id, _layout.Parts(id), ImageFile.ReadGray),
            ReadFitting(id, _layout.Objectness(id), ImageFile.ReadGray),
            ReadFitting(id, _layout.Context(id), ImageFile.ReadGray));
    }

    private LabelMap ReadFitting(string id, string path, Func<string, LabelMap> read)
    {
        LabelMap map = read(path);
        var (width, height) = ImageFile.ReadSize(_layout.Image(id));
        return (map.Width, map.Height) == (width, height) ? map : throw new ImageFileException(
            $"Expected a map of its image's size {width}×{height}, found {map.Width}×{map.Height}: '{path}'. Replace the map or the image.");
    }

    private static IReadOnlyList<string> ReadClassNames(VocLayout layout)
    {
        if (!File.Exists(layout.ClassFile)) return VocClassNames;
        string[] names = [.. VocLayout.ReadLines(layout.ClassFile)];
        string? wrong = names.Length == 0 ? "no line" : names.Contains("background") ? "'background'"
            : names.GroupBy(name => name).FirstOrDefault(group => group.Count() > 1) is { } twice ? $"'{twice.Key}' twice" : null;
        if (wrong is not null)
        {
            throw new DataSetException(
                $"Expected the classes of the mask values 1, 2, …, one per line and without the background, found {wrong} in '{layout.ClassFile}'. Correct the file.");
        }
        return names;
    }

    private static Entry ReadEntry(VocLayout layout, string maskFolder, string id, IReadOnlyList<string> classNames)
    {
        var image = new FileInfo(layout.Image(id));
        if (!image.Exists)
            throw new DataSetException($"Expected an image for id '{id}', found no file '{image.FullName}'. Add the image or remove the id from the split.");
        string[] truths = [layout.Parts(id), layout.Objectness(id), layout.Context(id)];
        long? truthSize = truths.All(File.Exists) ? truths.Sum(path => new FileInfo(path).Length) : null;

        string maskPath = layout.Mask(maskFolder, id);
        if (File.Exists(maskPath))
        {
            byte[] file = ImageFile.ReadBytes(maskPath);
            return new Entry(id, LabelsOf(ImageFile.ReadMask(file, maskPath), maskPath, classNames), image.Length, SHA256.HashData(file), truthSize);
        }
        string annotation = layout.Annotation(id);
        if (!File.Exists(annotation))
            throw new DataSetException($"Expected labels for id '{id}', found neither '{maskPath}' nor '{annotation}'. Add one of them.");
        return new Entry(id, LabelsOf(VocLayout.ReadObjectNames(annotation), annotation, classNames), image.Length, null, truthSize);
    }

    private static int[] LabelsOf(LabelMap mask, string path, IReadOnlyList<string> classNames)
    {
        Span<bool> present = stackalloc bool[256];
        foreach (byte value in mask.Values) present[value] = true;
        var labels = new List<int>();
        for (int value = 1; value < LabelMap.Ignore; value++)
        {
            if (!present[value]) continue;
            if (value > classNames.Count)
            {
                throw new DataSetException(
                    $"Expected class indices 1 to {classNames.Count} (0 background, 255 void), found {value} in '{path}'. " +
                    "Name all classes in classes.txt, one per line, or correct the mask.");
            }
            labels.Add(value - 1);
        }
        return [.. labels];
    }

    private static int[] LabelsOf(IReadOnlyList<string> names, string path, IReadOnlyList<string> classNames)
    {
        var labels = new SortedSet<int>();
        foreach (string name in names)
        {
            int label = classNames.TakeWhile(known => known != name).Count();
            if (label == classNames.Count)
                throw new DataSetException($"Expected one of the classes {string.Join(", ", classNames)}, found '{name}' in '{path}'. Add it to classes.txt or correct the annotation.");
            labels.Add(label);
        }
        return [.. labels];
    }

    internal VocDataset ChooseValidation(int seed)
    {
        Entry[] withMasks = [.. _entries.Where(entry => entry.MaskHash is not null)];
        if (withMasks.Length == 0)
        {
            throw new DataSetException(
                $"Expected masks for some training images, to choose the threshold on, found none in '{_layout.Root}'. " +
                "Write ImageSets/Segmentation/tune.txt with ids of images that have masks.");
        }
        int[] order = [.. Enumerable.Range(0, withMasks.Length)];
        SeededRandom.For(seed).Shuffle(order.AsSpan());
        int count = Math.Clamp((int)(ValidationShare * withMasks.Length), 1, MaxValidation);
        Entry[] chosen = [.. order.Take(count).Order().Select(i => withMasks[i])];
        return new VocDataset($"{Name}-tune", _layout, _maskFolder, ClassNames, chosen);
    }

    private string ComputeFingerprint()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        void Add(string text) => hash.AppendData(Encoding.UTF8.GetBytes(text + "\n"));

        foreach (string className in ClassNames) Add(className);
        foreach (Entry entry in _entries)
        {
            Add($"{entry.Id} {entry.ImageSize} {entry.TruthSize} {string.Join(',', entry.Labels)}");
            hash.AppendData(entry.MaskHash ?? []);
        }
        return Convert.ToHexString(hash.GetHashAndReset()).ToLowerInvariant();
    }

    /// <summary>What opening learns about one image; the hash is null without mask, the size of the truths without them.</summary>
    private sealed record Entry(string Id, int[] Labels, long ImageSize, byte[]? MaskHash, long? TruthSize);
}
