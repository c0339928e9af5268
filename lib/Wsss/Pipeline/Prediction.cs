using System.Security.Cryptography;
using Wsss.Annotations;
using Wsss.Data;
using Wsss.Storage;

namespace Wsss.Pipeline;

/// <summary>What came of a photograph.</summary>
/// <param name="Photograph">The photograph.</param>
public sealed record PredictedImage(Photograph Photograph)
{
    /// <summary>Its mask, relative to the output folder, with forward slashes; empty where there is none.</summary>
    public string Mask { get; init; } = "";

    /// <summary>The photograph's width in pixels.</summary>
    public int Width { get; init; }

    /// <summary>The photograph's height in pixels.</summary>
    public int Height { get; init; }

    /// <summary>Zero-based classes of the mask, ascending.</summary>
    public IReadOnlyList<int> Labels { get; init; } = [];

    /// <summary>Whether the mask was there already.</summary>
    public bool Kept { get; init; }

    /// <summary>Why there is no mask; null where there is one.</summary>
    public WsssException? Error { get; init; }
}

/// <summary>Makes masks of new photographs with a finished model, one after the other; memory does not grow with their number.</summary>
/// <example><code>
/// var model = ModelFolder.Load("model");
/// foreach (var image in new Prediction { LongestSide = 1024 }.Run(model, Photographs.Find("photographs"), "masks", run)) Show(image);
/// </code></example>
public sealed record Prediction
{
    /// <summary>
    /// Longest side in pixels at which networks see a larger photograph; its mask is scaled back, nearest pixel. Null for the
    /// photograph's own size. Objects should have about the size that they had in training.
    /// </summary>
    public int? LongestSide { get; init; }

    /// <summary>
    /// The classes of photographs by their ids, zero-based and ascending: no other is predicted. Of photographs that are not among them a
    /// segmentation network tells them itself; without one they are the classes that the classifier sees.
    /// </summary>
    public IReadOnlyDictionary<string, IReadOnlyList<int>> Labels { get; init; } = new Dictionary<string, IReadOnlyList<int>>();

    /// <summary>Whether masks that are there are made again, whoever made them.</summary>
    public bool Overwrite { get; init; }

    /// <summary>
    /// Writes <c>masks/ID.png</c> in VOC's palette, of each photograph's size, and an index. A mask that this model has made of the same
    /// file is kept, so that work which was cut off goes on; the end is the same. Photographs are decoded ahead on other threads.
    /// </summary>
    /// <param name="model">The model; its networks are loaded when the first mask is made.</param>
    /// <param name="photographs">In the order of the results.</param>
    /// <param name="folder">The folder to fill.</param>
    /// <param name="run">Device, progress, cancellation.</param>
    /// <returns>What came of each photograph, to be enumerated to its end; broken ones have an error, and the others go on.</returns>
    /// <exception cref="RecipeException">The longest side is below 16 pixels.</exception>
    /// <exception cref="WsssException">
    /// The folder has masks of another model, or the photographs lie where masks are written, or the model's files are broken.
    /// </exception>
    public IEnumerable<PredictedImage> Run(ModelFolder model, IReadOnlyList<Photograph> photographs, string folder, RunContext run)
    {
        const int Smallest = 16;
        if (LongestSide < Smallest)
            throw new RecipeException($"Expected a longest side of at least {Smallest} pixels, found {LongestSide}.");
        string masks = Path.GetFullPath(Path.Combine(folder, PredictionIndex.MaskFolder)) + Path.DirectorySeparatorChar;
        if (photographs.FirstOrDefault(photograph => photograph.Path.StartsWith(masks, StringComparison.Ordinal)) is { } own)
            throw new WsssException($"Expected photographs outside of '{masks}', where masks are written, found '{own.Path}'.");
        return Stream(model, photographs, folder, run);
    }

