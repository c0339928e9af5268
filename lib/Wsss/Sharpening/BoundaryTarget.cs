using TorchSharp;
using Wsss.Crf;
using Wsss.Data;
using Wsss.Models;
using Wsss.Refinement;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Wsss.Sharpening;

/// <summary>
/// What a fully connected CRF makes of a network's probabilities, image by image: the same objects with the image's borders.
/// <see cref="BoundaryLoss"/> draws the network towards it.
/// </summary>
/// <remarks>
/// On a CPU it is <see cref="DenseCrf"/>, one image per thread, which took a thirtieth of <see cref="TensorCrf"/>'s time for 32 images
/// at 41×41 and 9 labels; on other devices it is <see cref="TensorCrf"/>, which leaves the tensors where they are. The two differ by the
/// lattice's error.
/// </remarks>
public static class BoundaryTarget
{
    /// <summary>A network's probabilities at the places of the CRF's grid, which divides the image evenly.</summary>
    /// <param name="probabilities">[N, C + 1, h, w].</param>
    /// <param name="cells">Where their cells lie in the images.</param>
    /// <param name="images">[N, 3, H, W].</param>
    /// <param name="grid">Side g of the grid in pixels.</param>
    /// <returns>p, [N, C + 1, g, g].</returns>
    public static Tensor Places(Tensor probabilities, CellGeometry cells, Tensor images, int grid) =>
        CellSampling.At(probabilities, cells, CellGeometry.Even(grid, grid, images.shape[2], images.shape[3]), grid, grid);

    /// <summary>The marginals Q of the CRF with the unary energies −log p.</summary>
    /// <param name="probabilities">p, [N, C + 1, g, g] above 0, from <see cref="Places"/>.</param>
    /// <param name="images">[N, 3, H, W] float32, normalised by <see cref="Normalization"/>; averaged to the grid.</param>
    /// <param name="crf">The CRF, with widths over positions in pixels of a 41×41 grid.</param>
    /// <returns>Q, [N, C + 1, g, g], a constant of p's type and device. Where p is NaN, Q says nothing of use.</returns>
    public static Tensor Of(Tensor probabilities, Tensor images, CrfOptions crf)
    {
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        long grid = probabilities.shape[2];
        // A loss that is NaN is reported by the training loop, which knows all the terms.
        var energies = probabilities.to(float32).log().neg().nan_to_num(0);                   // [N, C + 1, g, g]
        // Each place is its part of the image, wherever the network's cells lie.
        var colours = Colours(F.adaptive_avg_pool2d(images, [grid, grid]));                   // [N, 3, g, g]
        var scaled = Scaled(crf, grid / 41.0);
        var marginals = energies.device_type == DeviceType.CPU
            ? Lattice(energies, colours, scaled)
            : new TensorCrf(scaled).Infer(energies, colours);
        return marginals.to(probabilities.dtype).MoveToOuterDisposeScope();
    }

    // From normalised values to whole numbers in 0…255.
    private static Tensor Colours(Tensor images)
    {
        var mean = tensor(Normalization.Mean.ToArray()).SentTo(images.device).view(1, 3, 1, 1);
        var std = tensor(Normalization.Std.ToArray()).SentTo(images.device).view(1, 3, 1, 1);
        return ((images * std + mean) * 255).round().clamp(0, 255);
    }

    private static CrfOptions Scaled(CrfOptions crf, double factor) => crf with
    {
        Gaussian = crf.Gaussian is { } gaussian ? gaussian with { Sigma = gaussian.Sigma * factor } : null,
        Bilateral = crf.Bilateral is { } bilateral ? bilateral with { SigmaXy = bilateral.SigmaXy * factor } : null,
    };

    private static Tensor Lattice(Tensor energies, Tensor colours, CrfOptions crf)
    {
        int labels = (int)energies.shape[1],
            height = (int)energies.shape[2],
            width = (int)energies.shape[3];
        int unaries = labels * height * width,
            bytes = 3 * height * width;
        float[] unary = energies.contiguous().data<float>().ToArray(),
            marginals = new float[unary.Length];
        byte[] pixels = colours.to(uint8).permute(0, 2, 3, 1).contiguous().data<byte>().ToArray();
        var threads = new ParallelOptions { MaxDegreeOfParallelism = get_num_threads() };
        Parallel.For(
            0,
            (int)energies.shape[0],
            threads,
            () => new DenseCrf(crf, threads: 1),
            (i, _, dense) =>
            {
                dense
                    .Infer(width, height, pixels.AsSpan(i * bytes, bytes), unary.AsSpan(i * unaries, unaries), labels)
                    .CopyTo(marginals, i * unaries);
                return dense;
            },
            _ => { }
        );
        return tensor(marginals, energies.shape);
    }
}
