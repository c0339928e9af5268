using Wsss.Models;
using Wsss.Registry;
using Wsss.Training;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Wsss.Sharpening;

/// <summary>
/// Equivariance regularisation, SEAM (Wang et al., <i>Self-supervised Equivariant Attention Mechanism</i>, CVPR 2020): the
/// map of a smaller image must be the smaller map of the image, as masks are (ER); and a map must be what the other branch's
/// pixel correlation module (PCM) makes of its own (ECR).
/// </summary>
/// <remarks>
/// <para>
/// L_ER = mean |down(M(x)) − M(down(x))|₁ over classes and pixels (equation 3), with M the class maps after ReLU, divided
/// by their maximum and multiplied by the labels, and down the bilinear scaling by <see cref="Scale"/>: maps are compared at
/// the same points of the image, where the second branch's cells lie. Both branches
/// share the network and both receive gradients.
/// </para>
/// <para>
/// L_ECR = top₂₀(|M*(down(x)) − down(P(x))|) + top₂₀(|down(M(x))* − P(down(x))|) (section 3.4), where P are the maps after PCM
/// (<see cref="PixelCorrelation"/>), * keeps the strongest class of each place, and top₂₀ is the mean of the largest 20 % of each
/// image. A background channel is part of it: 1 − max M, and after PCM 1 − Σ P, which is PCM of the first, as its rows sum to 1.
/// M is a constant here, and so is what PCM sees: this term teaches PCM alone, whose maps localization then reads.
/// </para>
/// <para>
/// Matches the published code in scale (.3), in PCM's features and initialisation, and in what competes: all classes, absent
/// ones too, as labels are not known at inference; and in fixed batch normalisation, for the second branch. Differs: the
/// second branch is not taught to classify, as small objects of a small image have nothing left to tell them by; maps are
/// compared at the second branch's cells, by where the cells of both lie in the image, while the code resizes by sizes alone;
/// M keeps its minimum, which ReLU makes 0 nearly always; the code's pooling of the
/// smallest values is left out; weights may ramp up, as an undertrained network otherwise collapses to maps that are equal
/// because they are empty.
/// </para>
/// </remarks>
[Registered("the map of a smaller image is the smaller map (SEAM, CVPR 2020)", Order = 6)]
public sealed record Equivariance : Technique, IHeadDesign, ILossTerm
{
    /// <summary>
    /// Not much smaller an image, as objects of 30 pixels have nothing left at .3, and the published weight on ER, as a higher one costs
    /// more in classification than the maps gain.
    /// </summary>
    [Suggested(DataKind.DrawnScenes), Suggested(DataKind.Photographs)]
    public static Equivariance ForShortTrainings { get; } = new() { Scale = 0.75, Ramp = 0.5 };

    private const double Epsilon = 1e-5, HardestShare = 0.2;

    /// <summary>Size of the second branch's image relative to the first's, in 0…1 exclusive.</summary>
    public double Scale { get; init; } = 0.3;

    /// <summary>Weight of L_ER against the classification loss.</summary>
    public double Weight { get; init; } = 1;

    /// <summary>
    /// Weight of L_ECR against the classification loss, 1 in the paper; above 0 the network has a PCM. 0 leaves ER alone, without
    /// any further parameters.
    /// </summary>
    public double EcrWeight { get; init; }

    /// <summary>
    /// Share of the training over which the weights rise linearly from 0; 0 for the full weight at once, as in the paper.
    /// </summary>
    public double Ramp { get; init; }

    /// <inheritdoc/>
    public override void Validate()
    {
        if (!(Scale is > 0 and < 1)) throw new RecipeException($"{Name}: expected a scale between 0 and 1, found {Scale}.");
        if (!(Weight >= 0)) throw new RecipeException($"{Name}: expected a weight ≥ 0, found {Weight}.");
        if (!(EcrWeight >= 0)) throw new RecipeException($"{Name}: expected an ECR weight ≥ 0, found {EcrWeight}.");
        if (!(Ramp is >= 0 and <= 1)) throw new RecipeException($"{Name}: expected a ramp in 0…1, found {Ramp}.");
    }

    /// <inheritdoc/>
    public ClassifierHead BuildHead(HeadSpec spec, Func<HeadSpec, ClassifierHead> inner) =>
        EcrWeight > 0 ? new PixelCorrelationHead(spec, inner(spec)) : inner(spec);

