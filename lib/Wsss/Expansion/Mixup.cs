using MathNet.Numerics.Distributions;
using MathNet.Numerics.Random;
using Wsss.Data;
using Wsss.Registry;
using Wsss.Training;
using static TorchSharp.torch;

namespace Wsss.Expansion;

/// <summary>How two images become one.</summary>
public enum MixKind
{
    /// <summary>Each pixel is a weighted mean (Zhang et al., <i>mixup</i>, ICLR 2018), as in Mixup-CAM.</summary>
    Mixup,

    /// <summary>A rectangle of one is pasted over the other (Yun et al., <i>CutMix</i>, ICCV 2019).</summary>
    CutMix,
}

/// <summary>
/// Mixup-CAM (Chang et al., <i>Mixup-CAM: Weakly-supervised Semantic Segmentation via Uncertainty Regularization</i>, BMVC 2020):
/// the classifier learns from mixed images with mixed labels, so that it cannot be sure of the telling part alone; two
/// regularisers keep the maps decided and compact in spite of it. Training only; inference sees whole images.
/// </summary>
/// <remarks>
/// <para>
/// x = λ x_a + (1 − λ) x_b and y = λ y_a + (1 − λ) y_b, with b a random order of the batch's images and one λ ~ Beta(α, α) per
/// batch. Binary cross-entropy is linear in the labels: learning y is learning λ L(y_a) + (1 − λ) L(y_b), as the published code
/// of mixup has it. With CutMix, a rectangle of sides √(1 − λ) relative to the image's, its centre anywhere, cut at the borders,
/// is x_b's; λ is then the share of x_a that stays.
/// </para>
/// <para>
/// L_ent = −(1 / (h w log K)) Σ_{h,w} Σ_k P_k(h,w) log P_k(h,w), with P the softmax of the maps over the K classes: absent ones
/// too, and the background where the head has one.
/// L_con = (1 / (h w)) Σ_c y_c Σ_{h,w} M̂_c(h,w) |(h,w) − (h̄_c, w̄_c)|², with M_c = P_c for a head with a background and the map
/// after ReLU otherwise, M̂_c = M_c / Σ M_c, and (h̄_c, w̄_c) its centroid. Both are means over the images.
/// </para>
/// <para>
/// Matches the paper in the mixing and in both terms. Differs: each term has a range of its own, so that neither the number
/// of classes nor the size of the maps changes what a weight means. L_ent is divided by log K: the paper's .02 for VOC's 20
/// classes becomes .02 · ln 20 = .06. L_con is divided by the area of the grid: the paper's 2·10⁻⁴, read as for coordinates in
/// cells of a 56 × 56 grid (crop 448, stride 8), becomes 2·10⁻⁴ · 56² = .63. A class counts in L_con by its mixed label, and
/// faint maps count less. CutMix is not in the paper.
/// </para>
/// <para>
/// A mixed pixel has no one label: planes of labels come twice (<see cref="Batch.MixedIn"/>), for losses that are, as the
/// classification's, λ times that of the one and 1 − λ times that of the other; with CutMix each where its image is seen. Soft planes,
/// such as saliency, are mixed as the images are.
/// </para>
/// </remarks>
[Registered("mixed images and labels, and decided, compact maps (Mixup-CAM, BMVC 2020)", Order = 11)]
public sealed record Mixup : Technique, IBatchTransform, ILossTerm
{
    /// <summary>A tenth of the published weights on its regularisers, which reward a small network for pointing at one part.</summary>
    [Suggested(DataKind.DrawnScenes), Suggested(DataKind.Photographs)]
    public static Mixup ForShortTrainings { get; } = new() { EntropyWeight = 0.006, ConcentrationWeight = 0.063 };

    // Below this mean a map counts as fading out instead of being scaled up, which keeps gradients bounded.
    private const double FaintestMean = 0.01;
    private const double Tiny = 1e-12;

    /// <summary>What becomes of two images.</summary>
    public MixKind Kind { get; init; } = MixKind.Mixup;

