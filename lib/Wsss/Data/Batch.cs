using static TorchSharp.torch;

namespace Wsss.Data;

/// <summary>Samples stacked for a network. Owns its tensors: dispose it when the step is done.</summary>
/// <param name="Ids">Names of the N samples.</param>
/// <param name="Images">[N, 3, H, W] float32, normalised by <see cref="Normalization"/>.</param>
/// <param name="Labels">[N, C] float32, 1 where the class is present (mixing makes them soft, in 0…1).</param>
/// <param name="Masks">[N, H, W] int64, 0 background, c + 1, 255 ignore; null where the source has no masks.</param>
public sealed record Batch(IReadOnlyList<string> Ids, Tensor Images, Tensor Labels, Tensor? Masks) : IDisposable
{
    /// <summary>[N, H, W] float32 in 0…1, the saliency of <see cref="Sample.Saliency"/>; null where the source has none.</summary>
    public Tensor? Saliency { get; init; }

    /// <inheritdoc/>
    public void Dispose()
    {
        Images.Dispose();
        Labels.Dispose();
        Masks?.Dispose();
        Saliency?.Dispose();
    }
}
