using System.Text.Json.Serialization;
using Wsss.Data.Labels;
using Wsss.Registry;

namespace Wsss.Data;

/// <summary>
/// Photographs of leaves and their stresses as <c>lara2018</c> keeps them (Esgario et al., <em>Deep learning for classification and
/// severity estimation of coffee leaf biotic stress</em>): <c>labels.csv</c> with a line <c>image,CLASS,…,split</c> and a 0 or 1 per class,
/// <c>images/ID.jpg</c>, and <c>masks/ID.png</c> (<see cref="LeafMask"/>) in which the symptoms are red, whatever their class.
/// </summary>
/// <remarks>An image of several stresses has labels, but no mask: red does not say which is which.</remarks>
[Registered(
    "a folder of leaves: labels.csv (image,CLASS,…,split), images/ID.jpg, masks/ID.png with red symptoms",
    Name = "leaves",
    Order = 900
)]
internal sealed record LeafFolder : DataSet
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
    public override DataSet RelativeTo(string folder) => this with { Root = Path.GetFullPath(Path.Combine(folder, Root)) };

    /// <inheritdoc/>
    public override DataSplits Open()
    {
        if (LongestSide < 16) throw new DataSetException($"Leaves: expected a longest side of at least 16 pixels, found {LongestSide}.");
        string list = Path.Combine(Root, ListName);
        if (!File.Exists(list)) throw new DataSetException($"Expected a list of images and labels at '{list}', found no such file.");
        string[] lines = [.. InputFile.ReadLines(list, InputKind.List).Where(line => line.Trim().Length > 0)];
        string[] header = lines.Length > 0 ? Cells(lines[0]) : [];
        if (header.Length < 3 || header[0] != "image" || header[^1] != "split")
            throw new DataSetException($"{list}, line 1: expected image,CLASS,…,split, found '{string.Join(',', header)}'.");
        string[] classNames = header[1..^1];
        if (classNames.FirstOrDefault(name => ClassList.IsBackground(name) || ClassList.IsIgnored(name)) is { } none)
            throw new DataSetException($"{list}, line 1: expected columns of classes alone, found '{none}'. Take it out.");
        if (classNames.GroupBy(name => name).FirstOrDefault(same => same.Count() > 1) is { } again)
            throw new DataSetException($"{list}, line 1: expected each class once, found '{again.Key}' {again.Count()} times.");
        Leaf[] leaves = [.. lines.Skip(1).Select((line, i) => Read(Cells(line), header, $"{list}, line {i + 2}"))];
        if (leaves.GroupBy(leaf => leaf.Photograph.Id).FirstOrDefault(same => same.Count() > 1) is { } twice)
            throw new DataSetException($"{list}: expected each image once, found '{twice.Key}' {twice.Count()} times.");

        Leaf[] train = [.. leaves.Where(leaf => leaf.Split == "train")];
        int[] order = [.. Enumerable.Range(0, train.Length).Where(i => train[i].HasMask)];
        SeededRandom.For(Seed).Shuffle(order.AsSpan());
        var chosen = order.Take(Math.Max(1, train.Length / ValidationShare)).ToHashSet();
        return new DataSplits(
            Part("train", train.Where((_, i) => !chosen.Contains(i))),
            Part("validation", train.Where((_, i) => chosen.Contains(i))),
            Part("test", leaves.Where(leaf => leaf.Split == "val")));

        PhotographSource Part(string name, IEnumerable<Leaf> part)
        {
            LabelledPhotograph[] all = [.. part.Select(leaf => leaf.Photograph)];
            if (all.Length == 0) throw new DataSetException($"{list}: expected images for {name}, found none. Splits are train and val.");
            return new PhotographSource($"{Path.GetFileName(Path.GetFullPath(Root))}/{name}", LongestSide, classNames, all);
        }
    }

    /// <summary>A folder with such a list.</summary>
    protected override DataSet? At(string path)
    {
        string list = Path.Combine(path, ListName);
        return
            File.Exists(list)
            && InputFile.ReadLines(list, InputKind.List).FirstOrDefault() is { } first
            && Cells(first) is ["image", var column, .., "split"]
            // Then it is a list of labels as others have it.
            && !DelimitedLabels.IsLabelColumn(column)
            ? this with
            {
                Root = path,
            }
            : null;
    }

    private static string[] Cells(string line) => line.Split(',', StringSplitOptions.TrimEntries);

    private Leaf Read(string[] cells, string[] header, string where)
    {
        if (cells.Length != header.Length)
            throw new DataSetException($"{where}: expected {header.Length} values, found {cells.Length}.");
        if (cells[1..^1].FirstOrDefault(cell => cell is not ("0" or "1")) is { } odd)
            throw new DataSetException($"{where}: expected 0 or 1 for each class, found '{odd}'.");
        if (cells[^1] is not ("train" or "val"))
            throw new DataSetException($"{where}: expected the split train or val, found '{cells[^1]}'.");
        string image = Path.Combine(Root, "images", cells[0]),
            id = Path.GetFileNameWithoutExtension(cells[0]);
        if (!File.Exists(image))
            throw new DataSetException($"{where}: expected an image at '{image}', found no such file.");
        string mask = Path.Combine(Root, "masks", id + ".png");
        int[] labels = [.. Enumerable.Range(0, header.Length - 2).Where(c => cells[c + 1] == "1")];
        var symptoms = labels.Length < 2 && File.Exists(mask) ? new PhotographMask(mask, () => LeafMask.Read(mask, labels)) : null;
        return new Leaf(new LabelledPhotograph(id, image, labels, symptoms), cells[^1]);
    }

    private sealed record Leaf(LabelledPhotograph Photograph, string Split)
    {
        public bool HasMask => Photograph.Mask is not null;
    }
}
