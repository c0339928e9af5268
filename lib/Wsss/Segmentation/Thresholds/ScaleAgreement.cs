using Wsss.Data;
using Wsss.Registry;

namespace Wsss.Segmentation.Thresholds;

/// <summary>
/// The threshold at which masks agree best, beyond chance, with those of the same image seen smaller: what a classifier finds at any size
/// is not its grid's doing.
/// </summary>
[Registered("masks agree best with those of the image seen smaller", Name = "scale", Order = 3)]
public sealed record ScaleAgreement : MaskFreeRule
{
    /// <summary>Size of the other view relative to the image, 0…1 exclusive.</summary>
    public double Scale { get; init; } = 0.7;

    /// <inheritdoc/>
    public override IReadOnlyList<double> Scores(ThresholdEvidence evidence, IReadOnlyList<float> thresholds)
    {
        if (!(Scale is > 0 and < 1)) throw new RecipeException($"Threshold rule scale: expected a scale between 0 and 1, found {Scale}.");
        var inference = evidence.Source.Origin.Inference;
        var smaller = inference with { Scales = [.. inference.Scales.Select(scale => scale * Scale)] };
        var agreements = thresholds.Select(_ => new Agreement()).ToArray();
        foreach (var ((_, maps), other) in evidence.Images.Zip(evidence.SeenBy(this, smaller)))
        {
            for (int t = 0; t < thresholds.Count; t++)
                agreements[t].Add(ThresholdRule.Apply(maps, thresholds[t]), ThresholdRule.Apply(other, thresholds[t]));
        }
        return [.. agreements.Select(agreement => agreement.Kappa())];
    }
}
