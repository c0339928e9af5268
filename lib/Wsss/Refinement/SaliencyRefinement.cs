using TorchSharp;
using Wsss.Data;
using Wsss.Registry;
using Wsss.Saliency;
using Wsss.Storage;

namespace Wsss.Refinement;

/// <summary>How saliency and a map are joined: the functions of <see cref="PostHocFusion"/>.</summary>
public enum FusionRule
{
    /// <summary><see cref="PostHocFusion.Average"/>.</summary>
    Average,

    /// <summary><see cref="PostHocFusion.Product"/>.</summary>
    Product,

    /// <summary><see cref="PostHocFusion.Max"/>.</summary>
    Max,

    /// <summary><see cref="PostHocFusion.AgainstBackground"/>.</summary>
    Background,
}

/// <summary>From localization maps to refined ones by <see cref="PostHocFusion"/> with the saliency of each image.</summary>
[Registered("joined with the maps, without training: average, product, max, or a background of 1 - saliency", Name = "saliency", Order = 4)]
public sealed record SaliencyRefinement : MapRefinement
{
    /// <summary>
    /// Where saliency comes from, as <see cref="SaliencySource.Open"/> takes it: <c>shipped</c> (for drawn scenes), a TorchScript file, or
    /// a folder.
    /// </summary>
    public string Saliency { get; init; } = SaliencySource.Shipped;

    /// <summary>How the two are joined.</summary>
    public FusionRule Rule { get; init; } = FusionRule.Average;

    internal override IEnumerable<string> FoldersOfImages =>
        Saliency == SaliencySource.Shipped || File.Exists(Saliency) ? [] : [Saliency];

    /// <inheritdoc/>
    public override void Validate()
    {
        if (!Enum.IsDefined(Rule))
            throw new RecipeException($"Expected a fusion rule ({string.Join(", ", Enum.GetNames<FusionRule>())}), found {Rule}.");
    }

    /// <inheritdoc/>
    public override string Key() => ArtifactStore.Key("saliency refinement/1", Rule.ToString(), SaliencySource.KeyOf(Saliency));

    /// <inheritdoc/>
    /// <exception cref="WsssException">There is no such saliency.</exception>
    public override MapRefiner Open(RefinementContext context) => Open(context.Run.Device);

    /// <summary>Gets ready to refine.</summary>
    /// <param name="device">Where a saliency network runs.</param>
    /// <exception cref="WsssException">There is no such saliency, or the rule is none.</exception>
    public MapRefiner Open(torch.Device device)
    {
        Validate();
        Func<LocalizationMaps, LabelMap, LocalizationMaps> fuse = Rule switch
        {
            FusionRule.Product => PostHocFusion.Product,
            FusionRule.Max => PostHocFusion.Max,
            FusionRule.Background => PostHocFusion.AgainstBackground,
            _ => PostHocFusion.Average,
        };
        return new Refiner(SaliencySource.Open(Saliency, device), fuse);
    }

    private sealed class Refiner(SaliencySource saliency, Func<LocalizationMaps, LabelMap, LocalizationMaps> fuse) : MapRefiner
    {
        protected override LocalizationMaps RefineSome(RgbImage image, LocalizationMaps maps) => fuse(maps, saliency.Of(maps.Id, image));

        public override void Dispose()
        {
            saliency.Dispose();
            base.Dispose();
        }
    }
}
