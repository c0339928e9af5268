namespace Wsss.Graphs;

/// <summary>What a backbone has made of the images at one of its layers, in a graph: as <see cref="Models.Activation"/>.</summary>
/// <param name="Grid">[N, K, h, w].</param>
/// <param name="ClassTokens">[N, C, K]; null for a network without them.</param>
internal sealed record ActivationValues(Value Grid, Value? ClassTokens = null);

/// <summary>What a head says, in a graph: as <see cref="Models.HeadOutput"/>.</summary>
/// <param name="Maps">[N, C, h, w], before ReLU.</param>
/// <param name="Logits">[N, C].</param>
internal sealed record HeadValues(Value Maps, Value Logits)
{
    /// <summary>[N, 1, h, w]; null for a head without a map of the background.</summary>
    public Value? Background { get; init; }
}
