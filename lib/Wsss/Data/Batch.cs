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

    /// <inheritdoc/>
    public void Dispose()
    {
        Images.Dispose();
        Labels.Dispose();
        foreach (Tensor plane in Planes.Values) plane.Dispose();
    }
}
