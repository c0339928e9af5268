using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Wsss.Refinement;

/// <summary>
/// Pixel-adaptive mask refinement (Araslanov &amp; Roth, <i>Single-Stage Semantic Segmentation from Image Labels</i>, CVPR 2020):
/// each pixel takes the mean of its neighbours' scores, weighted by how alike their colours are, several times over. It has
/// no parameters and runs on batches, so that it can be used in a training step.
/// </summary>
/// <remarks>
/// m_i ← Σ_j α_ij m_j, α_i = softmax_j of −(1/3) Σ_rgb |x_i − x_j| / (0.1 σ_i + 10⁻⁸), with j the 8 neighbours at each of the
/// dilations and σ_i the deviation of the colours around i over all of them, itself included (equations 6 and 7). As in the
/// published code, borders repeat the outermost pixel. The division by σ makes it independent of the colours' scale.
/// </remarks>
public sealed record Pamr
{
    private const double Sharpness = 0.1, Epsilon = 1e-8;

    /// <summary>How often scores are exchanged, at least 0.</summary>
    public int Iterations { get; init; } = 10;

    /// <summary>Distances of the neighbours in pixels, each at least 1. The paper's suit images of about 320 pixels.</summary>
    public IReadOnlyList<int> Dilations { get; init; } = [1, 2, 4, 8, 12, 24];

    /// <summary>Checks the options.</summary>
    /// <exception cref="RecipeException">An option lies outside its range.</exception>
    public void Validate()
    {
        if (Iterations < 0) throw new RecipeException($"PAMR: expected at least 0 iterations, found {Iterations}.");
        if (Dilations.Count == 0 || Dilations.Any(dilation => dilation < 1))
            throw new RecipeException($"PAMR: expected dilations of at least 1 pixel, found [{string.Join(", ", Dilations)}].");
    }

    /// <summary>Refines scores. No gradient flows through it.</summary>
    /// <param name="images">[N, 3, H, W] float32 colours of any scale, on the scores' device.</param>
    /// <param name="scores">[N, C, H, W] float32.</param>
    /// <returns>[N, C, H, W] weighted means of the scores; the caller's.</returns>
    /// <exception cref="RecipeException">An option lies outside its range.</exception>
    /// <exception cref="ArgumentException">The sizes differ.</exception>
    public Tensor Refine(Tensor images, Tensor scores)
    {
        Validate();
        if (
            images.dim() != 4
            || scores.dim() != 4
            || images.shape[0] != scores.shape[0]
            || !images.shape[2..].SequenceEqual(scores.shape[2..])
        )
        {
            throw new ArgumentException(
                $"Expected images [N, 3, H, W] and scores [N, C, H, W] of one size, found [{string.Join(", ", images.shape)}] and "
                    + $"[{string.Join(", ", scores.shape)}]."
            );
        }
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        Tensor weights = Weights(images); // [N, P, H, W]
        Tensor current = scores.alias();
        for (int i = 0; i < Iterations; i++)
        {
            using var iteration = NewDisposeScope();
            Tensor next = zeros_like(current);
            int p = 0;
            foreach (Tensor neighbour in Neighbours(current))
            {
                using (neighbour)
                    next.addcmul_(neighbour, weights.narrow(1, p++, 1), 1);
            }
            current = next.MoveToOuterDisposeScope();
        }
        return current.MoveToOuterDisposeScope();
    }

    /// <summary>α, [N, P, H, W]: rows over the P neighbours sum to 1.</summary>
    private Tensor Weights(Tensor images)
    {
        using var scope = NewDisposeScope();
        // The middle counts once for each dilation, as in the published code.
        int count = 9 * Dilations.Count;
        Tensor sum = images * Dilations.Count;
        foreach (Tensor neighbour in Neighbours(images)) using (neighbour) sum.add_(neighbour);
        Tensor mean = sum / count, squares = (images - mean).square() * Dilations.Count;
        foreach (Tensor neighbour in Neighbours(images)) using (neighbour) squares.add_((neighbour - mean).square());
        Tensor scale = Sharpness * (squares / (count - 1)).sqrt() + Epsilon;           // [N, 3, H, W]
        var likeness = new List<Tensor>();
        foreach (Tensor neighbour in Neighbours(images))
            using (neighbour) likeness.Add(-((neighbour - images).abs() / scale).mean([1], keepdim: true));
        return cat([.. likeness], 1).softmax(1).MoveToOuterDisposeScope();
    }

    /// <summary>The 8 neighbours of each pixel at each dilation, each as a shifted image of the same size.</summary>
    private IEnumerable<Tensor> Neighbours(Tensor x)
    {
        long height = x.shape[2], width = x.shape[3];
        foreach (int dilation in Dilations)
        {
            using Tensor padded = F.pad(x, [dilation, dilation, dilation, dilation], TorchSharp.PaddingModes.Replicate);
            for (int dy = 0; dy <= 2; dy++)
                for (int dx = 0; dx <= 2; dx++)
                    if ((dy, dx) != (1, 1)) yield return Shifted(padded, dy * dilation, dx * dilation, height, width);
        }
    }

    private static Tensor Shifted(Tensor padded, int dy, int dx, long height, long width)
    {
        using Tensor rows = padded.narrow(2, dy, height);
        return rows.narrow(3, dx, width);
    }
}
