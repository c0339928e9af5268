using Wsss.Crf;
using Wsss.Data;
using Wsss.Refinement;
using Wsss.Saliency;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Wsss.Segmentation;

/// <summary>
/// A segmentation network that is ready to look at images as <see cref="SegmentationInference"/> says, with what that needs besides: a CRF
/// and a saliency network, which are kept from image to image, one for each thread. Several threads may use it at once.
/// </summary>
public sealed class ImageSegmenter : IDisposable
{
    private readonly DeepLab _network;
    private readonly SegmentationInference _look;
    private readonly Device _device;
    private readonly ThreadLocal<Aids> _aids;

    internal ImageSegmenter(DeepLab network, SegmentationInference look, Device device)
    {
        (_network, _look, _device) = (network, look, device);
        _aids = new ThreadLocal<Aids>(() => new Aids(look, device), trackAllValues: true);
    }

    /// <summary>The predicted mask of one image: 0 background, c + 1 for class c.</summary>
    /// <param name="image">The image.</param>
    /// <param name="name">What it is called in an error.</param>
    /// <param name="shown">The classes that the image is known to show, 0…C − 1: no other is predicted. Null where nobody knows.</param>
    /// <exception cref="TorchException">A score is NaN.</exception>
    public LabelMap Segment(RgbImage image, string name = "the image", IReadOnlyList<int>? shown = null)
    {
        var aids = _aids.Value!; // not of the scope below
        using var scope = NewDisposeScope();
        var labels = Labels(aids, image, name, shown).cpu().contiguous();                        // [1, H, W]
        return new LabelMap(image.Width, image.Height, labels.data<byte>().ToArray());
    }

    /// <summary>The predicted mask of one image, [1, H, W] uint8 on the device; the caller disposes it.</summary>
    /// <inheritdoc cref="Segment"/>
    internal Tensor Labels(RgbImage image, string name) => Labels(_aids.Value!, image, name, shown: null);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var aids in _aids.Values) aids.Dispose();
        _aids.Dispose();
    }

    private Tensor Labels(Aids aids, RgbImage image, string name, IReadOnlyList<int>? shown)
    {
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        var probabilities = Probabilities(image, name);                                           // [1, C + 1, H, W]
        if (shown is not null)
        {
            int[] labels = [0, .. shown.Select(c => c + 1)];
            float[] allowed = [.. Enumerable.Range(0, (int)probabilities.shape[1]).Select(label => labels.Contains(label) ? 1f : 0)];
            probabilities = probabilities * tensor(allowed).SentTo(_device).view(1, -1, 1, 1);
        }
        if (_look.BackgroundPower is { } power)
        {
            int views = _look.Scales.Count * (_look.Flip ? 2 : 1);                                // whose probabilities are summed
            var (background, objects) = (probabilities[.., 0..1], probabilities[.., 1..]);
            probabilities = cat([(background / views).pow(power) * views, objects], 1);
        }
        if (aids.Saliency is { } network)
        {
            var saliency = tensor(network.Of(name, image).Values, [image.Height, image.Width]).SentTo(_device);
            probabilities = _look.Saliency!.Pool(probabilities, saliency.to(float32) / byte.MaxValue);
        }
        return (aids.Crf is null ? probabilities.argmax(1) : Sharpen(aids.Crf, probabilities, image))
            .to(ScalarType.Byte).MoveToOuterDisposeScope();                                       // [1, H, W]
    }

    private static Tensor Sharpen(DeviceCrf crf, Tensor probabilities, RgbImage image)
    {
        var first = probabilities.argmax(1);                                                      // [1, H, W]
        var (labels, _, _) = first.unique();                                                      // [K]
        if (labels.shape[0] == 1) return first;
        var some = probabilities[0].index_select(0, labels).flatten(1);                           // [K, H·W]
        var unary = -(some / some.sum([0], keepdim: true)).clamp(CrfUnary.SmallestProbability, 1).log();
        return labels[crf.Infer(image, unary).argmax(0)].view(1, image.Height, image.Width);
    }

    /// <summary>[1, C + 1, H, W] float32, the sum over scales and both sides.</summary>
    private Tensor Probabilities(RgbImage image, string name)
    {
        using var scope = NewDisposeScope();
        long[] full = [image.Height, image.Width];
        var input = Loader.ImageTensor(image, _device);                                           // [1, 3, H, W]
        Tensor? sum = null;                                                                       // [1, C + 1, H, W]
        foreach (double scale in _look.Scales)
        {
            using var scaleScope = NewDisposeScope();
            var scaled = InputScales.Resize(input, scale);
            var probabilities = _network.call(scaled).softmax(1);
            if (_look.Flip) probabilities = probabilities + _network.call(scaled.flip(3)).softmax(1).flip(3);
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

    /// <summary>What one thread looks with besides the network.</summary>
    private sealed class Aids(SegmentationInference look, Device device) : IDisposable
    {
        public SaliencySource? Saliency { get; } = look.Saliency is { } evidence ? SaliencySource.Open(evidence.From, device) : null;

        public DeviceCrf? Crf { get; } = look.Crf is { } options ? new DeviceCrf(options, device) : null;

        public void Dispose()
        {
            Saliency?.Dispose();
            Crf?.Dispose();
        }
    }
}
