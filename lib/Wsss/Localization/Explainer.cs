using Wsss.Data;
using Wsss.Evaluation;
using Wsss.Models;
using static TorchSharp.torch;

namespace Wsss.Localization;

/// <summary>What a classifier says about one image, and where it sees it.</summary>
/// <param name="Maps">The maps of the classes that were explained, of the image's size.</param>
/// <param name="Scores">Of each of the C classes, 0…1.</param>
public sealed record Explanation(LocalizationMaps Maps, IReadOnlyList<float> Scores)
{
    /// <summary>All classes by falling score.</summary>
    public IReadOnlyList<int> Ranking() => [.. Enumerable.Range(0, Scores.Count).OrderByDescending(c => Scores[c])];
}

/// <summary>
/// Explains what any classifier sees in an image of any size, without a data set; <see cref="ModuleClassifier"/> makes a classifier of
/// any network.
/// </summary>
public sealed record Explainer
{
    /// <summary>The longest side in pixels of what a network sees at scale 1 of a larger image, unless told otherwise.</summary>
    public const int LargestSide = 640;

    /// <summary>
    /// The same for a network that names one class per image. ImageNet's were trained on 224 pixels: on larger images more
    /// places dilute the global average, and scores drop.
    /// </summary>
    public const int LargestSideForOneClass = 256;

    /// <summary>The most that <see cref="Side"/> may be.</summary>
    public const int MostSide = 8192;

    /// <summary>How maps are made.</summary>
    public MapInference Maps { get; init; } = new() { Flip = false };

    /// <summary>
    /// The longest side in pixels that the network sees at scale 1; 1…<see cref="MostSide"/>; null for the image's own, within the limits
    /// above.
    /// </summary>
    public int? Side { get; init; }

    /// <summary>
    /// True for a network that names one class per image, as ImageNet's do: scores are a softmax. False for one that says
    /// of each class whether it is there: scores are sigmoids.
    /// </summary>
    public bool OneClassPerImage { get; init; }

    /// <summary>Explains an image. Scores are of the image at scale 1, not mirrored.</summary>
    /// <param name="network">The classifier in evaluation mode, on <paramref name="device"/>.</param>
    /// <param name="image">The image.</param>
    /// <param name="classes">
    /// Zero-based indices of the classes to explain; empty for those that the network names: the strongest one, or all with a
    /// score of at least .5, but the strongest in any case.
    /// </param>
    /// <param name="device">Where to compute.</param>
    /// <exception cref="RecipeException">The options are out of range, or the network has no such layer.</exception>
    /// <exception cref="DataSetException">The network has no such class.</exception>
    public Explanation Explain(Classifier network, RgbImage image, IReadOnlyList<int> classes, Device device)
    {
        Maps.Validate();
        if (Side is < 1 or > MostSide) throw new RecipeException($"Expected a longest side of 1…{MostSide} pixels, found {Side}.");
        MapExtractor.CheckClasses(network, classes);
        RgbImage seen = Resized(image);
        float[] scores = Scores(network, seen, device);
        int[] explained = [.. (classes.Count > 0 ? classes.Distinct() : Named(scores)).Order()];
        LocalizationMaps maps = Maps.Extract(network, [new Sample("image", seen, explained)], device)[0];
        return new Explanation(Fit(maps, image.Width, image.Height), scores);
    }

    /// <summary>Explains images of any sizes, one after the other.</summary>
    /// <returns>The explanations in the order of the images.</returns>
    /// <inheritdoc cref="Explain(Classifier, RgbImage, IReadOnlyList{int}, Device)"/>
    /// <param name="network">The classifier in evaluation mode, on <paramref name="device"/>.</param>
    /// <param name="images">The images.</param>
    /// <param name="classes">As for one image.</param>
    /// <param name="device">Where to compute.</param>
    public IReadOnlyList<Explanation> Explain(
        Classifier network, IEnumerable<RgbImage> images, IReadOnlyList<int> classes, Device device) =>
        [.. images.Select(image => Explain(network, image, classes, device))];

    private RgbImage Resized(RgbImage image)
    {
        int longest = Math.Max(image.Width, image.Height);
        int largest = OneClassPerImage ? LargestSideForOneClass : LargestSide;
        double factor = (double)(Side ?? Math.Min(longest, largest)) / longest;
        int Scaled(int side) => Math.Max(1, (int)Math.Round(side * factor));
        return Resampler.Resize(image, Scaled(image.Width), Scaled(image.Height));
    }

    private float[] Scores(Classifier network, RgbImage image, Device device)
    {
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        return ClassScores.Of(network.call(Loader.ImageTensor(image, device), null).Logits, OneClassPerImage, ["the image"]);
    }

    private IEnumerable<int> Named(float[] scores)
    {
        int strongest = Array.IndexOf(scores, scores.Max());
        return OneClassPerImage ? [strongest] : Enumerable.Range(0, scores.Length)
            .Where(c => c == strongest || scores[c] >= MultiLabelMetrics.DecisionThreshold);
    }

    // From pixels to pixels, edge to edge, as the image was resized. Interpolation lowers peaks: each class with evidence reaches 1 again.
    private static LocalizationMaps Fit(LocalizationMaps maps, int width, int height)
    {
        if ((maps.Width, maps.Height) == (width, height) || maps.Classes.Count == 0)
            return maps;
        using var scope = NewDisposeScope();
        return LocalizationMaps.FromTensor(
            maps.Id,
            width,
            height,
            maps.Classes,
            tensor(maps.Values, [maps.Classes.Count, maps.Height, maps.Width])
        );
    }
}
