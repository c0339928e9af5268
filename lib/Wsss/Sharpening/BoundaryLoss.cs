using Wsss.Crf;
using Wsss.Models;
using Wsss.Registry;
using Wsss.Training;
using static TorchSharp.torch;

namespace Wsss.Sharpening;

/// <summary>
/// Seed, expand and constrain, SEC (Kolesnikov &amp; Lampert, <i>Seed, Expand and Constrain</i>, ECCV 2016): maps must say what is
/// sure at a few places, must be about as large as objects are, and must end where the image has a border. The head has one more
/// map, for the background.
/// </summary>
/// <remarks>
/// <para>
/// p = softmax over the C maps and the background's, and the loss is the sum of three terms, each a mean over the images:
/// </para>
/// <para>
/// <i>Seed</i> (equation 2): the mean of −log p_c over the places with a cue for c, objects' cues and the background's averaged apart
/// (<see cref="SeedLoss"/>, <see cref="Cues"/>). <i>Expand</i> (equations 3 and 4): the mean of −log G_c over present classes, of
/// −log(1 − max p_c) over absent ones, and −log G_background, where G is a mean of the places in which high values count more
/// (<see cref="ExpandLoss"/>). <i>Constrain</i> (equation 5): the mean of KL(Q ‖ p) over the places, with Q what a fully connected CRF
/// makes of p at 41×41 (<see cref="ConstrainLoss"/>, <see cref="BoundaryTarget"/>).
/// </para>
/// <para>
/// Matches the published code in the decays of G, the classes that count, the CRF's model, its kernels, grid and labels (all C + 1,
/// absent ones too), in solving it with the permutohedral lattice (on a CPU), and in a floor of 1e-4 under p. Differs: one network
/// is classifier and segmenter, so that cues come from its own maps as they are now, not from two finished networks; background cues
/// are places where no present class's map is high, not those of low saliency; where two classes want a place, the higher map has
/// it, not the smaller region; objects' cues and the background's are balanced, as later code does (DSRG, CVPR 2018); Q is a
/// constant, where the code lets a part of its gradient through; decays are kept in relation to the grid's size; the weights may
/// ramp up, as the first maps are noise.
/// </para>
/// </remarks>
[Registered("seed, expand and constrain maps to borders (SEC, ECCV 2016)", Order = 4)]
public sealed record BoundaryLoss : Technique, IHeadDesign, ILossTerm
{
    /// <summary>
    /// Only the surest cues, as the cues are the network's own maps and most of what lies above .2 of their maximum is background; little
    /// weight on them, and more on the size of the objects and on the border.
    /// </summary>
    [Suggested(DataKind.DrawnScenes)]
    public static BoundaryLoss ForShortTrainings { get; } = new()
    {
        ForegroundCue = 0.7,
        BackgroundCue = 0.3,
        SeedWeight = 0.3,
        ExpandWeight = 1.5,
        ConstrainWeight = 3,
        Ramp = 0.5,
        Crf = PublishedCrf with { Bilateral = PublishedCrf.Bilateral! with { Weight = 20 } },
    };

    /// <summary>
    /// The same cues with a tenth and less of the weight: photographs' cues are wrong more often, and of some hundred steps most are needed
    /// for the classes.
    /// </summary>
    [Suggested(DataKind.Photographs)]
    public static BoundaryLoss ForPhotographs { get; } = ForShortTrainings with
    {
        SeedWeight = 0.03,
        ExpandWeight = 0.1,
        ConstrainWeight = 0.3,
    };

    private const double Floor = 1e-4;
    private const double PublishedPlaces = 41 * 41;

    private static CrfOptions PublishedCrf => new()
    {
        Gaussian = new() { Sigma = 3 / 12.0, Weight = 3 },
        Bilateral = new() { SigmaXy = 80 / 12.0, SigmaRgb = 13, Weight = 10 },
    };

    /// <summary>Weight of the seed term against the classification loss.</summary>
    public double SeedWeight { get; init; } = 1;

    /// <summary>Weight of the expand term.</summary>
    public double ExpandWeight { get; init; } = 1;

    /// <summary>Weight of the constrain term; 0 also saves its time, which is nearly all of the technique's.</summary>
    public double ConstrainWeight { get; init; } = 1;

    /// <summary>
    /// Share of the training over which the weights rise linearly from 0; 0 for the full weight at once, as in the paper.
    /// </summary>
    public double Ramp { get; init; }

    /// <summary>
    /// A place is a cue for a present class where its map is at least this share of its maximum, above 0 and at most 1. The default is
    /// the paper's. How right it is depends on the maps: with a plain classifier of Menagerie's quick scale 44 % of such places lie on
    /// the class (validation split), at .7 76 %; and as cues follow the maps that they teach, wide ones widen the maps further.
    /// </summary>
    public double ForegroundCue { get; init; } = 0.2;

