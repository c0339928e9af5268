using Wsss.Data;
using Wsss.Training;

namespace Wsss.Refinement;

/// <summary>How the boundary branch of <see cref="AffinityNetwork"/> is trained on seeds; immutable.</summary>
public sealed record AffinityRecipe
{
    /// <summary>The backbone; its weights are the trained classifier's and stay frozen.</summary>
    public BackboneSpec Backbone { get; init; } = new();

    /// <summary>Pairs closer than this many places of the grid are taught; IRN takes 10 with crops of 512 pixels.</summary>
    public int Radius { get; init; } = 5;

    /// <summary>Optimiser and learning rates; the branch learns at the head's rate.</summary>
    public OptimizerSpec Optimizer { get; init; } = new() { LearningRate = 1e-3, HeadFactor = 5 };

    /// <summary>How images and seeds are varied; its size is the network's input.</summary>
    public Augmentation Augmentation { get; init; } = new();

    /// <summary>Passes over the training images; IRN takes 3.</summary>
    public int Epochs { get; init; } = 3;

    /// <summary>Images per step.</summary>
    public int BatchSize { get; init; } = 16;

    /// <summary>Seed of weights, order and augmentation.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Checks every option before any work starts.</summary>
    /// <exception cref="RecipeException">An option lies outside its range.</exception>
    public void Validate()
    {
        if (Epochs < 1 || BatchSize < 2)
            throw new RecipeException($"Expected at least 1 epoch and 2 images per step, found {Epochs} and {BatchSize}.");
        if (Radius < 2) throw new RecipeException($"Expected an affinity radius of at least 2, found {Radius}.");
        Optimizer.Validate();
        Augmentation.Validate();
    }

    /// <summary>The key of the network that this recipe gives on those seeds.</summary>
    public string Key(ISampleSource seeds) => ArtifactStore.Key(
        "affinity/1", WsssJson.Write(this with { Backbone = Backbone with { Weights = Backbone.WeightsKey() } }), seeds.Fingerprint);
}