    private IEnumerable<PredictedImage> Stream(ModelFolder model, IReadOnlyList<Photograph> photographs, string folder, RunContext run)
    {
        const string Stage = "predict";
        using var index = PredictionIndex.Open(folder, IndexKey(model), Overwrite);
        using var prepared = new OrderedPrefetch<Prepared>(
            photographs.Count, 2 * run.Workers, run.Workers, i => Prepare(photographs[i], folder, index));
        var networks = new Lazy<MaskPredictor>(() => MaskPredictor.Open(model, run));
        var entries = new List<IndexEntry>();
        try
        {
            var all = photographs.Select(photograph =>
            {
                var next = prepared.Next();
                return (Photograph: photograph, Prepared: next, Networks: next.Image is null ? null : networks.Value);
            });
            var seen = ImagesInParallel.Select(
                all, next => next.Prepared.Image?.PixelCount ?? 0, run.Device,
                next => (next.Photograph, next.Prepared,
                    Mask: next.Networks?.Look(next.Photograph.Id, next.Prepared.Image!, LabelsOf(next.Photograph))));
            foreach (var (i, (photograph, next, mask)) in seen.Index())
            {
                run.Report(Stage, i, photographs.Count);
                var (entry, error) = (next.Entry, next.Error);
                if (mask is not null)
                {
                    (entry, error) = Write(mask(), photograph, next, folder);
                    if (entry is not null) index.Add(entry);
                }
                if (entry is not null) entries.Add(entry);
                yield return entry is null ? new PredictedImage(photograph) { Error = error } : new PredictedImage(photograph)
                {
                    Mask = MaskOf(photograph),
                    Width = entry.Width,
                    Height = entry.Height,
                    Labels = entry.Labels,
                    Kept = next.Image is null,
                };
            }
            run.Report(Stage, photographs.Count, photographs.Count);
            index.Complete(entries);
        }
        finally
        {
            if (networks.IsValueCreated) networks.Value.Dispose();
        }
    }

    /// <summary>A photograph on its way to the networks.</summary>
    /// <param name="Key">Hash of its file and labels.</param>
    /// <param name="Image">As networks see it; null where its mask is there, or it is broken.</param>
    /// <param name="Size">The photograph's own size.</param>
    /// <param name="Entry">Its mask that is there.</param>
    /// <param name="Error">What is broken.</param>
    private sealed record Prepared(string Key, RgbImage? Image, (int Width, int Height) Size, IndexEntry? Entry, WsssException? Error);

    /// <summary>Hash of all that decides the masks, but the images.</summary>
    internal string IndexKey(ModelFolder model) => ArtifactStore.Key("predictions/1", model.Key, $"{LongestSide}");

    /// <summary>The file of a photograph's mask, relative to the output folder.</summary>
    internal static string MaskOf(string id) => $"{PredictionIndex.MaskFolder}/{id}.png";

    private static string MaskOf(Photograph photograph) => MaskOf(photograph.Id);

    private IReadOnlyList<int>? LabelsOf(Photograph photograph) => Labels.GetValueOrDefault(photograph.Id);

    private Prepared Prepare(Photograph photograph, string folder, PredictionIndex index)
    {
        try
        {
            byte[] file = ImageFile.ReadBytes(photograph.Path);
            string labels = LabelsOf(photograph) is { } given ? string.Join(' ', given) : "seen";
            string key = ArtifactStore.Key("mask/1", Convert.ToHexString(SHA256.HashData(file)), labels);
            if (index.Find(photograph.Id) is { } entry && entry.Key == key && IsThere(entry, Path.Combine(folder, MaskOf(photograph))))
                return new Prepared(key, null, default, entry, null);
            var image = ImageFile.ReadRgb(file, photograph.Path);
            return new Prepared(key, Reduced(image), (image.Width, image.Height), null, null);
        }
        catch (ImageFileException error)
        {
            return new Prepared("", null, default, null, error);
        }
    }

    private static bool IsThere(IndexEntry entry, string mask)
    {
        try
        {
            return File.Exists(mask) && ImageFile.ReadSize(mask) == (entry.Width, entry.Height);
        }
        catch (ImageFileException)
        {
            return false;
        }
    }

    private RgbImage Reduced(RgbImage image)
    {
        if (LongestSide is not { } longest) return image;
        var (width, height) = Resampler.Fit(image.Width, image.Height, longest);
        return (width, height) == (image.Width, image.Height) ? image : Resampler.Resize(image, width, height);
    }

    private static (IndexEntry? Entry, WsssException? Error) Write(LabelMap seen, Photograph photograph, Prepared prepared, string folder)
    {
        var (width, height) = prepared.Size;
        var mask = Resampler.Nearest(seen, width, height);
        try
        {
            ImageFile.WriteMask(Path.Combine(folder, MaskOf(photograph)), mask);
        }
        catch (PathTooLongException error)
        {
            return (
                null,
                new ImageFileException($"Expected a name that leaves room for that of a mask: '{photograph.Path}'. Shorten it.", error)
            );
        }
        int[] labels = [.. new AnnotatedImage(photograph.File, mask).Labels().Select(label => label - 1)];
        return (new IndexEntry(photograph.Id, prepared.Key, labels, width, height), null);
    }
}
