using Wsss.Data;
using Wsss.Models;
using static TorchSharp.torch;

namespace Wsss.Localization;

/// <summary>
/// From images to localization maps: several scales and the mirrored image, summed at the image's pixels and divided by each
/// class's maximum, as nearly every published pipeline does (IRN's <c>make_cam</c> among them).
/// </summary>
/// <remarks>
/// Maps are read where the network's cells lie in the image (<see cref="CellGeometry"/>), those of the mirrored image where
/// they lie once it is mirrored back. Published pipelines resize by sizes alone, which moves evidence by half a cell.
/// </remarks>
public sealed record MapInference
{
    /// <summary>
    /// Images that may share a forward pass: those of a source from 16·i to 16·i + 15. The last bits of a map depend on which images
    /// share its pass; so none beyond these do, and a source can be worked on in parts.
    /// </summary>
    internal const int ImagesTogether = 16;

    /// <summary>How maps are read off the network.</summary>
    public MapExtractor Extractor { get; init; } = new Cam();

    /// <summary>Sizes of the input relative to the image.</summary>
    public IReadOnlyList<double> Scales { get; init; } = [1];

    /// <summary>Whether the mirrored image is looked at as well.</summary>
    public bool Flip { get; init; } = true;

    /// <summary>Checks the options.</summary>
    /// <exception cref="RecipeException">No scale, or one outside <see cref="InputScales"/>'s range.</exception>
    public void Validate() => InputScales.Check(Scales);

    /// <summary>All that decides how maps are read.</summary>
    internal string Key() => WsssJson.Write(this)
        + (Scales.Count > 1 && (Extractor.SharesWeightAmongPlaces || Extractor.LosesMeasure) ? "\neven scales" : "");

    /// <summary>
    /// The maps of every sample of a source, in its order. The maps are those of the image-level labels, which weak
    /// supervision knows. Images are decoded ahead on other threads.
    /// </summary>
    public IEnumerable<(Sample Sample, LocalizationMaps Maps)> Run(Classifier network, ISampleSource source, RunContext run)
    {
        Validate();
        int done = 0;
        var groups = GroupBySize(
            Prefetch.Samples(source, run), i => source is Subset part ? part.NumberInWhole(i) : i, PixelsPerPass(run.Device));
        var extracted = ImagesInParallel.Select(
            groups, group => group.Sum(sample => sample.Image.PixelCount), run.Device,
            group => group.Zip(Extract(network, group, run.Device)).ToArray());
        foreach (var pairs in extracted)
        {
            foreach (var pair in pairs)
            {
                run.Report($"maps of {source.Name}", ++done, source.Count);
                yield return pair;
            }
        }
    }

    /// <summary>The maps of samples of one size.</summary>
    /// <param name="network">The classifier in evaluation mode, on <paramref name="device"/>.</param>
    /// <param name="samples">At least one sample; all images of the same size.</param>
    /// <param name="device">Where to compute.</param>
    public IReadOnlyList<LocalizationMaps> Extract(Classifier network, IReadOnlyList<Sample> samples, Device device)
    {
        var byLabels = samples.Index()
            .GroupBy(item => Extractor.ComparesClasses ? string.Join(' ', item.Item.Labels.Order()) : "").ToArray();
        if (byLabels.Length == 1) return ExtractTogether(network, samples, device);
        var maps = new LocalizationMaps[samples.Count];
        foreach (var group in byLabels)
        {
            var together = ExtractTogether(network, [.. group.Select(item => item.Item)], device);
            foreach (var (k, (index, _)) in group.Index()) maps[index] = together[k];
        }
        return maps;
    }

