using System.Collections.ObjectModel;
using static TorchSharp.torch;

namespace Wsss.Data;

/// <summary>Samples stacked for a network. Owns its tensors: dispose it when the step is done.</summary>
/// <param name="Ids">Names of the N samples.</param>
/// <param name="Images">[N, 3, H, W] float32, normalised by <see cref="Normalization"/>.</param>
/// <param name="Labels">[N, C] float32, 1 where the class is present (mixing makes them soft, in 0…1).</param>
public sealed record Batch(IReadOnlyList<string> Ids, Tensor Images, Tensor Labels) : IDisposable
{
    /// <summary>
    /// The planes that all samples have (<see cref="Sample.Planes"/>), by name: [N, H, W], float32 in 0…1 for
    /// <see cref="PlaneKind.Soft"/> and int64 for <see cref="PlaneKind.Labels"/>.
    /// </summary>
    public IReadOnlyDictionary<string, Tensor> Planes { get; init; } = ReadOnlyDictionary<string, Tensor>.Empty;

    /// <summary>
    /// Where images were mixed: the planes of labels of those that were mixed in, by the names of <see cref="Planes"/>, whose own then
    /// count by <see cref="OwnShare"/> and these by the rest. 255 where an image has no part in the mixed one.
    /// </summary>
    public IReadOnlyDictionary<string, Tensor> MixedIn { get; init; } = ReadOnlyDictionary<string, Tensor>.Empty;

    /// <summary>λ, 0…1: how much of each image and of its labels is its own; 1 where nothing was mixed.</summary>
    public double OwnShare { get; init; } = 1;

    /// <inheritdoc/>
    public void Dispose()
    {
        Images.Dispose();
        Labels.Dispose();
        foreach (Tensor plane in Planes.Values.Concat(MixedIn.Values)) plane.Dispose();
    }
}
