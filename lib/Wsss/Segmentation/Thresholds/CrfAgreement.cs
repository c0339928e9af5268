using Wsss.Crf;
using Wsss.Data;
using Wsss.Refinement;
using Wsss.Registry;
using static TorchSharp.torch;

namespace Wsss.Segmentation.Thresholds;

/// <summary>
/// The threshold at which masks agree best, beyond chance, with what a fully connected CRF makes of them: borders of good masks lie where
/// the image has some already.
/// </summary>
[Registered("masks agree best with their own CRF", Name = "crf", Order = 2)]
public sealed record CrfAgreement : MaskFreeRule
{
    // IRN's kernels are for 500 pixels; images are smaller here, and lie closer together in position.
    private static readonly CrfOptions Crf = new() { Bilateral = new BilateralKernel { SigmaXy = 20, SigmaRgb = 10, Weight = 10 } };

    /// <inheritdoc/>
    public override IReadOnlyList<double> Scores(ThresholdEvidence evidence, IReadOnlyList<float> thresholds)
    {
        var agreements = thresholds.Select(_ => new Agreement()).ToArray();
        var crf = new DenseCrf(Crf, get_num_threads());
        foreach (var (done, (sample, maps)) in evidence.Images.Index())
        {
            evidence.Run.Report("choose the threshold by CRF", done + 1, evidence.Images.Count);
            int labels = maps.Classes.Count + 1;
            for (int t = 0; t < thresholds.Count; t++)
            {
                LabelMap mask = ThresholdRule.Apply(maps, thresholds[t]);
                float[] marginals = crf.Infer(
                    maps.Width,
                    maps.Height,
                    sample.Image.Pixels,
                    new MapLabels { Threshold = thresholds[t] }.Unary(maps),
                    labels
                ); // [K + 1, H·W]
                agreements[t].Add(mask, Strongest(marginals, maps));
            }
        }
        return [.. agreements.Select(agreement => agreement.Kappa())];
    }

    private static LabelMap Strongest(float[] marginals, LocalizationMaps maps)
    {
        int pixels = maps.Width * maps.Height;
        var labels = new byte[pixels];
        for (int i = 0; i < pixels; i++)
        {
            int best = 0;
            for (int label = 1; label <= maps.Classes.Count; label++)
                if (marginals[label * pixels + i] > marginals[best * pixels + i]) best = label;
            labels[i] = (byte)(best == 0 ? 0 : maps.Classes[best - 1] + 1);
        }
        return new LabelMap(maps.Width, maps.Height, labels);
    }
}
