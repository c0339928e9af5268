using System.Text.Json.Serialization;
using Wsss.Crf;
using Wsss.Data;
using Wsss.Refinement;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Wsss.Segmentation;

/// <summary>
/// From images to masks: class probabilities averaged over several scales and the mirrored image, sharpened by a CRF if wanted, then the
/// most probable class of each pixel. Labels are looked at only where they are given.
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

    /// <summary>
    /// A fully connected CRF over the probabilities; null, the default, for none. It decides between the labels that are the most probable
    /// ones of some pixel.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public CrfOptions? Crf { get; init; }

    /// <summary>Checks the options.</summary>
    /// <exception cref="RecipeException">No scale, or one outside <see cref="InputScales"/>'s range, or a power that is not positive, or a
    /// CRF that cannot be.</exception>
    public void Validate()
    {
        InputScales.Check(Scales);
        if (BackgroundPower is { } power && !(power > 0 && double.IsFinite(power)))
            throw new RecipeException($"Expected a positive power of the background's probability, found {power}.");
        if (Crf is not null) DeviceCrf.Check(Crf, "Segmentation");
    }

    /// <summary>The predicted mask of every sample of a source, in its order; images are decoded ahead on other threads.</summary>
    public IEnumerable<(Sample Sample, LabelMap Mask)> Run(DeepLab network, ISampleSource source, RunContext run) =>
        Run(network, source, run, withLabels: false);

    /// <summary>The same for samples whose labels are known: no class beyond them is predicted.</summary>
    internal IEnumerable<(Sample Sample, LabelMap Mask)> RunWithLabels(DeepLab network, ISampleSource source, RunContext run) =>
        Run(network, source, run, withLabels: true);

    private IEnumerable<(Sample Sample, LabelMap Mask)> Run(DeepLab network, ISampleSource source, RunContext run, bool withLabels)
    {
        Validate();
        int done = 0;
        var masks = ImagesInParallel.Select(
            Prefetch.Samples(source, run), sample => sample.Image.PixelCount, run.Device,
            sample => (sample, Predict(network, sample.Image, run.Device, sample.Id, withLabels ? sample.Labels : null)));
        foreach (var pair in masks)
        {
            run.Report($"segment {source.Name}", ++done, source.Count);
            yield return pair;
        }
    }

    /// <summary>The predicted mask of one image: 0 background, c + 1 for class c.</summary>
    /// <param name="network">In evaluation mode, on <paramref name="device"/>.</param>
    /// <param name="image">The image.</param>
    /// <param name="device">Where to compute.</param>
    /// <param name="name">What it is called in an error.</param>
    /// <param name="shown">The classes that the image is known to show, 0…C − 1: no other is predicted. Null where nobody knows.</param>
    /// <exception cref="TorchException">A score is NaN.</exception>
    public LabelMap Predict(
        DeepLab network, RgbImage image, Device device, string name = "the image", IReadOnlyList<int>? shown = null)
    {
        using var scope = NewDisposeScope();
        var labels = Labels(network, image, device, name, shown).cpu().contiguous();             // [1, H, W]
        return new LabelMap(image.Width, image.Height, labels.data<byte>().ToArray());
    }

    /// <summary>The predicted mask of one image, [1, H, W] uint8 on the device; the caller disposes it.</summary>
    /// <inheritdoc cref="Predict"/>
    internal Tensor Labels(DeepLab network, RgbImage image, Device device, string name, IReadOnlyList<int>? shown = null)
    {
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        var probabilities = Probabilities(network, image, device, name);                          // [1, C + 1, H, W]
        if (shown is not null)
        {
            int[] labels = [0, .. shown.Select(c => c + 1)];
            float[] allowed = [.. Enumerable.Range(0, (int)probabilities.shape[1]).Select(label => labels.Contains(label) ? 1f : 0)];
            probabilities = probabilities * tensor(allowed).SentTo(device).view(1, -1, 1, 1);
        }
        if (BackgroundPower is { } power)
        {
            int views = Scales.Count * (Flip ? 2 : 1);                                            // whose probabilities are summed
            var (background, objects) = (probabilities[.., 0..1], probabilities[.., 1..]);
            probabilities = cat([(background / views).pow(power) * views, objects], 1);
        }
        return (Crf is null ? probabilities.argmax(1) : Sharpen(probabilities, Crf, image, device))
            .to(ScalarType.Byte).MoveToOuterDisposeScope();                                       // [1, H, W]
    }

    private static Tensor Sharpen(Tensor probabilities, CrfOptions options, RgbImage image, Device device)
    {
        var first = probabilities.argmax(1);                                                      // [1, H, W]
        var (labels, _, _) = first.unique();                                                      // [K]
        if (labels.shape[0] == 1) return first;
        int count = (int)labels.shape[0], pixels = image.Width * image.Height;
        var some = probabilities[0].index_select(0, labels).view(count, pixels);                  // [K, H·W]
        float[] unary = CrfUnary.FromProbabilities((some / some.sum(0, keepdim: true)).cpu().contiguous().data<float>().ToArray());
        using var crf = new DeviceCrf(options, device);
        var marginals = tensor(crf.Infer(image, unary, count), [count, pixels]).SentTo(device);   // [K, H·W]
        return labels[marginals.argmax(0)].view(1, image.Height, image.Width);
    }

    /// <summary>[1, C + 1, H, W] float32, the sum over scales and both sides.</summary>
    private Tensor Probabilities(DeepLab network, RgbImage image, Device device, string name)
    {
        using var scope = NewDisposeScope();
        long[] full = [image.Height, image.Width];
        var input = Loader.ImageTensor(image, device);                                            // [1, 3, H, W]
        Tensor? sum = null;                                                                       // [1, C + 1, H, W]
        foreach (double scale in Scales)
        {
            using var scaleScope = NewDisposeScope();
            var scaled = InputScales.Resize(input, scale);
            var probabilities = network.call(scaled).softmax(1);
            if (Flip) probabilities = probabilities + network.call(scaled.flip(3)).softmax(1).flip(3);
            // Pixels already, of the scaled image: from image to image, edge to edge.
            if (scale != 1) probabilities = F.interpolate(probabilities, full, mode: InterpolationMode.Bilinear, align_corners: false);
            sum = (sum is null ? probabilities : sum + probabilities).MoveToOuterDisposeScope();
        }
        if (sum!.isnan().any().item<bool>())
        {
            throw new TorchException(
                $"Expected finite scores of the segmentation network, found NaN in '{name}'. Its weights are finite but too large for " +
                "this image, or its training diverged: train it anew with a lower learning rate.");
        }
        return sum.MoveToOuterDisposeScope();
    }
}
