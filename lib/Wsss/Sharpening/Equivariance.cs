using Wsss.Training;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Wsss.Sharpening;

/// <summary>
/// Equivariance regularisation, the ER loss of SEAM (Wang et al., <i>Self-supervised Equivariant Attention Mechanism</i>,
/// CVPR 2020): the map of a smaller image must be the smaller map of the image, as masks are.
/// </summary>
/// <remarks>
/// L_ER = mean |down(M(x)) − M(down(x))|₁ over classes and pixels (equation 3), with M the class maps after ReLU, divided
/// by their maximum and multiplied by the labels, and down the bilinear scaling by <see cref="Scale"/>. Both branches
/// share the network and both receive gradients. Matches the published code in normalisation and scale (.3); the
/// classification loss is left to the full-size branch, and the weight may ramp up, as an undertrained network otherwise
/// collapses to maps that are equal because they are empty.
/// </remarks>
public sealed record Equivariance : Technique, ILossTerm
{
    private const double Epsilon = 1e-5;

    /// <summary>Size of the second branch's image relative to the first's, in 0…1 exclusive.</summary>
    public double Scale { get; init; } = 0.3;

    /// <summary>Weight of L_ER against the classification loss.</summary>
    public double Weight { get; init; } = 1;

    /// <summary>Share of the training over which the weight rises linearly from 0; 0 for the full weight at once, as in the paper.</summary>
    public double Ramp { get; init; }

    /// <inheritdoc/>
    public override void Validate()
    {
        if (!(Scale is > 0 and < 1)) throw new RecipeException($"{Name}: expected a scale between 0 and 1, found {Scale}.");
        if (!(Weight >= 0)) throw new RecipeException($"{Name}: expected a weight ≥ 0, found {Weight}.");
        if (!(Ramp is >= 0 and <= 1)) throw new RecipeException($"{Name}: expected a ramp in 0…1, found {Ramp}.");
    }

    /// <inheritdoc/>
    public Tensor Loss(LossContext context)
    {
        var images = context.Batch.Images;                                                    // [N, 3, H, W]
        long height = Math.Max(1, (long)Math.Round(images.shape[2] * Scale));
        long width = Math.Max(1, (long)Math.Round(images.shape[3] * Scale));
        var smaller = F.interpolate(images, [height, width], mode: InterpolationMode.Bilinear, align_corners: false);
        var smallerMaps = context.Network.call(smaller, context.Batch.Labels).Head.Maps;      // [N, C, h', w']

        double ramp = Ramp == 0 ? 1 : Math.Min(1, context.Step.Progress / Ramp);
        return ErLoss(context.Output.Head.Maps, smallerMaps, context.Batch.Labels) * (Weight * ramp);
    }

    /// <summary>L_ER of two sets of raw class maps.</summary>
    /// <param name="maps">[N, C, h, w] maps of the full-size images, before ReLU.</param>
    /// <param name="smallerMaps">[N, C, h', w'] maps of the scaled images, before ReLU.</param>
    /// <param name="labels">[N, C] 1 where the class is present.</param>
    /// <returns>Scalar in 0…1.</returns>
    public static Tensor ErLoss(Tensor maps, Tensor smallerMaps, Tensor labels)
    {
        long[] size = [smallerMaps.shape[2], smallerMaps.shape[3]];
        var present = labels.unsqueeze(-1).unsqueeze(-1);                                     // [N, C, 1, 1]
        var scaled = F.interpolate(Normalize(maps), size, mode: InterpolationMode.Bilinear, align_corners: false) * present;
        return (scaled - Normalize(smallerMaps) * present).abs().mean();
    }

    private static Tensor Normalize(Tensor maps)
    {
        var positive = maps.relu();
        return positive / (positive.amax([2, 3], keepdim: true) + Epsilon);
    }
}
