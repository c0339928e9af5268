using Wsss.Data;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Wsss.Segmentation;

/// <summary>
/// From images to masks: class probabilities averaged over several scales and the mirrored image, then the most probable
/// class of each pixel. Labels are not looked at.
/// </summary>
public sealed record SegmentationInference
{
    /// <summary>Sizes of the input relative to the image.</summary>
    public IReadOnlyList<double> Scales { get; init; } = [1];

    /// <summary>Whether the mirrored image is looked at as well.</summary>
    public bool Flip { get; init; } = true;

    /// <summary>Checks the options.</summary>
    /// <exception cref="RecipeException">No scale, or one outside <see cref="InputScales"/>'s range.</exception>
    public void Validate() => InputScales.Check(Scales);

    /// <summary>The predicted mask of every sample of a source, in its order; images are decoded ahead on other threads.</summary>
    public IEnumerable<(Sample Sample, LabelMap Mask)> Run(DeepLab network, ISampleSource source, RunContext run)
    {
        Validate();
        int done = 0;
        foreach (var sample in Prefetch.Samples(source, run))
        {
            run.Report($"segment {source.Name}", ++done, source.Count);
            yield return (sample, Predict(network, sample.Image, run.Device, sample.Id));
        }
    }

    /// <summary>The predicted mask of one image: 0 background, c + 1 for class c.</summary>
    /// <param name="network">In evaluation mode, on <paramref name="device"/>.</param>
    /// <param name="image">The image.</param>
    /// <param name="device">Where to compute.</param>
    /// <param name="name">What it is called in an error.</param>
    /// <exception cref="TorchException">A score is NaN.</exception>
    public LabelMap Predict(DeepLab network, RgbImage image, Device device, string name = "the image")
    {
        using var scope = NewDisposeScope();
        var labels = Labels(network, image, device, name).cpu().contiguous();                    // [1, H, W]
        return new LabelMap(image.Width, image.Height, labels.data<byte>().ToArray());
    }

    /// <summary>The predicted mask of one image, [1, H, W] uint8 on the device; the caller disposes it.</summary>
    /// <inheritdoc cref="Predict"/>
    internal Tensor Labels(DeepLab network, RgbImage image, Device device, string name)
    {
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
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
        return sum.argmax(1).to(ScalarType.Byte).MoveToOuterDisposeScope();                      // [1, H, W]
    }
}
