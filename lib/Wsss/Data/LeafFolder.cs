using System.Text.Json.Serialization;
using Wsss.Registry;

namespace Wsss.Data;

/// <summary>
/// Photographs of leaves and their stresses as <c>lara2018</c> keeps them (Esgario et al., <em>Deep learning for classification and severity
/// estimation of coffee leaf biotic stress</em>): <c>labels.csv</c> with a line <c>image,CLASS,…,split</c> and a 0 or 1 per class,
/// <c>images/ID.jpg</c>, and <c>masks/ID.png</c> in which the symptoms are red, whatever their class.
/// </summary>
/// <remarks>An image of several stresses has labels, but no mask: red does not say which is which.</remarks>
[Registered("a folder of leaves: labels.csv (image,CLASS,…,split), images/ID.jpg, masks/ID.png with red symptoms", Name = "leaves", Order = 900)]
public sealed record LeafFolder : DataSet
{
    private const string ListName = "labels.csv";

    // One training image in so many is set aside to choose the threshold on.
    private const int ValidationShare = 5;

    /// <summary>The folder that holds labels.csv.</summary>
    [JsonPropertyName("folder")]
    public string Root { get; init; } = "";

    /// <summary>Longest side in pixels at which images and masks are read; the photographs have 2,048, too many for a CPU.</summary>
    public int LongestSide { get; init; } = 512;

    /// <inheritdoc/>
    [JsonIgnore]
    public override string Folder => Root;

    /// <inheritdoc/>
    public override DataSplits Open()
    {
        if (LongestSide < 16) throw new DataSetException($"Leaves: expected a longest side of at least 16 pixels, found {LongestSide}.");
        string list = Path.Combine(Root, ListName);
        if (!File.Exists(list)) throw new DataSetException($"Expected a list of images and labels at '{list}', found no such file.");
        string[] lines = [.. File.ReadAllLines(list).Where(line => line.Trim().Length > 0)];
        string[] header = lines.Length > 0 ? Cells(lines[0]) : [];
        if (header.Length < 3 || header[0] != "image" || header[^1] != "split")
            throw new DataSetException($"{list}, line 1: expected image,CLASS,…,split, found '{string.Join(',', header)}'.");
        string[] classNames = header[1..^1];
        Leaf[] leaves = [.. lines.Skip(1).Select((line, i) => Read(Cells(line), header, $"{list}, line {i + 2}"))];
        if (leaves.GroupBy(leaf => leaf.Id).FirstOrDefault(same => same.Count() > 1) is { } twice)
            throw new DataSetException($"{list}: expected each image once, found '{twice.Key}' {twice.Count()} times.");

        Leaf[] train = [.. leaves.Where(leaf => leaf.Split == "train")];
        int[] order = [.. Enumerable.Range(0, train.Length).Where(i => train[i].HasMask)];
        SeededRandom.For(Seed).Shuffle(order.AsSpan());
        var chosen = order.Take(Math.Max(1, train.Length / ValidationShare)).ToHashSet();
        return new DataSplits(
            Part("train", train.Where((_, i) => !chosen.Contains(i))),
            Part("validation", train.Where((_, i) => chosen.Contains(i))),
            Part("test", leaves.Where(leaf => leaf.Split == "val")));

        Source Part(string name, IEnumerable<Leaf> part)
        {
            Leaf[] all = [.. part];
            if (all.Length == 0) throw new DataSetException($"{list}: expected images for {name}, found none. Splits are train and val.");
            return new Source($"{Path.GetFileName(Path.GetFullPath(Root))}/{name}", LongestSide, classNames, all);
        }
    }

    /// <summary>A folder with such a list.</summary>
    protected override DataSet? At(string path)
    {
        string list = Path.Combine(path, ListName);
        return File.Exists(list) && File.ReadLines(list).FirstOrDefault() is { } first && Cells(first) is ["image", .., "split"] ? this with { Root = path } : null;
    }

    private static string[] Cells(string line) => line.Split(',', StringSplitOptions.TrimEntries);

