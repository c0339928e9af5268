using Wsss.Data;
using Wsss.Models;
using Wsss.Registry;
using Wsss.Saliency;
using Wsss.Training;
using static TorchSharp.torch;

namespace Wsss.Sharpening;

/// <summary>
/// Saliency as the teacher of the maps' extent, EPS (Lee et al., <i>Railroad is not a Train: Saliency as Pseudo-pixel
/// Supervision for Weakly Supervised Semantic Segmentation</i>, CVPR 2021): a saliency map knows where objects end and what is
/// background, but no classes; the classifier's maps know classes. The head has one more map, for the background.
/// </summary>
/// <remarks>
/// <para>
/// P = softmax over the C maps and the background's. M_c = [P_c > ½] is foreground if c is present and |M_c ∩ S| / |M_c| > τ with
/// S = [s > ½], or M_c is empty; a present class that overlaps the saliency less belongs to the scenery, such as rails, and joins the
/// background: F = Σ_{foreground} P_c and B = P_background + Σ_{other present} P_c. The loss is
/// mean (λ F + (1 − λ)(1 − B) − s)² over the places. No gradient flows through the choice.
/// </para>
/// <para>
/// Matches the published code in τ, λ, the overlap per class, in leaving absent classes out of F and B, and in reading the maps
/// off P at inference. Differs: a class with an empty M_c is foreground, where the code makes it background: while no map has
/// reached ½ yet, objects would be taught to look like any class that is absent. And s is averaged around each place of the maps'
/// grid, where the code takes its nearest pixel. Classification does not see the background's map, as in the code.
/// </para>
/// <para>
/// Saliency comes with the batch (<see cref="SaliencyFolderSource.Plane"/>), from <see cref="Saliency"/>; inference does without.
/// </para>
/// </remarks>
[Registered("saliency teaches where objects end (EPS, CVPR 2021)", Order = 5)]
public sealed record SaliencyFusion : Technique, ITrainingView, IHeadDesign, ILossTerm
{
    /// <summary>The published ones; drawn scenes need no others.</summary>
    [Suggested(DataKind.DrawnScenes)]
    public static SaliencyFusion ForDrawnScenes { get; } = new();

    /// <summary>A larger weight: of few steps, each must say more.</summary>
    [Suggested(DataKind.Photographs)]
    public static SaliencyFusion ForPhotographs { get; } = new() { Weight = 4 };

    /// <summary>
    /// Where the training images' saliency comes from, as <see cref="SaliencySource.Open"/> takes it: <c>shipped</c> (for drawn
    /// scenes), a TorchScript file, or a folder.
    /// </summary>
    [CountedByContent]
    public string Saliency { get; init; } = SaliencySource.Shipped;

    /// <summary>τ: the overlap with the saliency, 0…1, above which a present class is foreground.</summary>
    public double Tau { get; init; } = 0.4;

    /// <summary>λ: how much the foreground counts against the background, 0…1.</summary>
    public double Lambda { get; init; } = 0.5;

    /// <summary>Weight against the classification loss.</summary>
    public double Weight { get; init; } = 1;

    /// <inheritdoc/>
    public override void Validate()
    {
        if (!(Tau is >= 0 and <= 1)) throw new RecipeException($"{Name}: expected a threshold {nameof(Tau)} in 0…1, found {Tau}.");
        if (!(Lambda is >= 0 and <= 1)) throw new RecipeException($"{Name}: expected a balance {nameof(Lambda)} in 0…1, found {Lambda}.");
        if (!(Weight >= 0)) throw new RecipeException($"{Name}: expected a weight ≥ 0, found {Weight}.");
    }

    /// <inheritdoc/>
    /// <exception cref="WsssException">There is no such saliency.</exception>
    public ISampleSource View(ISampleSource train, RunContext run) => SaliencySource.Attach(train, Saliency, run);

    /// <inheritdoc/>
    public ClassifierHead BuildHead(HeadSpec spec, Func<HeadSpec, ClassifierHead> inner) =>
        BackgroundHead.Around(spec.Channels, inner(spec));

    /// <inheritdoc/>
    /// <exception cref="RecipeException">The batch has no saliency, or the network no map of the background.</exception>
    public IReadOnlyList<(string Name, Tensor Loss)> Losses(LossContext context)
    {
        if (!context.Batch.Planes.TryGetValue(SaliencyFolderSource.Plane, out var saliency))
        {
            throw new RecipeException(
                $"{Name}: expected a saliency map for each training image, found none. " +
                $"Train on what {nameof(SaliencySource)}.{nameof(SaliencySource.Attach)}(train, from, run) gives, " +
                $"as {nameof(ClassifierTrainer)} does.");
        }
        var probabilities = context.Output.Head.Probabilities() ?? throw new RecipeException(
            $"{Name}: expected a head with a map of the background, found none. Build the network from a recipe with this technique.");
        var cells = context.Network.Backbone.Cells(saliency.shape[1], saliency.shape[2]);
        return [("saliency", FusionLoss(probabilities, cells, saliency, context.Batch.Labels, Tau, Lambda) * Weight)];
    }

    /// <summary>The loss of given probabilities.</summary>
    /// <param name="probabilities">P, [N, C + 1, h, w] in 0…1, the background last.</param>
    /// <param name="cells">Where their cells lie in the images, which the saliency has the size of.</param>
    /// <param name="saliency">s, [N, H, W] in 0…1.</param>
    /// <param name="labels">[N, C], above 0 where the class is present.</param>
    /// <param name="tau">τ, 0…1.</param>
    /// <param name="lambda">λ, 0…1.</param>
    /// <returns>Scalar in 0…1.</returns>
    public static Tensor FusionLoss(Tensor probabilities, CellGeometry cells, Tensor saliency, Tensor labels, double tau, double lambda)
    {
        var s = CellSampling.Average(saliency.unsqueeze(1), cells, probabilities.shape[2], probabilities.shape[3]);   // [N, 1, h, w]
        var classes = probabilities.narrow(1, 0, labels.shape[1]);                                                // [N, C, h, w]
        var present = labels.gt(0).unsqueeze(-1).unsqueeze(-1);                                                   // [N, C, 1, 1]
        var salient = Overlaps(classes, s, tau).unsqueeze(-1).unsqueeze(-1);

        var zero = zeros_like(classes);
        var foreground = where(present & salient, classes, zero).sum(1, keepdim: true);                           // [N, 1, h, w]
        var background = probabilities.narrow(1, labels.shape[1], 1) + where(present & ~salient, classes, zero).sum(1, keepdim: true);
        return (lambda * foreground + (1 - lambda) * (1 - background) - s).square().mean();
    }

    // |M_c ∩ S| > τ |M_c|, or M_c is empty; [N, C].
    private static Tensor Overlaps(Tensor classes, Tensor saliency, double tau)
    {
        var mask = classes.gt(0.5);
        var (both, all) = ((mask & saliency.gt(0.5)).sum([2, 3]), mask.sum([2, 3]));
        return both.to(float32).gt(all.to(float32) * tau) | all.eq(0);
    }
}
