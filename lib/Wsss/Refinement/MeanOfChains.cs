using System.Text.Json.Serialization;
using Wsss.Data;
using Wsss.Localization;
using Wsss.Registry;
using Wsss.Storage;

namespace Wsss.Refinement;

/// <summary>
/// The mean of what several chains of refinements make of the same maps, side by side, where a list of refinements does one after the
/// other: ways that err in different places correct each other.
/// </summary>
/// <remarks>
/// M = (1/n) Σ M_i, where M_i is what chain i makes of the maps, in 0…1 as it comes out of it: what a chain holds for weak stays weak.
/// </remarks>
[Registered("the mean of what several chains make of the same maps, side by side", Name = "mean", Order = 8)]
public sealed record MeanOfChains : MapRefinement
{
    /// <summary>As the default, with the walk that drawn scenes ask for.</summary>
    [Suggested(DataKind.DrawnScenes)]
    public static MeanOfChains ForDrawnScenes { get; } = new() { Chains = [[AffinityWalk.ForDrawnScenes], [new AttentionAffinity()]] };

    /// <summary>
    /// The chains, at least one; each is a list of refinements, one after the other, and an empty one is the maps as they are.
    /// </summary>
    public IReadOnlyList<IReadOnlyList<MapRefinement>> Chains { get; init; } = [[new AffinityWalk()], [new AttentionAffinity()]];

    /// <inheritdoc/>
    [JsonIgnore]
    public override bool Learns => Parts.Any(part => part.Learns);

    internal override bool ReadsNetwork => Parts.Any(part => part.ReadsNetwork);

    internal override IEnumerable<string> FoldersOfImages => Parts.SelectMany(part => part.FoldersOfImages);

    internal override IEnumerable<MapRefinement> Parts => Chains.SelectMany(chain => chain).SelectMany(step => step.Parts);

    internal override MapRefinement WithParts(Func<MapRefinement, MapRefinement> change) =>
        this with { Chains = [.. Chains.Select(chain => chain.Select(step => step.WithParts(change)).ToArray())] };

    /// <inheritdoc/>
    public override void Validate()
    {
        if (Chains.Count == 0) throw new RecipeException("Mean: expected at least one chain of refinements, found none.");
        foreach (var step in Chains.SelectMany(chain => chain)) step.Validate();
    }

    /// <inheritdoc/>
    public override string Key() =>
        ArtifactStore.Key(["mean/1", .. Chains.Select(chain => ArtifactStore.Key([.. chain.Select(step => step.Key())]))]);

    /// <inheritdoc/>
    public override MapRefiner Open(RefinementContext context)
    {
        Validate();
        return new Refiner(this, context);
    }

    private sealed class Refiner : MapRefiner
    {
        private readonly List<List<MapRefiner>> _chains = [];
        private readonly List<MapSource> _between = [];

        public Refiner(MeanOfChains mean, RefinementContext context)
        {
            try
            {
                foreach (var chain in mean.Chains) OpenChain(chain, context);
            }
            catch
            {
                Dispose();
                throw;
            }
        }

        public override void Dispose()
        {
            foreach (var refiner in _chains.SelectMany(chain => chain)) refiner.Dispose();
            foreach (var maps in _between) maps.Dispose();
            base.Dispose();
        }

        protected override LocalizationMaps RefineSome(RgbImage image, LocalizationMaps maps)
        {
            var mean = new float[maps.Values.Length];
            foreach (var chain in _chains)
            {
                float[] values = chain.Aggregate(maps, (before, refiner) => refiner.Refine(image, before)).Values;
                for (int i = 0; i < mean.Length; i++) mean[i] += values[i] / _chains.Count;
            }
            return new LocalizationMaps(maps.Id, maps.Width, maps.Height, maps.Classes, mean);
        }

        // What learns learns from the maps that it will refine.
        private void OpenChain(IReadOnlyList<MapRefinement> chain, RefinementContext context)
        {
            List<MapRefiner> opened = [];
            _chains.Add(opened);
            foreach (var (i, step) in chain.Index())
            {
                opened.Add(step.Open(context));
                if (context.Before is not { } before || i == chain.Count - 1) continue;
                var after = before.Refine([step], context.Train, context.Run);
                _between.Add(after);
                context = context with { Before = after };
            }
        }
    }
}
