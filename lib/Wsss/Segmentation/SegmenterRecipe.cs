using Wsss.Data;
using Wsss.Training;

namespace Wsss.Segmentation;

/// <summary>How a segmentation network is trained on masks, drawn or pseudo; immutable.</summary>
public sealed record SegmenterRecipe
{
    /// <summary>The pre-trained network below the head.</summary>
    public BackboneSpec Backbone { get; init; } = new();

    /// <summary>Size of the network's head.</summary>
    public DeepLabOptions Head { get; init; } = new();

    /// <summary>Optimiser and learning rates.</summary>
    public OptimizerSpec Optimizer { get; init; } = new();

    /// <summary>How training images and masks are varied; its size is the network's input.</summary>
    public Augmentation Augmentation { get; init; } = new();

    /// <summary>Passes over the training images.</summary>
    public int Epochs { get; init; } = 10;

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
        Optimizer.Validate();
        Augmentation.Validate();
    }

    /// <summary>The key of the network that this recipe gives on that data.</summary>
    public string Key(ISampleSource train) => ArtifactStore.Key(
        "segmenter/1", WsssJson.Write(this with { Backbone = Backbone with { Weights = Backbone.WeightsKey() } }), train.Fingerprint);
}