    /// <summary>α of λ ~ Beta(α, α): small values leave most batches nearly pure, large ones mix half and half; 0 mixes nothing.</summary>
    public double Alpha { get; init; } = 0.2;

    /// <summary>Weight of L_ent against the classification loss; 0 leaves it out.</summary>
    public double EntropyWeight { get; init; } = 0.06;

    /// <summary>Weight of L_con against the classification loss; 0 leaves it out.</summary>
    public double ConcentrationWeight { get; init; } = 0.63;

    /// <inheritdoc/>
    public override void Validate()
    {
        if (!Enum.IsDefined(Kind))
            throw new RecipeException($"{Name}: expected one of {string.Join(", ", Enum.GetNames<MixKind>())}, found {Kind}.");
        if (!(Alpha >= 0 && double.IsFinite(Alpha)))
            throw new RecipeException($"{Name}: expected a finite {nameof(Alpha)} ≥ 0, found {Alpha}.");
        if (!(EntropyWeight >= 0))
            throw new RecipeException($"{Name}: expected an entropy weight ≥ 0, found {EntropyWeight}.");
        if (!(ConcentrationWeight >= 0))
            throw new RecipeException($"{Name}: expected a concentration weight ≥ 0, found {ConcentrationWeight}.");
    }

    /// <inheritdoc/>
    public Batch Transform(Batch batch, StepContext step)
    {
        if (Alpha == 0) return batch;
        double lambda = DrawLambda(step.Random);
        long[] order = [.. Enumerable.Range(0, batch.Ids.Count).Select(i => (long)i)];
        step.Random.Shuffle(order.AsSpan());

        using var scope = NewDisposeScope();
        var others = tensor(order).SentTo(batch.Images.device);                                         // [N]
        Tensor Others(Tensor of) => of.index_select(0, others).MoveToOuterDisposeScope();
        Tensor Blend(Tensor of) => of.index_select(0, others).lerp(of, lambda).MoveToOuterDisposeScope();
        if (Kind == MixKind.Mixup)
        {
            return batch with
            {
                Images = Blend(batch.Images),
                Labels = Blend(batch.Labels),
                Planes = Each(batch.Planes, Blend, own => own.alias().MoveToOuterDisposeScope()),
                MixedIn = Each(batch.Planes, null, Others),
                OwnShare = lambda,
            };
        }

        long height = batch.Images.shape[2], width = batch.Images.shape[3];
        var (top, boxHeight) = DrawSide((int)height, lambda, step.Random);
        var (left, boxWidth) = DrawSide((int)width, lambda, step.Random);
        lambda = 1 - (double)(boxHeight * boxWidth) / (height * width);
        Tensor Box(Tensor of) => of.narrow(-2, top, boxHeight).narrow(-1, left, boxWidth);
        Tensor Paste(Tensor of)
        {
            var mixed = of.clone();
            Box(mixed).copy_(Box(of).index_select(0, others));
            return mixed.MoveToOuterDisposeScope();
        }
        Tensor Outside(Tensor own)
        {
            Box(own).fill_(LabelMap.Ignore);
            return own.MoveToOuterDisposeScope();
        }
        Tensor Inside(Tensor of)
        {
            var pasted = full_like(of, LabelMap.Ignore);
            Box(pasted).copy_(Box(of).index_select(0, others));
            return pasted.MoveToOuterDisposeScope();
        }
        return batch with
        {
            Images = Paste(batch.Images),
            Labels = Blend(batch.Labels),
            Planes = Each(batch.Planes, Paste, own => Outside(own.clone())),
            MixedIn = Each(batch.Planes, null, Inside),
            OwnShare = lambda,
        };
    }

