using Wsss.Data;
using Wsss.Models;
using Wsss.Regions;
using Wsss.Registry;
using Wsss.Training;
using static TorchSharp.torch;

namespace Wsss.Sharpening;

/// <summary>
/// Regions as the teacher of features, the segment contrasting of S2C (Kweon &amp; Yoon, <i>From SAM to CAMs: Exploring Segment Anything
/// Model for Weakly Supervised Semantic Segmentation</i>, CVPR 2024): a pixel's feature is like those of its own region and unlike those
/// of the image's other regions, so that maps, which are read off the features, keep to regions.
/// </summary>
/// <remarks>
/// <para>
/// f_i is the feature at pixel i, of length 1 after bilinear upsampling; p_r is the mean of the f_i of region r, detached, again of
/// length 1. The loss is the mean over all pixels with a region of −log softmax_r(f_i · p_r / τ) at the pixel's own region, among the
/// regions of its image.
/// </para>
/// <para>
/// Matches the published code in upsampling, both normalisations, the detached prototypes and τ = 1 (its T). Differs: features are the
/// backbone's, which class maps are read off, where the code has a 1×1 convolution to 256 channels before its classifier; every fourth
/// pixel stands for its neighbours, as all of them take sixteen times the memory; and only regions that the crop shows compete, where the
/// code's softmax has a prototype of 0 for those that it does not, and one of the pixels without a region. Regions are superpixels unless
/// others are given; S2C takes SAM's masks. S2C's second part, masks prompted by the maps' peaks, needs SAM in training.
/// </para>
/// <para>
/// Regions come with the batch; inference does without. Where images are mixed by shares λ and 1 − λ, the loss is λ times that of the one
/// image's regions and 1 − λ times that of the other's, as the classification loss is.
/// </para>
/// </remarks>
[Registered("features are alike within regions and told apart between them (S2C, CVPR 2024)", Order = 13)]
public sealed record RegionContrast : Technique, ITrainingView, ILossTerm
{
    // Pixels from one that is looked at to the next.
    private const int Step = 4;

    private const double Smallest = 1e-12;

    /// <summary>Where the training images' regions come from; of several sizes the smaller ones lie on top.</summary>
    public RegionSource Regions { get; init; } = new Slic { Counts = [50] };

    /// <summary>τ, above 0: the lower, the more the nearest of the other regions count.</summary>
    public double Temperature { get; init; } = 1;

    /// <summary>Weight against the classification loss.</summary>
    public double Weight { get; init; } = 1;

    /// <inheritdoc/>
    public override void Validate()
    {
        if (!(Temperature > 0 && double.IsFinite(Temperature)))
            throw new RecipeException($"{Name}: expected a temperature above 0, found {Temperature}.");
        if (!(Weight >= 0)) throw new RecipeException($"{Name}: expected a weight ≥ 0, found {Weight}.");
        Regions.Validate();
    }

    /// <inheritdoc/>
    /// <exception cref="WsssException">Regions are missing.</exception>
    public ISampleSource View(ISampleSource train, RunContext run) => RegionPlaneSource.Attach(train, Regions, run);

    /// <inheritdoc/>
    /// <exception cref="RecipeException">The batch has no regions.</exception>
    public IReadOnlyList<(string Name, Tensor Loss)> Losses(LossContext context)
    {
        if (!context.Batch.Planes.TryGetValue(RegionPlaneSource.Plane, out var regions))
        {
            throw new RecipeException(
                $"{Name}: expected the regions of each training image, found none. Train by {nameof(ClassifierTrainer)}, which finds "
                    + "them.");
        }
        var cells = context.Network.Backbone.Cells(regions.shape[1], regions.shape[2]);
        Tensor loss = Of(regions);
        if (context.Batch.MixedIn.TryGetValue(RegionPlaneSource.Plane, out var mixedIn))
            loss = loss * context.Batch.OwnShare + Of(mixedIn) * (1 - context.Batch.OwnShare);
        return [("contrast", loss * Weight)];

        Tensor Of(Tensor plane) => ContrastLoss(context.Output.Features, cells, plane, Temperature, Step);
    }

    /// <summary>The loss of given features.</summary>
    /// <param name="features">[N, K, h, w] floating point.</param>
    /// <param name="cells">Where their cells lie in the images, which the regions have the size of.</param>
    /// <param name="regions">[N, H, W] int64: the number of each pixel's region from 0 on, 255 for none.</param>
    /// <param name="temperature">τ, above 0.</param>
    /// <param name="step">Every so many pixels are looked at, from the first on, along both axes.</param>
    /// <returns>Scalar ≥ 0; 0 where no image has two regions.</returns>
    public static Tensor ContrastLoss(Tensor features, CellGeometry cells, Tensor regions, double temperature, int step = 1)
    {
        var every = TensorIndex.Slice(step: step);
        Tensor r = regions[.., every, every];                                                 // [N, h', w']
        Tensor f = CellSampling.At(features, cells, CellGeometry.Strided(step), r.shape[1], r.shape[2]).flatten(2);
        f = f / f.square().sum(1, keepdim: true).clamp_min(Smallest * Smallest).sqrt();       // [N, K, P]
        r = r.flatten(1);                                                                     // [N, P]
        Tensor known = r.ne(LabelMap.Ignore), own = where(known, r, zeros_like(r));
        long count = own.max().item<long>() + 1;                                              // R
        Tensor members = (arange(count, device: r.device).reshape(1, -1, 1).eq(own.unsqueeze(1)) & known.unsqueeze(1)).to(f.dtype);
        Tensor prototypes = members.matmul(f.detach().transpose(1, 2));                       // [N, R, K], sums of as many as there are
        prototypes = prototypes / prototypes.square().sum(2, keepdim: true).clamp_min(Smallest * Smallest).sqrt();
        Tensor scores = prototypes.matmul(f) / temperature;                                   // [N, R, P]
        scores = scores.masked_fill(members.sum(2, keepdim: true).eq(0), double.NegativeInfinity);
        // An image without any region has nothing but −∞, whose logarithm is no number: it counts for nothing.
        Tensor any = known.any(1, true);                                                      // [N, 1]
        scores = where(any.unsqueeze(-1), scores, zeros_like(scores));
        Tensor losses = scores.logsumexp(1) - scores.gather(1, own.unsqueeze(1)).squeeze(1);  // [N, P]
        return where(known, losses, zeros_like(losses)).sum() / known.sum().clamp_min(1).to(losses.dtype);
    }
}
