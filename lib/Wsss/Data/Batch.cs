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

    /// <summary>A part of the images with all that comes with them, as views on the same memory.</summary>
    /// <param name="index">Of the part, 0 … parts − 1.</param>
    /// <param name="parts">How many there are, of as many images each as can be, at most N.</param>
    /// <returns>The batch itself for one part; else its tensors belong to the current dispose scope.</returns>
    internal Batch Part(int index, int parts)
    {
        if (parts == 1) return this;
        int start = Ids.Count * index / parts, count = Ids.Count * (index + 1) / parts - start;
        return this with
        {
            Ids = [.. Ids.Skip(start).Take(count)],
            Images = Images.narrow(0, start, count),
            Labels = Labels.narrow(0, start, count),
            Planes = Planes.ToDictionary(plane => plane.Key, plane => plane.Value.narrow(0, start, count)),
            MixedIn = MixedIn.ToDictionary(plane => plane.Key, plane => plane.Value.narrow(0, start, count)),
        };
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Images.Dispose();
        Labels.Dispose();
        foreach (Tensor plane in Planes.Values.Concat(MixedIn.Values)) plane.Dispose();
    }
}
