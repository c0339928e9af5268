using Wsss.Training;

namespace Wsss.Segmentation;

/// <summary>A trained segmentation network with its history, as it lies in the store. Owns the network.</summary>
/// <param name="Network">In evaluation mode, on the context's device.</param>
/// <param name="Recipe">How it was trained.</param>
/// <param name="History">What training reported.</param>
/// <param name="Folder">Where weights, recipe, history and provenance lie.</param>
public sealed record TrainedSegmenter(DeepLab Network, SegmenterRecipe Recipe, TrainingHistory History, string Folder) : IDisposable
{
    /// <inheritdoc/>
    public void Dispose() => Network.Dispose();
}
