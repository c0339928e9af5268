using Wsss.Data;
using Wsss.Models;
using Wsss.Training;
using static TorchSharp.torch;

namespace Wsss.Refinement;

/// <summary>Trains the boundary branch on seeds, or takes it from the store when the same was trained before.</summary>
internal static class AffinityTrainer
{
    /// <summary>Trains by the recipe, or loads what it gave before.</summary>
    /// <param name="recipe">How to train.</param>
    /// <param name="seeds">Images whose targets are confident seeds: 0 background, c + 1 for class c, 255 unknown.</param>
    /// <param name="run">Device, store, progress, cancellation.</param>
    /// <returns>The network in evaluation mode; the caller disposes it.</returns>
    /// <exception cref="RecipeException">The recipe cannot be, or the loss diverged.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; a checkpoint remains.</exception>
    public static AffinityNetwork Train(AffinityRecipe recipe, TargetSource seeds, RunContext run)
    {
        recipe.Validate();
        return StoredTraining
            .TrainOrLoad(
                () => new AffinityNetwork(recipe.Backbone.Create(seeds.ClassNames.Count)),
                (network, _) => new AffinityTask(network, PairPaths.Within(recipe.Radius)),
                recipe,
                seeds,
                run
            )
            .Network;
    }

    private sealed class AffinityTask(AffinityNetwork network, IReadOnlyList<PairPath> pairs) : TrainingTask
    {
        public override string Stage => "train affinity network";

        public override nn.Module Network => network;

        public override Backbone Backbone => network.Backbone;

        public override IReadOnlyList<(string Name, Tensor Loss)> Losses(Batch batch, StepContext step)
        {
            Tensor boundary = network.call(batch.Images);                              // [N, 1, h, w]
            return [("affinity", AffinityLoss.Of(boundary, SeedsAtCells(batch.Planes[TargetSource.Plane]), pairs))];
        }

        // What is right for the boundary is not known without drawn masks.
        public override IReadOnlyDictionary<string, double> Validate(RunContext run) => new Dictionary<string, double>();

        /// <summary>The label where each cell of the grid lies: [N, H, W] → [N, h, w].</summary>
        private static Tensor SeedsAtCells(Tensor seeds)
        {
            var every = TensorIndex.Slice(step: AffinityNetwork.Stride);
            return seeds[.., every, every];
        }
    }
}
