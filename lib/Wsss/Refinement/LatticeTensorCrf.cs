using Wsss.Crf;
using Wsss.Crf.Lattice;
using Wsss.Data;
using static TorchSharp.torch;

namespace Wsss.Refinement;

/// <summary>
/// <see cref="DenseCrf"/> on tensors that stay on a device for all iterations: the same model with the same approximation, the
/// permutohedral lattice, for images of any size on a GPU. Marginals differ from those of the form on arrays by rounding.
/// </summary>
/// <remarks>
/// Not <see cref="TensorCrf"/>, which has the exact kernels as a dense matrix and takes small images alone. On a CPU,
/// <see cref="DenseCrf"/> is the faster one.
/// </remarks>
internal sealed class LatticeTensorCrf : IDisposable
{
    private readonly CrfOptions _options;
    private readonly Device _device;

    // The smoothness kernel looks at the size alone.
    private (int Width, int Height) _gaussianSize;
    private TensorLattice? _gaussian;

    /// <summary>Makes a CRF without an image.</summary>
    /// <exception cref="RecipeException">An option lies outside its range.</exception>
    public LatticeTensorCrf(CrfOptions options, Device device)
    {
        options.Validate();
        (_options, _device) = (options, device);
    }

    /// <summary>The marginals after all iterations.</summary>
    /// <param name="image">The image.</param>
    /// <param name="unary">[C, H·W] unary energies, −log p; float32, finite, on the device.</param>
    /// <returns>[C, H·W] float32, the caller's to dispose of; they sum to 1 over the labels.</returns>
    /// <exception cref="ArgumentException">The shape does not fit, or an energy is NaN or infinite.</exception>
    /// <exception cref="WsssException">A σ is too small for this image.</exception>
    public Tensor Infer(RgbImage image, Tensor unary)
    {
        int pixels = image.Width * image.Height;
        if (unary.shape is not [var labels, var columns] || columns != pixels || unary.dtype != float32)
        {
            throw new ArgumentException(
                $"Expected float32 energies [labels, {pixels}], found {unary.dtype} [{string.Join(", ", unary.shape)}].");
        }
        _options.RequireLabels(labels);
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        if (!isfinite(unary).all().item<bool>())
            throw new ArgumentException("Expected finite energies, found NaN or infinite ones. Clip probabilities before their logarithm.");
        // Without each pixel's smallest energy, which changes nothing but keeps large ones exact.
        var energies = unary - unary.amin([0], keepdim: true);                                 // [C, P]
        var q = (-energies).softmax(0);
        if (_options.Iterations == 0 || labels == 1) return q.MoveToOuterDisposeScope();

        using var bilateral = Bilateral(image);
        TensorLattice[] lattices = [.. new[] { Gaussian(image), bilateral }.OfType<TensorLattice>()];
        var total = lattices.Select(lattice => lattice.Ones).Aggregate((a, b) => a + b);       // [P, 1]
        var compatibility = Compatibility();
        for (int i = 0; i < _options.Iterations; i++)
        {
            using var iterationScope = NewDisposeScope();
            // As Q sums to 1, the last label's message is what the others leave.
            var first = q.narrow(0, 0, labels - 1).t().contiguous();                           // [P, C − 1]
            var others = lattices.Select(lattice => lattice.Filter(first)).Aggregate((a, b) => a + b);
            var messages = cat([others.t().contiguous(), (total - others.sum(1, keepdim: true)).t()], 0);   // [C, P]
            if (compatibility is not null) messages = -compatibility.matmul(messages);
            q = (messages - energies).softmax(0).MoveToOuterDisposeScope();
        }
        return q.MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public void Dispose() => _gaussian?.Dispose();

    private TensorLattice? Gaussian(RgbImage image)
    {
        if (_options.Gaussian is not { } kernel) return null;
        if (_gaussianSize != (image.Width, image.Height))
        {
            _gaussian?.Dispose();
            _gaussian = new TensorLattice(PixelFeatures.Of(kernel, image.Width, image.Height), null, kernel.Weight, _device);
            _gaussianSize = (image.Width, image.Height);
        }
        return _gaussian;
    }

    private unsafe TensorLattice? Bilateral(RgbImage image)
    {
        if (_options.Bilateral is not { } kernel) return null;
        using var colours = tensor(image.Pixels, [image.PixelCount, 3]).SentTo(_device);
        fixed (byte* pixels = image.Pixels)
        {
            return new TensorLattice(
                PixelFeatures.Of(kernel, image.Width, image.Height, pixels), colours, kernel.Weight, _device);
        }
    }

    private Tensor? Compatibility() =>
        _options.Compatibility is not { } matrix ? null :
            tensor(matrix.SelectMany(row => row).ToArray(), matrix.Count, matrix.Count).SentTo(_device).t();
}