    private Leaf Read(string[] cells, string[] header, string where)
    {
        if (cells.Length != header.Length) throw new DataSetException($"{where}: expected {header.Length} values, found {cells.Length}.");
        if (cells[1..^1].FirstOrDefault(cell => cell is not ("0" or "1")) is { } odd) throw new DataSetException($"{where}: expected 0 or 1 for each class, found '{odd}'.");
        if (cells[^1] is not ("train" or "val")) throw new DataSetException($"{where}: expected the split train or val, found '{cells[^1]}'.");
        string image = Path.Combine(Root, "images", cells[0]), id = Path.GetFileNameWithoutExtension(cells[0]);
        if (!File.Exists(image)) throw new DataSetException($"{where}: expected an image at '{image}', found no such file.");
        string mask = Path.Combine(Root, "masks", id + ".png");
        int[] labels = [.. Enumerable.Range(0, header.Length - 2).Where(c => cells[c + 1] == "1")];
        return new Leaf(id, image, labels.Length < 2 && File.Exists(mask) ? mask : null, labels, cells[^1]);
    }

    private sealed record Leaf(string Id, string Image, string? Mask, IReadOnlyList<int> Labels, string Split)
    {
        public bool HasMask => Mask is not null;
    }

    private sealed class Source(string name, int longestSide, IReadOnlyList<string> classNames, Leaf[] leaves) : IMaskedSource
    {
        private readonly Lazy<string> _fingerprint = new(() => ArtifactStore.Key(
        [
            "leaves/1", $"{longestSide}", .. classNames,
            .. leaves.SelectMany(leaf => (string[])[leaf.Id, string.Join(' ', leaf.Labels), FileHash.Compute(leaf.Image), leaf.Mask is null ? "" : FileHash.Compute(leaf.Mask)]),
        ]));

        public string Name => name;

        public IReadOnlyList<string> ClassNames => classNames;

        public int Count => leaves.Length;

        public string Fingerprint => _fingerprint.Value;

        public string Id(int index) => leaves[index].Id;

        public IReadOnlyList<int> Labels(int index) => leaves[index].Labels;

        public Sample Load(int index)
        {
            RgbImage image = ImageFile.ReadRgb(leaves[index].Image);
            var (width, height) = Fit(image.Width, image.Height);
            return new Sample(Id(index), (width, height) == (image.Width, image.Height) ? image : Resampler.Resize(image, width, height), Labels(index));
        }

        public bool HasMask(int index) => leaves[index].HasMask;

        public LabelMap Mask(int index)
        {
            Leaf leaf = leaves[index];
            if (leaf.Mask is null) throw this.NoMask(index);
            RgbImage colours = ImageFile.ReadRgb(leaf.Mask);
            var size = ImageFile.ReadSize(leaf.Image);
            if (size != (colours.Width, colours.Height))
                throw new ImageFileException($"{leaf.Mask}: expected the image's {size.Width}×{size.Height} pixels, found {colours.Width}×{colours.Height}.");
            byte symptom = (byte)(leaf.Labels.Count == 0 ? 0 : leaf.Labels[0] + 1);
            byte[] values = new byte[colours.Width * colours.Height];
            // Red of at least half strength without green: saved masks have soft edges.
            for (int i = 0; i < values.Length; i++) if (colours.Pixels[3 * i] > 127 && colours.Pixels[3 * i + 1] < 128) values[i] = symptom;
            var (width, height) = Fit(size.Width, size.Height);
            var whole = new LabelMap(size.Width, size.Height, values);
            return (width, height) == size ? whole : new LabelMap(width, height, Resampler.Nearest(whole, new PixelRect(0, 0, size.Width, size.Height), width, height, false));
        }

        public SceneTruth? Truth(int index) => null;

        private (int Width, int Height) Fit(int width, int height)
        {
            double scale = Math.Min(1, (double)longestSide / Math.Max(width, height));
            return (Math.Max(1, (int)Math.Round(width * scale)), Math.Max(1, (int)Math.Round(height * scale)));
        }
    }
}