    /// <summary>
    /// A place is a cue for the background where the maps of all present classes are below this share of their maximum, 0…1, at
    /// most <see cref="ForegroundCue"/>; 0 for no such cues.
    /// </summary>
    public double BackgroundCue { get; init; } = 0.05;

    /// <summary>q of G for present classes, per place of a 41×41 grid, 0…1: 0 takes the maximum, 1 the mean.</summary>
    public double ForegroundDecay { get; init; } = 0.996;

    /// <summary>q of G for the background.</summary>
    public double BackgroundDecay { get; init; } = 0.999;

    /// <summary>Side of the grid on which the CRF works, in pixels, at least 2; time grows with its square.</summary>
    public int Grid { get; init; } = 41;

    /// <summary>
    /// The CRF, with widths over positions in pixels of a 41×41 grid, which are scaled with <see cref="Grid"/>. No label compatibility.
    /// </summary>
    public CrfOptions Crf { get; init; } = PublishedCrf;

    /// <inheritdoc/>
    public override void Validate()
    {
        Require(SeedWeight >= 0, "a seed weight ≥ 0", SeedWeight);
        Require(ExpandWeight >= 0, "an expand weight ≥ 0", ExpandWeight);
        Require(ConstrainWeight >= 0, "a constrain weight ≥ 0", ConstrainWeight);
        Require(Ramp is >= 0 and <= 1, "a ramp in 0…1", Ramp);
        Require(ForegroundCue is > 0 and <= 1, $"{nameof(ForegroundCue)} above 0 and at most 1", ForegroundCue);
        Require(
            BackgroundCue >= 0 && BackgroundCue <= ForegroundCue,
            $"{nameof(BackgroundCue)} in 0…{nameof(ForegroundCue)}",
            BackgroundCue
        );
        Require(ForegroundDecay is >= 0 and <= 1, $"{nameof(ForegroundDecay)} in 0…1", ForegroundDecay);
        Require(BackgroundDecay is >= 0 and <= 1, $"{nameof(BackgroundDecay)} in 0…1", BackgroundDecay);
        Require(Grid >= 2, "a grid of at least 2 pixels", Grid);
        Crf.Validate();
        if (Crf.Compatibility is not null)
            throw new RecipeException(
                $"{Name}: expected a CRF without a label compatibility, found one. Leave it out for Potts, as in the paper."
            );
    }

    /// <inheritdoc/>
    public ClassifierHead BuildHead(HeadSpec spec, Func<HeadSpec, ClassifierHead> inner) =>
        BackgroundHead.Around(spec.Channels, inner(spec));

    /// <inheritdoc/>
    /// <exception cref="RecipeException">The network has no map of the background.</exception>
    public IReadOnlyList<(string Name, Tensor Loss)> Losses(LossContext context)
    {
        var (batch, head) = (context.Batch, context.Output.Head);
        var softmax = head.Probabilities() ?? throw new RecipeException(
            $"{Name}: expected a head with a map of the background, found none. Build the network from a recipe with this technique.");
        var p = (softmax + Floor) / (1 + Floor * softmax.shape[1]);                           // [N, C + 1, h, w]

        double ramp = context.Step.Ramp(Ramp);
        return
        [
            ("seed", SeedLoss(p, Cues(head.Maps, batch.Labels, ForegroundCue, BackgroundCue)) * (SeedWeight * ramp)),
            ("expand", ExpandLoss(p, batch.Labels, ForegroundDecay, BackgroundDecay) * (ExpandWeight * ramp)),
            .. ConstrainWeight == 0 ? [] : new[] { ("constrain", Constrain(context, p) * (ConstrainWeight * ramp)) },
        ];
    }

    /// <summary>
    /// Where the maps say surely what is there, as constants. M_c is the map after ReLU, divided by its maximum. An image has no
    /// background cues while the map of a class that is present is nowhere positive, as that class lies somewhere yet.
    /// </summary>
    /// <param name="maps">[N, C, h, w] class maps, before ReLU.</param>
    /// <param name="labels">[N, C], above 0 where the class is present.</param>
    /// <param name="foreground">A place is class c's where c is present, M_c is the highest and at least this; above 0.</param>
    /// <param name="background">A place is the background's where all present M_c are below this.</param>
    /// <returns>[N, C + 1, h, w] bool, the background last; at most one cue at a place.</returns>
    public static Tensor Cues(Tensor maps, Tensor labels, double foreground, double background)
    {
        using var noGradients = no_grad();
        var absent = labels.le(0).unsqueeze(-1).unsqueeze(-1);                                // [N, C, 1, 1]
        var values = maps.relu().masked_fill(absent, 0);
        var maxima = values.amax([2, 3], keepdim: true);                                      // [N, C, 1, 1]
        var (highest, which) = (values / maxima.clamp_min(1e-12)).max(1, keepdim: true);      // [N, 1, h, w]
        var classes = arange(maps.shape[1], device: maps.device).view(1, -1, 1, 1);
        var found = (maxima.gt(0) | absent).all(1, keepdim: true);                            // [N, 1, 1, 1]
        Tensor[] cues = [which.eq(classes) & highest.ge(foreground), highest.lt(background) & found];
        return cat(cues, 1);
    }

