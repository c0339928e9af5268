using System.Text.Json.Nodes;
using Wsss.Data;
using Wsss.Localization;
using Wsss.Storage;
using Wsss.Training;

namespace Wsss.Refinement;

/// <summary>Maps after refinements, which are kept in the store as those before them.</summary>
public static class RefinedMaps
{
    /// <summary>The maps of a source of maps after refinements, one after the other.</summary>
    /// <param name="maps">The maps before; stays the caller's, and must live as long as the result.</param>
    /// <param name="refinements">In their order; none gives <paramref name="maps"/> itself.</param>
    /// <param name="train">Images and labels of the training split, from whose maps some refinements learn.</param>
    /// <param name="run">Device, store, progress, cancellation.</param>
    /// <exception cref="RecipeException">An option lies outside its range.</exception>
    public static MapSource Refine(this MapSource maps, IReadOnlyList<MapRefinement> refinements, ISampleSource train, RunContext run)
    {
        foreach (var refinement in refinements) refinement.Validate();
        return refinements.Aggregate(
            maps, (before, refinement) => new Refined(before, ownsBefore: before != maps, refinement, train, run));
    }

    /// <summary>One refinement. What it learns or loads is opened when maps are computed: where the store has them, never.</summary>
    private sealed class Refined(MapSource before, bool ownsBefore, MapRefinement refinement, ISampleSource train, RunContext run)
        : MapSource(
            before.Origin with
            {
                Key = KeyAfter(before, before.Key, refinement, train),
                Refinements = [.. before.Origin.Refinements, JsonNode.Parse(WsssJson.Write(refinement))!],
            }, run)
    {
        private MapRefiner? _refiner;

        public override IReadOnlyList<TrainedClassifier> Classifiers => before.Classifiers;

        internal override bool IsOfFolder => before.IsOfFolder;

        internal override string KeyFor(ISampleSource source) => KeyAfter(before, before.KeyFor(source), refinement, train);

        internal override void Require(ISampleSource source)
        {
            before.Require(source);
            if (refinement.Learns) before.Require(train);
        }

        internal override IEnumerable<(Sample Sample, LocalizationMaps Maps)> ReadOtherwise(
            ISampleSource source, MapInference inference) => Opened().Run(before.ReadOtherwise(source, inference));

        private protected override IEnumerable<(Sample Sample, LocalizationMaps Maps)> Compute(ISampleSource source) =>
            Opened().Run(before.Read(source));

        private MapRefiner Opened() => _refiner ??= refinement.Open(new RefinementContext(before, train, Run));

        private static string KeyAfter(MapSource before, string key, MapRefinement refinement, ISampleSource train)
        {
            // Maps of a folder say by their content neither which classifier goes with them nor how it makes those that are learned from.
            bool namesClassifiers = refinement.ReadsNetwork || (refinement.Learns && before.IsOfFolder);
            return ArtifactStore.Key(
            [
                "refined/1", key, refinement.Key(),
                !refinement.Learns ? "" : before.IsOfFolder ? before.KeyOf(train) : train.Fingerprint,
                .. namesClassifiers ? before.Classifiers.Select(classifier => classifier.Key) : [],
            ]);
        }

        public override void Dispose()
        {
            _refiner?.Dispose();
            if (ownsBefore) before.Dispose();
            base.Dispose();
        }
    }
}
