using System.IO.Compression;
using Wsss.Data;
using Wsss.Figures;
using Wsss.Localization;
using Wsss.Notebooks.Reports;
using Wsss.Storage;

namespace Wsss.Notebooks.Reviews;

/// <summary>
/// A page for a browser to look through a split: every photograph under its maps with a threshold to move, or under its predicted mask.
/// A person marks what is good, bad or to be left out and saves a <c>decisions.json</c>. Nothing is loaded from elsewhere, so the
/// folder can be looked at without a network.
/// </summary>
/// <remarks>
/// The page shows photographs of at most 320 pixels and maps of at most 160, in 8 bits: a map's value v is round(255·v). On these the
/// threshold does what <see cref="ThresholdRule"/> does, to the last pixel; masks are made from whole maps of 16 bits, and may differ at
/// edges.
/// </remarks>
internal static class ReviewPage
{
    /// <summary>Most pixels of the longer side of a photograph on the page.</summary>
    public const int PhotographSide = 320;

    /// <summary>Most pixels of the longer side of a map or mask on the page.</summary>
    public const int MapSide = 160;

    private const int JpegQuality = 85;

    private const string PhotographFolder = "review-photographs", MapFolderName = "review-maps";

    private static readonly string[] Resources = ["report.css", "review.css", "review-draw.js", "review.js"];

    /// <summary>Writes <c>index.html</c> for maps, and what it loads beside it.</summary>
    /// <param name="maps">The maps.</param>
    /// <param name="source">The photographs that they are of.</param>
    /// <param name="folder">Where the files go; created if missing, a review in it is replaced.</param>
    /// <param name="run">Progress and cancellation.</param>
    /// <returns>The path of the page.</returns>
    /// <exception cref="DataSetException">The maps are of other data, are missing, or do not have their image's size.</exception>
    public static string OfMaps(MapFolder maps, ISampleSource source, string folder, RunContext run)
    {
        string title = $"Maps of {source.Name}",
            key = ArtifactStore.Key(maps.Fingerprint, maps.Origin?.Key ?? Path.GetFullPath(maps.Folder));
        return Write(
            folder,
            "maps",
            title,
            maps.Fingerprint,
            key,
            maps.ClassNames,
            maps.ReadAll(source, run)
                .Select(item =>
                {
                    var planes = Thumbnails.Of(item.Maps, MapSide);
                    // An image without a class has no map; the page shows one pixel of nothing.
                    IReadOnlyList<LabelMap> shown = planes.Count > 0 ? planes : [new LabelMap(1, 1, [0])];
                    var photograph = item.Sample.Image;
                    int[] size = [shown[0].Width, shown[0].Height];
                    var image = new ReviewImage(item.Sample.Id, Size(photograph), size, item.Maps.Classes) { Near = MapDoubt.Of(planes) };
                    return (image, photograph, shown);
                })
        );
    }

    /// <summary>Writes <c>index.html</c> for predicted masks, and what it loads beside it.</summary>
    /// <param name="predictions">A folder with <c>predictions.json</c>, which names classes, photographs and masks.</param>
    /// <param name="folder">Where the files go; created if missing, a review in it is replaced.</param>
    /// <param name="run">Progress and cancellation.</param>
    /// <returns>The path of the page.</returns>
    /// <exception cref="WsssException">The list is missing or broken, or a file that it names is, or does not fit; the message names
    /// it.</exception>
    public static string OfPredictions(string predictions, string folder, RunContext run)
    {
        var list = PredictionFolder.Open(predictions);
        string title = $"Predictions in {Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(predictions)))}";
        string key = ArtifactStore.Key(list.Fingerprint, Path.GetFullPath(predictions));
        return Write(
            folder,
            "masks",
            title,
            list.Fingerprint,
            key,
            list.ClassNames,
            Enumerable
                .Range(0, list.Count)
                .Select(i =>
                {
                    var prediction = list.Read(i);
                    var mask = Thumbnails.Of(prediction.Mask, MapSide);
                    int[] classes =
                    [
                        .. prediction
                            .Mask.Values.Distinct()
                            .Where(label => label is > 0 and < LabelMap.Ignore)
                            .Select(label => label - 1)
                            .Order(),
                    ];
                    var image = new ReviewImage(prediction.Id, Size(prediction.Image), [mask.Width, mask.Height], classes)
                    {
                        Doubt = prediction.Doubt,
                    };
                    run.Report("read predictions", i + 1, list.Count);
                    return (image, prediction.Image, (IReadOnlyList<LabelMap>)[mask]);
                })
        );
    }

    private static string Write(
        string folder,
        string kind,
        string title,
        string data,
        string key,
        IReadOnlyList<string> classNames,
        IEnumerable<(ReviewImage Image, RgbImage Photograph, IReadOnlyList<LabelMap> Planes)> items
    )
    {
        var target = new PageFolder(folder, PageKind.Review, [.. Resources, PhotographFolder, MapFolderName]);
        target.Begin();
        var images = new List<ReviewImage>();
        foreach (var (image, photograph, planes) in items)
        {
            ImageFile.WriteJpeg(
                target.PathOf(Path.Combine(PhotographFolder, $"{images.Count}.jpg")),
                Thumbnails.Of(photograph, PhotographSide),
                JpegQuality
            );
            // A page that was opened as a file may not read files, but it may load scripts.
            AtomicFile.WriteText(
                target.PathOf(Path.Combine(MapFolderName, $"{images.Count}.js")), $"receiveMaps({images.Count}, '{Pack(planes)}');\n");
            images.Add(image);
        }
        ReviewClass[] classes = [.. classNames.Select((name, c) => new ReviewClass(name, ColorOf(c)))];
        PageResources.Write(folder, Resources);
        return target.End(ReviewHtml.Write(title, new ReviewData(kind, data, key, classes, images)));
    }

    private static int[] Size(RgbImage image) => [image.Width, image.Height];

    /// <summary>Bright colours, whose neighbours in the list lie far apart: VOC's are too dark to be seen on dark photographs.</summary>
    internal static int[] ColorOf(int index)
    {
        const double GoldenAngle = 137.508,
            Saturation = 0.95;
        double hue = GoldenAngle * index % 360,
            lightness = index % 2 == 0 ? 0.5 : 0.62,
            chroma = (1 - Math.Abs(2 * lightness - 1)) * Saturation;
        return [Channel(0), Channel(8), Channel(4)];

        // The conversion of CSS Color 4, section 7.1.
        int Channel(int n)
        {
            double k = (n + hue / 30) % 12;
            return (int)Math.Round(255 * (lightness - chroma / 2 * Math.Clamp(Math.Min(k - 3, 9 - k), -1, 1)));
        }
    }

    /// <summary>All planes, one after the other, as base64 of a zlib stream.</summary>
    private static string Pack(IReadOnlyList<LabelMap> planes)
    {
        using var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.Optimal, leaveOpen: true))
            foreach (var plane in planes) zlib.Write(plane.Values);
        return Convert.ToBase64String(packed.GetBuffer(), 0, (int)packed.Length);
    }
}
