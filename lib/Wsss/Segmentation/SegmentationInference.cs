using System.Text.Json.Serialization;
using Wsss.Crf;
using Wsss.Data;
using Wsss.Refinement;
using Wsss.Saliency;
using static TorchSharp.torch;

namespace Wsss.Segmentation;

/// <summary>
/// From images to masks: class probabilities averaged over several scales and the mirrored image, joined with saliency and sharpened by a
/// CRF if wanted, then the most probable class of each pixel. Labels are looked at only where they are given.
/// </summary>
public sealed record SegmentationInference
{
    /// <summary>Sizes of the input relative to the image.</summary>
    public IReadOnlyList<double> Scales { get; init; } = [1];

    /// <summary>Whether the mirrored image is looked at as well.</summary>
    public bool Flip { get; init; } = true;

    /// <summary>
    /// The power to which the background's probability is raised before the most probable label is taken, positive; null, the default, for
    /// 1. Above 1 more pixels become objects, of which a network that was taught by masks with gaps finds too few (BG_POW of Araslanov and
    /// Roth, CVPR 2020: 3).
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? BackgroundPower { get; init; }

    /// <summary>Saliency that is joined with the probabilities, after the background's power; null, the default, for none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public SaliencyEvidence? Saliency { get; init; }

    /// <summary>
    /// A fully connected CRF over the probabilities, at the end; null, the default, for none. It decides between the labels that are the
    /// most probable ones of some pixel.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public CrfOptions? Crf { get; init; }

    /// <summary>
    /// Whether the classes that an image's labels name are the only ones that may be predicted, as in pseudo masks; false is the default,
    /// and what published figures of segmentation networks mean. Classes that the network mistakes for each other are then told apart by
    /// the labels; images without labels are looked at as ever.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool WithLabels { get; init; }

    /// <summary>Checks the options.</summary>
    /// <exception cref="RecipeException">No scale, or one outside <see cref="InputScales"/>'s range, or a power that is not positive, or
    /// saliency or a CRF that cannot be.</exception>
    public void Validate()
    {
        InputScales.Check(Scales);
        if (BackgroundPower is { } power && !(power > 0 && double.IsFinite(power)))
            throw new RecipeException($"Expected a positive power of the background's probability, found {power}.");
        Saliency?.Validate();
        if (Crf is not null) DeviceCrf.Check(Crf, "Segmentation");
    }

    /// <summary>All that decides what is predicted, but network and image: the options, and the content of files that they name.</summary>
    internal string Key() => Saliency is null
        ? WsssJson.Write(this)
        : WsssJson.Write(this with { Saliency = Saliency with { From = SaliencySource.KeyOf(Saliency.From) } });

    /// <summary>Gets ready to look at images.</summary>
    /// <param name="network">In evaluation mode, on <paramref name="device"/>; stays the caller's.</param>
    /// <param name="device">Where to compute.</param>
    /// <returns>The caller disposes it.</returns>
    /// <exception cref="RecipeException">An option cannot be.</exception>
    public ImageSegmenter Open(DeepLab network, Device device)
    {
        Validate();
        return new ImageSegmenter(network, this, device);
    }

    /// <summary>The predicted mask of one image; <see cref="Open"/> is for several.</summary>
    /// <inheritdoc cref="ImageSegmenter.Segment"/>
    /// <inheritdoc cref="Open"/>
    public LabelMap Predict(
        DeepLab network, RgbImage image, Device device, string name = "the image", IReadOnlyList<int>? shown = null)
    {
        using var segmenter = Open(network, device);
        return segmenter.Segment(image, name, shown);
    }

    /// <summary>The predicted mask of every sample of a source, in its order; images are decoded ahead on other threads.</summary>
    public IEnumerable<(Sample Sample, LabelMap Mask)> Run(DeepLab network, ISampleSource source, RunContext run)
    {
        using var segmenter = Open(network, run.Device);
        int done = 0;
        var masks = ImagesInParallel.Select(
            Prefetch.Samples(source, run), sample => sample.Image.PixelCount, run.Device,
            sample => (sample, segmenter.Segment(sample.Image, sample.Id, WithLabels ? sample.Labels : null)));
        foreach (var pair in masks)
        {
            run.Report($"segment {source.Name}", ++done, source.Count);
            yield return pair;
        }
    }
}
