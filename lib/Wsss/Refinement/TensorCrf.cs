using Wsss.Crf;
using static TorchSharp.torch;

namespace Wsss.Refinement;

/// <summary>
/// <see cref="ExactCrf"/> for a batch of tensors that stays on its device: mean-field inference in a fully connected CRF with the exact
/// kernels as a dense float32 matrix, for small images (41×41 in SEC); see <see cref="CrfOptions"/> for the model.
/// </summary>
/// <remarks>
/// For what lies on a GPU already; for images in memory, <see cref="DenseCrf"/> is much the faster one.
/// Memory and time grow with (H·W)²: 4·(N + 1)·(H·W)² bytes, 11 MB per image at 41×41. All kernels are one matrix
/// A = Σ_m w_m N_m K_m N_m, so that an iteration is one product.
/// </remarks>
internal sealed class TensorCrf
{
    private const long MostEntries = int.MaxValue; // 8 GB

    private readonly CrfOptions _options;

    /// <summary>Makes a CRF without an image.</summary>
    /// <exception cref="RecipeException">An option lies outside its range.</exception>
    public TensorCrf(CrfOptions options)
    {
        options.Validate();
        _options = options;
    }

    /// <summary>The marginals after all iterations. No gradient flows through them.</summary>
    /// <param name="unary">[N, C, H, W] unary energies, −log p; float32, finite.</param>
    /// <param name="images">[N, 3, H, W] float32 in 0…255, on the same device.</param>
    /// <returns>[N, C, H, W] float32, the caller's to dispose of; they sum to 1 over the labels.</returns>
    /// <exception cref="ArgumentException">The shapes do not fit, an energy is NaN or infinite, or C does not fit the
    /// compatibility.</exception>
    /// <exception cref="WsssException">The images are too large for a dense matrix.</exception>
    public Tensor Infer(Tensor unary, Tensor images)
    {
        Check(unary, images);
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        var energies = unary.flatten(2).transpose(1, 2); // [N, P, C]
        if (!isfinite(energies).all().item<bool>())
            throw new ArgumentException(
                "Expected finite unary energies, found NaN or infinite ones. Clip probabilities before their logarithm."
            );
        var affinity = Affinity(images); // [N, P, P]
        var compatibility = Compatibility(unary.device); // [C, C] or null
        var q = (-energies).softmax(2); // [N, P, C]
        for (int i = 0; i < _options.Iterations; i++)
        {
            using var iterationScope = NewDisposeScope();
            var messages = affinity.matmul(q);
            messages = compatibility is null ? messages : -messages.matmul(compatibility);
            q = (messages - energies).softmax(2).MoveToOuterDisposeScope();
        }
        return q.transpose(1, 2).reshape(unary.shape).contiguous().MoveToOuterDisposeScope();
    }

    // Σ_m w_m N_m K_m N_m, [N, P, P]; [1, P, P] where no kernel looks at the images.
    private Tensor Affinity(Tensor images)
    {
        var (height, width) = (images.shape[2], images.shape[3]);
        // Centred whole numbers: their products are exact even in TF32.
        var y = arange(height, float32, images.device).sub_(height / 2).unsqueeze(1).expand(height, width);
        var x = arange(width, float32, images.device).sub_(width / 2).unsqueeze(0).expand(height, width);
        var positions = SquaredDistances(stack([x, y]).flatten(1).t().unsqueeze(0));           // [1, P, P]
        Tensor? affinity = null;
        if (_options.Bilateral is { } bilateral)
        {
            var exponents = SquaredDistances((images - 128).flatten(2).transpose(1, 2))        // [N, P, P]
                .mul_(-0.5 / (bilateral.SigmaRgb * bilateral.SigmaRgb))
                .add_(positions, alpha: -0.5 / (bilateral.SigmaXy * bilateral.SigmaXy));
            affinity = Normalized(exponents, bilateral.Weight);
        }
        if (_options.Gaussian is { } gaussian)
        {
            // Last, as it may overwrite the distances: the matrices are large.
            var smoothness = Normalized(positions.mul_(-0.5 / (gaussian.Sigma * gaussian.Sigma)), gaussian.Weight);
            affinity = affinity is null ? smoothness : affinity.add_(smoothness);
        }
        return affinity!;
    }

    // ‖f_i − f_j‖² of feature vectors [N, P, F] as [N, P, P].
    private static Tensor SquaredDistances(Tensor features)
    {
        var norms = features.square().sum(2, keepdim: true);                                   // [N, P, 1]
        return features.matmul(features.transpose(1, 2)).mul_(-2).add_(norms).add_(norms.transpose(1, 2)).clamp_min_(0);
    }

    // w N K N with K = exp(exponents) and N = diag(1/√(K 1)); overwrites the exponents.
    private static Tensor Normalized(Tensor exponents, double weight)
    {
        var kernel = exponents.exp_();
        var norms = kernel.sum(2, keepdim: true).rsqrt_();                                     // [N, P, 1]
        return kernel.mul_(norms).mul_(norms.transpose(1, 2) * weight);
    }

    private Tensor? Compatibility(Device device) =>
        _options.Compatibility is not { } matrix ? null :
            tensor(matrix.SelectMany(row => row).ToArray(), matrix.Count, matrix.Count).SentTo(device);

    private void Check(Tensor unary, Tensor images)
    {
        if (unary.dim() != 4 || images.dim() != 4 || images.shape[1] != 3 || unary.shape[0] != images.shape[0] ||
            unary.shape[2] != images.shape[2] || unary.shape[3] != images.shape[3])
        {
            throw new ArgumentException(
                "Expected unary energies [N, C, H, W] and images [N, 3, H, W], " +
                $"found [{string.Join(", ", unary.shape)}] and [{string.Join(", ", images.shape)}].");
        }
        if (unary.dtype != float32 || images.dtype != float32)
            throw new ArgumentException($"Expected float32 energies and images, found {unary.dtype} and {images.dtype}.");
        _options.RequireLabels(unary.shape[1]);
        long pixels = unary.shape[2] * unary.shape[3];
        if (unary.shape[0] * pixels * pixels > MostEntries)
        {
            throw new WsssException(
                $"Expected images small enough for a dense matrix, found {unary.shape[0]} of {unary.shape[3]}×{unary.shape[2]} pixels: " +
                $"{unary.shape[0]}·{pixels}² entries. Use DenseCrf, scale the images down or give fewer at once.");
        }
    }
}
