using System.Text.Json;
using Wsss.Data;
using Wsss.Registry;
using Wsss.Storage;
using static TorchSharp.torch;

namespace Wsss.Regions;

/// <summary>
/// Regions that another program made, such as the Segment Anything Model: a folder with one file for each image, <c>ID.json</c>,
/// <c>ID.npy</c> or <c>ID.png</c>, of the image's size.
/// </summary>
/// <remarks>
/// <list type="bullet">
/// <item><c>.json</c>: a list of masks as SAM's automatic generator writes it, or the same under <c>annotations</c> (SA-1B), each with
/// its <c>segmentation</c> as run lengths of COCO, compressed or not, or as polygons. Masks may overlap.</item>
/// <item><c>.npy</c>: [H, W], the pixels of each number are a region, up to 2²⁴ − 1; below 0 is none.</item>
/// <item><c>.png</c>, grey of any depth or indexed: the same; 255 of 8 bits is none. The number 0 is a region like any other.</item>
/// </list>
/// </remarks>
[Registered("masks made elsewhere: a folder of ID.json (as SAM writes it), ID.npy or ID.png (region numbers)", Name = "folder", Order = 3)]
public sealed record RegionFolder : RegionSource
{
    // Whole numbers from there on have neighbours that are the same as float32, in which arrays are read.
    private const int MostExact = 1 << 24;

    private static readonly string[] Extensions = [".json", ".npy", ".png"];

    /// <summary>The folder.</summary>
    [CountedByContent]
    public string Path { get; init; } = "regions";

    internal override string FolderOfImages => Path;

    /// <summary>
    /// Says nothing of the folder: what was trained with its regions is used without them. <see cref="Key"/> and <see cref="Open"/> need
    /// it.
    /// </summary>
    public override void Validate()
    {
    }

    /// <inheritdoc/>
    /// <exception cref="DataSetException">There is no such folder.</exception>
    public override string Key()
    {
        RequireFolder();
        return ArtifactStore.Key([$"region folder/1, level {Level}", .. InputFolder.Files(Path, Extensions).Order(StringComparer.Ordinal)
            .SelectMany(file => new[] { System.IO.Path.GetRelativePath(Path, file), FileHash.Compute(file) })]);
    }

    /// <inheritdoc/>
    /// <exception cref="DataSetException">There is no such folder.</exception>
    public override RegionFinder Open(Device device)
    {
        RequireFolder();
        return new(Find);
    }

    private IReadOnlyList<Region> Find(string id, RgbImage image)
    {
        string name = System.IO.Path.Combine(Path, SampleFiles.RequireName(id));
        string[] files = [.. Extensions.Select(extension => name + extension).Where(File.Exists)];
        if (files.Length != 1)
        {
            string found = files.Length == 0 ? "none" : string.Join(" and ", files.Select(System.IO.Path.GetFileName));
            throw new DataSetException($"Expected one file of regions for '{id}' in '{Path}' ({id}.json, .npy or .png), found {found}.");
        }
        return System.IO.Path.GetExtension(files[0]) switch
        {
            ".json" => Masks(files[0], image),
            ".npy" => [.. Labelled(Numbers(files[0], image))],
            _ => [.. Labelled(Pixels(files[0], image))],
        };
    }

    private void RequireFolder()
    {
        if (!Directory.Exists(Path))
        {
            throw new DataSetException(
                $"Expected a folder of regions (ID.json, ID.npy or ID.png) at '{Path}', found none. Check the path.");
        }
    }

    private List<Region> Masks(string path, RgbImage image)
    {
        using var document = Parse(path);
        JsonElement root = document.RootElement;
        var list = root.ValueKind == JsonValueKind.Object && root.TryGetProperty("annotations", out var inner) ? inner : root;
        if (list.ValueKind != JsonValueKind.Array)
            throw new DataSetException($"Expected a list of masks, each with its 'segmentation', found {list.ValueKind}: '{path}'.");
        var regions = new List<Region>();
        foreach (var (number, mask) in list.EnumerateArray().Index())
        {
            if (mask.ValueKind != JsonValueKind.Object || !mask.TryGetProperty("segmentation", out var segmentation))
                throw new DataSetException($"Expected a 'segmentation' in mask {number}, found none: '{path}'.");
            byte[] inside;
            try
            {
                inside = CocoMask.Read(segmentation, image.Width, image.Height).Values;
            }
            catch (AnnotationException error)
            {
                throw new DataSetException($"Mask {number} of '{path}': {error.Message}", error);
            }
            int[] pixels = [.. Enumerable.Range(0, inside.Length).Where(i => inside[i] > 0)];
            if (pixels.Length > 0) regions.Add(new Region(pixels, Level));
        }
        return regions;
    }

    private static JsonDocument Parse(string path)
    {
        try
        {
            return JsonDocument.Parse(InputFile.ReadText(path, InputKind.Document));
        }
        catch (JsonException error)
        {
            throw new DataSetException($"Expected JSON, found something else: '{path}'. {PlainText.Of(error.Message)}", error);
        }
    }

    private static int[] Numbers(string path, RgbImage image)
    {
        var array = NpyFile.Read(path);
        if (!array.Shape.SequenceEqual([image.Height, image.Width])) throw OtherSize(path, image, $"[{string.Join(", ", array.Shape)}]");
        var known = new Dictionary<float, int>();
        return [.. array.Values.Select(value =>
        {
            if (value < 0) return -1;
            if (!(value < MostExact))
                throw new DataSetException(
                    $"Expected region numbers below {MostExact}, which float32 tells apart, found {value}: '{path}'. Number the regions of "
                        + "each image from 0."
                );
            known.TryAdd(value, known.Count);
            return known[value];
        })];
    }

    private static int[] Pixels(string path, RgbImage image)
    {
        var pixels = PngPixels.Read(ImageFile.ReadBytes(path), path);
        if (pixels.Channels != 1)
            throw new ImageFileException($"Expected a grey or indexed PNG with a number per region, found colours: '{path}'.");
        if ((pixels.Width, pixels.Height) != (image.Width, image.Height))
            throw OtherSize(path, image, $"[{pixels.Height}, {pixels.Width}]");
        bool eight = pixels.BitDepth == 8;
        return [.. pixels.Samples.Select(value => eight && value == LabelMap.Ignore ? -1 : value)];
    }

    private static DataSetException OtherSize(string path, RgbImage image, string found) =>
        new($"Expected regions of the image's [{image.Height}, {image.Width}] pixels, found {found}: '{path}'. Make them of these images.");
}
