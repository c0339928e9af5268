using Wsss.Saliency;
using static TorchSharp.torch;

namespace Wsss.Segmentation;

/// <summary>
/// Saliency as a second opinion on what a segmentation network sees: the network knows classes, saliency where objects end. The two are
/// pooled as experts who judge independently, a logarithmic opinion pool (Genest &amp; Zidek, <i>Combining Probability Distributions</i>,
/// Statistical Science 1986): p'_background ∝ p_background · (1 − s)^w and p'_c ∝ p_c · s^w, so that the odds of an object against the
/// background are multiplied by (s / (1 − s))^w, and those between classes stay.
/// </summary>
public sealed record SaliencyEvidence
{
    // No saliency network is sure enough to overrule any other evidence.
    private const double Surest = 0.98;

    /// <summary>
    /// The saliency network: <see cref="SaliencySource.Shipped"/> (for drawn scenes) or a TorchScript file. Not a folder of maps, as
    /// photographs that come later have none there.
    /// </summary>
    public string From { get; init; } = SaliencySource.Shipped;

    /// <summary>w: how much it weighs against the network, above 0; at 1 as much as the network itself.</summary>
    public double Weight { get; init; } = 0.5;

    /// <summary>Checks the options.</summary>
    /// <exception cref="RecipeException">The weight is not positive, or a folder is named.</exception>
    internal void Validate()
    {
        if (!(Weight > 0 && double.IsFinite(Weight)))
            throw new RecipeException($"Expected a positive weight of saliency in segmentation, found {Weight}.");
        if (!SaliencySource.IsNetwork(From))
        {
            throw new RecipeException(
                $"Expected a saliency network (a TorchScript file, *.pt) for segmentation, found '{From}': it looks at photographs that "
                    + "come later too, of which a folder has no maps.");
        }
    }

    /// <summary>Pools probabilities with the saliency of their image.</summary>
    /// <param name="probabilities">[1, C + 1, H, W], background first; those of a pixel need not sum to 1.</param>
    /// <param name="saliency">[H, W] in 0…1, on the same device.</param>
    /// <returns>[1, C + 1, H, W], up to a factor for each pixel.</returns>
    internal Tensor Pool(Tensor probabilities, Tensor saliency)
    {
        using var scope = NewDisposeScope();
        var s = saliency.clamp(1 - Surest, Surest);
        return cat([probabilities[.., 0..1] * (1 - s).pow(Weight), probabilities[.., 1..] * s.pow(Weight)], 1).MoveToOuterDisposeScope();
    }
}