    /// <inheritdoc/>
    /// <exception cref="RecipeException">The ECR loss is asked for, and the network has no PCM.</exception>
    public IReadOnlyList<(string Name, Tensor Loss)> Losses(LossContext context)
    {
        var images = context.Batch.Images;                                                    // [N, 3, H, W]
        long height = Math.Max(1, (long)Math.Round(images.shape[2] * Scale));
        long width = Math.Max(1, (long)Math.Round(images.shape[3] * Scale));
        var smaller = F.interpolate(images, [height, width], mode: InterpolationMode.Bilinear, align_corners: false);
        HeadOutput full = context.Output.Head, scaled = context.RunAgain(smaller, context.Batch.Labels).Head;
        // Both in pixels of the full-size images.
        var backbone = context.Network.Backbone;
        var cells = backbone.Cells(images.shape[2], images.shape[3]);
        var smallerCells = backbone.Cells(height, width).Resized((height, width), (images.shape[2], images.shape[3]));

        double ramp = context.Step.Ramp(Ramp);
        var labels = context.Batch.Labels;
        return
        [
            ("ER", ErLoss(full.Maps, cells, scaled.Maps, smallerCells, labels) * (Weight * ramp)),
            .. EcrWeight == 0 ? [] : new[]
            {
                ("ECR", EcrLoss(full.Maps, Refined(full), cells, scaled.Maps, Refined(scaled), smallerCells, labels) * (EcrWeight * ramp)),
            },
        ];
    }

    /// <summary>L_ER of two sets of raw class maps.</summary>
    /// <param name="maps">[N, C, h, w] maps of the full-size images, before ReLU.</param>
    /// <param name="cells">Where their cells lie in those images.</param>
    /// <param name="smallerMaps">[N, C, h', w'] maps of the scaled images, before ReLU.</param>
    /// <param name="smallerCells">Where their cells lie, in pixels of the full-size images.</param>
    /// <param name="labels">[N, C] 1 where the class is present.</param>
    /// <returns>Scalar in 0…1.</returns>
    public static Tensor ErLoss(Tensor maps, CellGeometry cells, Tensor smallerMaps, CellGeometry smallerCells, Tensor labels)
    {
        var present = labels.unsqueeze(-1).unsqueeze(-1);                                     // [N, C, 1, 1]
        var there = CellSampling.At(Normalize(maps), cells, smallerCells, smallerMaps.shape[2], smallerMaps.shape[3]);
        return (there * present - Normalize(smallerMaps) * present).abs().mean();
    }

    /// <summary>L_ECR of two branches; raw maps are constants in it.</summary>
    /// <param name="maps">[N, C, h, w] maps of the full-size images, before ReLU.</param>
    /// <param name="refined">[N, C, h, w] what PCM made of them.</param>
    /// <param name="cells">Where their cells lie in those images.</param>
    /// <param name="smallerMaps">[N, C, h', w'] maps of the scaled images, before ReLU.</param>
    /// <param name="smallerRefined">[N, C, h', w'] what PCM made of those.</param>
    /// <param name="smallerCells">Where their cells lie, in pixels of the full-size images.</param>
    /// <param name="labels">[N, C] 1 where the class is present.</param>
    /// <returns>Scalar in 0…2.</returns>
    public static Tensor EcrLoss(
        Tensor maps, Tensor refined, CellGeometry cells, Tensor smallerMaps, Tensor smallerRefined, CellGeometry smallerCells,
        Tensor labels)
    {
        Tensor There(Tensor grid) => CellSampling.At(grid, cells, smallerCells, smallerMaps.shape[2], smallerMaps.shape[3]);
        var present = labels.unsqueeze(-1).unsqueeze(-1);                                     // [N, C, 1, 1]
        var target = Target(There(Normalize(maps)) * present);                                // [N, C + 1, h', w']
        var smallerTarget = Target(Normalize(smallerMaps) * present);

        Tensor[] classesAndBackground = [present, ones_like(present[.., ..1])];
        var counts = cat(classesAndBackground, 1);                                            // [N, C + 1, 1, 1]
        var found = There(StretchToRange(WithBackground(refined, 1 - refined.sum(1, keepdim: true)))) * counts;
        var smallerFound = StretchToRange(WithBackground(smallerRefined, 1 - smallerRefined.sum(1, keepdim: true))) * counts;
        return MeanOfHardest(smallerTarget - found) + MeanOfHardest(target - smallerFound);
    }

    private static Tensor Target(Tensor maps) =>
        WithBackground(PixelCorrelation.KeepStrongest(maps), 1 - maps.amax([1], keepdim: true)).detach();

    private static Tensor MeanOfHardest(Tensor differences)
    {
        var values = differences.abs().flatten(1);                                            // [N, (C + 1)·h·w]
        return values.topk(Math.Max(1, (int)(values.shape[1] * HardestShare))).values.mean();
    }

    private static Tensor WithBackground(Tensor maps, Tensor background)
    {
        Tensor[] all = [maps, background];
        return cat(all, 1);
    }

    private static Tensor StretchToRange(Tensor maps)
    {
        var least = maps.amin([2, 3], keepdim: true);
        return (maps - least) / (maps.amax([2, 3], keepdim: true) - least + Epsilon);
    }

    private static Tensor Normalize(Tensor maps) => PixelCorrelation.DivideByMaximum(maps.relu());

    private Tensor Refined(HeadOutput output) => output.Refined ?? throw new RecipeException(
        $"{Name}: expected a network with a pixel correlation module, as {nameof(EcrWeight)} is {EcrWeight}; found none. " +
        "Build it from a recipe with this technique, or set the weight to 0.");
}
