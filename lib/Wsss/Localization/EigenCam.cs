using Wsss.Models;
using Wsss.Registry;
using static TorchSharp.torch;

namespace Wsss.Localization;

/// <summary>
/// Eigen-CAM (Muhammad and Yeasin, IJCNN 2020): the activations as a matrix A [h·w, K] projected on its first right
/// singular vector, M = A v₁: what the layer answers to most. It knows no class: every class gets the same map.
/// </summary>
/// <remarks>
/// The activations are not centred, as in the paper. A singular vector has no sign of its own: it is chosen so that the map
/// is positive where it is largest. v₁ comes from the smaller of AᵀA [K, K] and AAᵀ [h·w, h·w].
/// </remarks>
[Registered("what the layer answers to most, whatever the class: all its maps are the same", Name = "eigencam", Order = 6)]
public sealed record EigenCam : LayerExtractor
{
    /// <inheritdoc/>
    protected override Tensor Read(Classifier network, Activation activation, int cut, IReadOnlyList<int> classes)
    {
        Tensor grid = activation.Grid;
        Tensor a = grid.flatten(2);                                                                        // [N, K, h·w]
        Tensor map = a.shape[2] <= a.shape[1] ? FromPlaces(a) : FromChannels(a);                           // [N, h·w]
        Tensor peak = map.gather(1, map.abs().argmax(1, keepdim: true));                                   // [N, 1]
        Tensor positive = (map * peak.sign()).relu_();
        return positive.view(grid.shape[0], 1, grid.shape[2], grid.shape[3]).repeat(1, classes.Count, 1, 1);
    }

    // A v₁ = σ₁ u₁ with u₁ the first eigenvector of AAᵀ and σ₁² its eigenvalue.
    private static Tensor FromPlaces(Tensor a)
    {
        (Tensor values, Tensor vectors) = linalg.eigh(a.transpose(1, 2).matmul(a));                        // ascending
        return vectors.select(2, -1) * values.narrow(1, values.shape[1] - 1, 1).relu().sqrt();
    }

    private static Tensor FromChannels(Tensor a)
    {
        (_, Tensor vectors) = linalg.eigh(a.matmul(a.transpose(1, 2)));
        return einsum("nkp,nk->np", a, vectors.select(2, -1));
    }
}
