using Wsss.Data;
using Wsss.Registry;

namespace Wsss.Segmentation.Thresholds;

/// <summary>
/// The threshold that parts each image's largest map values best into two groups, on average: Otsu's variance between the groups over
/// the whole variance (<em>A threshold selection method from gray-level histograms</em>, 1979).
/// </summary>
[Registered("map values fall best into two groups (Otsu)", Name = "otsu", Order = 1)]
public sealed record OtsuVariance : MaskFreeRule
{
    /// <inheritdoc/>
    public override IReadOnlyList<double> Scores(ThresholdEvidence evidence, IReadOnlyList<float> thresholds)
    {
        var sums = new double[thresholds.Count];
        foreach (var (_, maps) in evidence.Images)
        {
            var scores = new float[maps.Width * maps.Height];
            ThresholdRule.Strongest(maps, scores, new byte[scores.Length]);
            double mean = scores.Average(), variance = scores.Average(score => (score - mean) * (score - mean));
            if (variance == 0) continue;
            for (int t = 0; t < thresholds.Count; t++)
            {
                float[] above = [.. scores.Where(score => ThresholdRule.IsForeground(score, thresholds[t]))];
                if (above.Length == 0 || above.Length == scores.Length) continue;
                double share = (double)above.Length / scores.Length, high = above.Average(), low = (mean - share * high) / (1 - share);
                sums[t] += share * (1 - share) * (high - low) * (high - low) / variance;
            }
        }
        return [.. sums.Select(sum => sum / evidence.Images.Count)];
    }
}
