using Wsss.Training;

namespace Wsss.Segmentation;

/// <summary>How a segmentation network is trained on masks, drawn or pseudo.</summary>
public sealed record SegmenterRecipe : NetworkRecipe
{
    /// <summary>Size of the network's head.</summary>
    public DeepLabOptions Head { get; init; } = new();

    internal override string Kind => "segmenter";

    // Parts count by their known pixels.
    private protected override int KeyVersion => MicroBatch == 0 ? base.KeyVersion : 5;
}
