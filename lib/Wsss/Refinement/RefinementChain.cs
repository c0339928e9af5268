using System.Text.Json.Serialization;
using Wsss.Data;
using Wsss.Localization;

namespace Wsss.Refinement;

/// <summary>Refinements one after the other, such as saliency and then a dense CRF.</summary>
public sealed record RefinementChain : MapRefinement
{
    /// <summary>The refinements in their order; at least one.</summary>
    public IReadOnlyList<MapRefinement> Steps { get; init; } = [];

    /// <inheritdoc/>
    [JsonIgnore]
    public override string Name => string.Join(" + ", Steps.Select(step => step.Name));

    /// <inheritdoc/>
    public override void Validate()
    {
        if (Steps.Count == 0) throw new RecipeException("Expected at least one refinement in a chain, found none.");
        foreach (var step in Steps) step.Validate();
    }

    /// <inheritdoc/>
    public override string Key() => ArtifactStore.Key(["chain/1", .. Steps.Select(step => step.Key())]);

    /// <inheritdoc/>
    public override MapRefiner Open(RefinementContext context)
    {
        Validate();
        var opened = new List<MapRefiner>();
        try
        {
            foreach (var step in Steps) opened.Add(step.Open(context));
            return new Refiner(opened);
        }
        catch
        {
            foreach (var refiner in opened) refiner.Dispose();
            throw;
        }
    }

    private sealed class Refiner(IReadOnlyList<MapRefiner> steps) : MapRefiner
    {
        public override void Dispose()
        {
            foreach (var step in steps) step.Dispose();
            base.Dispose();
        }

        protected override LocalizationMaps RefineSome(RgbImage image, LocalizationMaps maps) =>
            steps.Aggregate(maps, (refined, step) => step.Refine(image, refined));
    }
}
