using Wsss.Data;
using Wsss.Registry;
using static TorchSharp.torch;

namespace Wsss.Segmentation.Thresholds;

/// <summary>
/// The threshold whose masks hold all that the classifier goes by and little else: the class's probability where only the mask of the image
/// is left, less that where the mask is taken out, less the mask's share of the image. What is taken out gets the image's mean colour.
/// </summary>
/// <remarks>Without the share a mask of the whole image would be best.</remarks>
[Registered("the classifier knows the class by the mask, and not by the rest", Name = "score", Order = 4)]
public sealed record ClassScore : MaskFreeRule
{
    /// <inheritdoc/>
    public override IReadOnlyList<double> Scores(ThresholdEvidence evidence, IReadOnlyList<float> thresholds)
    {
        var network = evidence.ClassifierFor(this).Network;
        var sums = new double[thresholds.Count];
        int count = 0;
        foreach (var (sample, maps) in evidence.Images)
        {
            using var scope = NewDisposeScope();
            using var noGradients = no_grad();
            var image = Loader.ImageTensor(sample.Image, evidence.Run.Device);                             // [1, 3, H, W]
            var plain = image.mean([2, 3], keepdim: true);                                                 // [1, 3, 1, 1]
            foreach (int label in maps.Classes)
            {
                Tensor[] masks = [.. thresholds.Select(threshold => MaskOf(maps, label, threshold, evidence.Run.Device))];
                var mask = cat(masks);                                                                     // [T, 1, H, W]
                var rest = ones_like(mask).sub_(mask);
                var inside = image.mul(mask).add_(plain.mul(rest));                                        // [T, 3, H, W]
                var outside = image.mul(rest).add_(plain.mul(mask));
                using var found = network.call(cat([inside, outside]), null);
                float[] scores = found.Logits.sigmoid().select(1, label).cpu().data<float>().ToArray();    // [2·T]
                float[] shares = mask.mean([1, 2, 3]).cpu().data<float>().ToArray();                       // [T]
                for (int t = 0; t < thresholds.Count; t++) sums[t] += scores[t] - scores[thresholds.Count + t] - shares[t];
                count++;
            }
        }
        return [.. sums.Select(sum => sum / count)];
    }

    /// <summary>1 where a class is, [1, 1, H, W].</summary>
    private static Tensor MaskOf(LocalizationMaps maps, int label, float threshold, Device device)
    {
        float[] values = [.. ThresholdRule.Apply(maps, threshold).Values.Select(value => value == label + 1 ? 1f : 0f)];
        return tensor(values, [1, 1, maps.Height, maps.Width]).SentTo(device);
    }
}