    private IReadOnlyList<LocalizationMaps> ExtractTogether(Classifier network, IReadOnlyList<Sample> samples, Device device)
    {
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        int width = samples[0].Image.Width, height = samples[0].Image.Height;
        // Only classes that occur in some sample are computed, and only a sample's own are upsampled.
        int[] classes = [.. samples.SelectMany(sample => sample.Labels).Distinct().Order()];
        if (classes.Length == 0)
            return [.. samples.Select(sample => new LocalizationMaps(sample.Id, width, height, [], []))];
        Tensor[] inputs = [.. samples.Select(sample => Loader.ImageTensor(sample.Image, device))];
        var images = cat(inputs);                                                                          // [N, 3, H, W]

        var sums = new Tensor?[samples.Count];                                                             // each [1, K, H, W]
        foreach (double scale in Scales)
        {
            using var scaleScope = NewDisposeScope();
            var (maps, rows) = AtScale(network, images, scale, classes);                                   // [N, C', h, W]
            for (int i = 0; i < samples.Count; i++)
            {
                long[] own = [.. samples[i].Labels.Select(label => (long)Array.IndexOf(classes, label))];
                if (own.Length == 0) continue;
                var chosen = maps[i].index_select(0, tensor(own).SentTo(device)).unsqueeze(0);             // [1, K, h, W]
                var sized = CellSampling.AtRows(chosen, rows, CellGeometry.Pixels.Rows, height);
                var previous = sums[i];
                sums[i] = (previous is null ? sized : previous + sized).MoveToOuterDisposeScope();
                previous?.Dispose();
            }
        }
        return LocalizationMaps.FromPixels(
            width, height, [.. samples.Select((sample, i) => (sample.Id, sample.Labels, sums[i]?.squeeze(0)))]);
    }

    /// <summary>The maps of one scale, at the image's pixels from left to right, not yet from top to bottom.</summary>
    /// <returns>[N, C, h, W], and where their rows lie: those of the mirrored image lie at the same height.</returns>
    private (Tensor Maps, CellAxis Rows) AtScale(Classifier network, Tensor images, double scale, IReadOnlyList<int> classes)
    {
        Tensor scaled = InputScales.Resize(images, scale);
        (long Height, long Width) own = (images.shape[2], images.shape[3]), seen = (scaled.shape[2], scaled.shape[3]);
        CellGeometry cells = Extractor.Cells(network, seen.Height, seen.Width);
        Tensor Columns(Tensor grid, CellGeometry of) =>
            CellSampling.AtColumns(grid, of.Resized(seen, own).Columns, CellGeometry.Pixels.Columns, own.Width);

        Tensor grid = Extractor.Extract(network, scaled, classes);                                         // [N, C, h, w]
        Tensor maps = Columns(grid, cells);
        if (Flip)
        {
            Tensor mirrored = Extractor.Extract(network, scaled.flip(3), classes).flip(3);
            maps = maps + Columns(mirrored, cells.Mirrored(grid.shape[3], seen.Width));
        }
        if (Extractor.SharesWeightAmongPlaces) maps = maps * (grid.shape[2] * grid.shape[3]);
        if (Extractor.LosesMeasure && Scales.Count > 1) maps = maps / maps.amax([2, 3], keepdim: true).clamp_min(GridMaps.Smallest);
        return (maps, cells.Resized(seen, own).Rows);
    }

    // Images of one size that follow each other share a forward pass up to this many pixels. More would gain nothing on a CPU; a GPU waits
    // for the launch of each layer, and has too little to do for one image.
    private double PixelsPerPass(Device device) =>
        device.type == TorchSharp.DeviceType.CPU
            ? 300_000 : ImagesInParallel.LargestPixels(device) / Math.Max(1, Math.Pow(Scales.Max(), 2));

    private static IEnumerable<IReadOnlyList<Sample>> GroupBySize(
        IEnumerable<Sample> samples, Func<int, int> numberInWhole, double mostPixels)
    {
        var group = new List<Sample>();
        int together = 0;
        foreach (var (i, sample) in samples.Index())
        {
            var (width, height) = (sample.Image.Width, sample.Image.Height);
            bool fits = group.Count > 0 && numberInWhole(i) / ImagesTogether == together
                && group[0].Image.Width == width && group[0].Image.Height == height
                && (group.Count + 1) * width * height <= mostPixels;
            if (group.Count > 0 && !fits)
            {
                yield return group;
                group = [];
            }
            group.Add(sample);
            together = numberInWhole(i) / ImagesTogether;
        }
        if (group.Count > 0) yield return group;
    }
}