    /// <inheritdoc/>
    public IReadOnlyList<(string Name, Tensor Loss)> Losses(LossContext context)
    {
        var head = context.Output.Head;
        var labels = context.Batch.Labels;
        var probabilities = head.Probabilities();
        var maps = probabilities?.narrow(1, 0, labels.shape[1]) ?? head.Maps.relu();                    // [N, C, h, w]
        return
        [
            ("entropy", EntropyLoss(probabilities ?? head.Maps.softmax(1)) * EntropyWeight),
            ("concentration", ConcentrationLoss(maps, labels) * ConcentrationWeight),
        ];
    }

    /// <summary>L_ent: how undecided the places are between classes.</summary>
    /// <param name="probabilities">P, [N, K, h, w] ≥ 0 with sum 1 over K; floating point.</param>
    /// <returns>Scalar in 0…1: 0 if each place is sure of one class, 1 if all classes are alike everywhere. 0 for a single class.</returns>
    public static Tensor EntropyLoss(Tensor probabilities)
    {
        // Clamped, as 0 · log 0 would be no number.
        var entropy = -(probabilities * probabilities.clamp_min(Tiny).log()).sum(1);                    // [N, h, w]
        return entropy.mean() / Math.Log(Math.Max(2, probabilities.shape[1]));
    }

    /// <summary>
    /// L_con: the spatial variance of the present classes' maps. It does not depend on a map's scale, except that a map with a mean
    /// below .01 counts less the fainter it is, and an empty one not at all.
    /// </summary>
    /// <param name="maps">M, [N, C, h, w] ≥ 0; floating point.</param>
    /// <param name="labels">y, [N, C] in 0…1.</param>
    /// <returns>Scalar ≥ 0, in units of the grid's area: 0 for maps of one place, near ⅙ for one even map of a large square grid.</returns>
    public static Tensor ConcentrationLoss(Tensor maps, Tensor labels)
    {
        long area = maps.shape[2] * maps.shape[3];
        var rows = arange(maps.shape[2], maps.dtype, maps.device).unsqueeze(-1);                        // [h, 1]
        var columns = arange(maps.shape[3], maps.dtype, maps.device);                                   // [w]
        var mass = maps.sum([2, 3], keepdim: true);                                                     // [N, C, 1, 1]
        // The variance is least at the centroid, so the centroid's own gradient is 0: it is left out.
        Tensor Centre(Tensor places) => (maps * places).sum([2, 3], keepdim: true).div(mass.clamp_min(Tiny)).detach();
        var distances = (rows - Centre(rows)).square() + (columns - Centre(columns)).square();          // [N, C, h, w]
        var spread = (maps * distances).sum([2, 3]) / mass.clamp_min(FaintestMean * area).flatten(1);   // [N, C]
        return (labels * spread).sum(1).mean() / area;
    }

    /// <summary>λ ~ Beta(α, α).</summary>
    internal double DrawLambda(SeededRandom random)
    {
        double lambda = Beta.Sample(new Uniform(random), Alpha, Alpha);
        // Both gamma numbers behind a tiny α can be 0. λ is then 0 or 1, which are the same up to the images' order.
        return double.IsNaN(lambda) ? 1 : lambda;
    }

    /// <summary>Soft planes and planes of labels, each in its way; without a way for soft ones they are left out.</summary>
    private static Dictionary<string, Tensor> Each(
        IReadOnlyDictionary<string, Tensor> planes, Func<Tensor, Tensor>? soft, Func<Tensor, Tensor> labels) =>
        planes.Where(plane => soft is not null || !plane.Value.is_floating_point())
            .ToDictionary(plane => plane.Key, plane => plane.Value.is_floating_point() ? soft!(plane.Value) : labels(plane.Value));

    // One side of a rectangle of the area 1 − λ: where it begins and how long it is.
    private static (long Start, long Length) DrawSide(int side, double lambda, SeededRandom random)
    {
        int length = (int)(side * Math.Sqrt(1 - lambda)), start = random.Next(side) - length / 2;
        int first = Math.Max(0, start), end = Math.Min(side, start + length);
        return (first, end - first);
    }

    private sealed class Uniform(SeededRandom random) : RandomSource(threadSafe: false)
    {
        protected override double DoSample() => random.NextDouble();
    }
}