    /// <summary>The seed term: −log p of the cues' classes; an image without cues of a kind adds 0 for it.</summary>
    /// <param name="probabilities">p, [N, C + 1, h, w] in 0…1, the background last; above 0 where there is a cue.</param>
    /// <param name="cues">[N, C + 1, h, w] bool.</param>
    /// <returns>Scalar, at least 0.</returns>
    public static Tensor SeedLoss(Tensor probabilities, Tensor cues)
    {
        long classes = cues.shape[1] - 1;
        var losses = -where(cues, probabilities, ones_like(probabilities)).log();             // [N, C + 1, h, w], 0 without a cue
        return MeanOverCues(0, classes) + MeanOverCues(classes, 1);

        Tensor MeanOverCues(long first, long count) =>
            (losses.narrow(1, first, count).sum([1, 2, 3]) / cues.narrow(1, first, count).sum([1, 2, 3]).clamp_min(1)).mean();
    }

    /// <summary>The expand term: how much of the image each class and the background should cover, at least or not at all.</summary>
    /// <param name="probabilities">p, [N, C + 1, h, w] in 0…1 exclusive, the background last.</param>
    /// <param name="labels">[N, C], above 0 where the class is present.</param>
    /// <param name="foregroundDecay">q of G for present classes.</param>
    /// <param name="backgroundDecay">q of G for the background.</param>
    /// <returns>Scalar, at least 0.</returns>
    public static Tensor ExpandLoss(Tensor probabilities, Tensor labels, double foregroundDecay, double backgroundDecay)
    {
        var classes = probabilities.narrow(1, 0, labels.shape[1]);                            // [N, C, h, w]
        var present = labels.gt(0);                                                           // [N, C]
        var right = where(present, GlobalWeightedRankPooling(classes, foregroundDecay), 1 - classes.amax([2, 3]));
        var background = GlobalWeightedRankPooling(probabilities.narrow(1, labels.shape[1], 1), backgroundDecay);
        return -(MeanOver(present) + MeanOver(~present) + background.log().squeeze(1)).mean();

        Tensor MeanOver(Tensor some) => where(some, right.log(), zeros_like(right)).sum(1) / some.sum(1).clamp_min(1);
    }

    /// <summary>
    /// G: the mean of a map's places, sorted from the highest, with weights dʲ for j = 0, 1, … (section 3.3). d = q^(41·41/n) for n
    /// places, so that the share of the image that counts is that of the paper's grid, whatever the grid.
    /// </summary>
    /// <param name="maps">[N, C, h, w].</param>
    /// <param name="decay">q, 0…1: 0 takes the maximum, 1 the mean.</param>
    /// <returns>[N, C].</returns>
    public static Tensor GlobalWeightedRankPooling(Tensor maps, double decay)
    {
        var (ranked, _) = maps.flatten(2).sort(2, descending: true);                          // [N, C, n]
        int places = (int)ranked.shape[2];
        double d = Math.Pow(decay, PublishedPlaces / places);
        double[] weights = [.. Enumerable.Range(0, places).Select(j => Math.Pow(d, j))];
        return (ranked * (tensor(weights) / weights.Sum()).to(ranked.dtype).SentTo(ranked.device)).sum(2);
    }

    /// <summary>The constrain term: mean of KL(Q ‖ p) over the places of Q's grid. Q is a constant.</summary>
    /// <param name="probabilities">p, [N, C + 1, g, g] above 0, sums to 1; from <see cref="BoundaryTarget.Places"/>.</param>
    /// <param name="target">Q, [N, C + 1, g, g] in 0…1, sums to 1; from <see cref="BoundaryTarget.Of"/>.</param>
    /// <returns>Scalar, at least 0.</returns>
    public static Tensor ConstrainLoss(Tensor probabilities, Tensor target)
    {
        var q = target.detach();
        return (xlogy(q, q) - q * probabilities.log()).sum(1).mean();
    }

    private Tensor Constrain(LossContext context, Tensor probabilities)
    {
        Tensor images = context.Batch.Images;
        var cells = context.Network.Backbone.Cells(images.shape[2], images.shape[3]);
        Tensor p = BoundaryTarget.Places(probabilities, cells, images, Grid);                 // [N, C + 1, g, g]
        return ConstrainLoss(p, BoundaryTarget.Of(p, images, Crf));
    }

    private void Require(bool holds, string what, double found)
    {
        if (!holds) throw new RecipeException($"{Name}: expected {what}, found {found}.");
    }
}
