using Wsss.Crf.Lattice;

namespace Wsss.Crf;

/// <summary>
/// Mean-field inference in a fully connected CRF with the permutohedral lattice, for images of any size; see
/// <see cref="CrfOptions"/> for the model.
/// </summary>
/// <remarks>
/// <para>
/// Follows Krähenbühl's code (and pydensecrf) in the update, the normalisation and the lattice. It differs where the same
/// numbers cost less: as Q sums to 1 over C labels, C − 1 of them are filtered and the last is the rest, so that two labels are
/// one channel; slicing, compatibility and softmax are one pass; the smoothness kernel's lattice stays for further images of
/// the same size.
/// </para>
/// <para>
/// Keeps its memory: make one and use it for many images. It splits an image over threads itself, with the same result for any
/// number of them, and is not for use by several threads at once.
/// </para>
/// </remarks>
public sealed class DenseCrf
{
    private readonly CrfOptions _options;
    private readonly WorkSplit _work;
    private readonly LatticeFilter _gaussian, _bilateral;
    private readonly MeanField _meanField;
    private (int Width, int Height) _gaussianSize;

    /// <summary>Makes a CRF without an image.</summary>
    /// <param name="options">The model.</param>
    /// <param name="threads">Threads to use; null for all cores.</param>
    /// <exception cref="RecipeException">An option lies outside its range.</exception>
    /// <exception cref="ArgumentException">Fewer than one thread.</exception>
    public DenseCrf(CrfOptions options, int? threads = null)
    {
        options.Validate();
        if (threads < 1) throw new ArgumentException($"Expected at least one thread, found {threads}.");
        _options = options;
        _work = new WorkSplit(threads ?? Environment.ProcessorCount);
        (_gaussian, _bilateral) = (new LatticeFilter(_work), new LatticeFilter(_work));
        _meanField = new MeanField(_work, options.Compatibility);
    }

    /// <summary>The marginals after all iterations.</summary>
    /// <param name="width">Width W of the image in pixels.</param>
    /// <param name="height">Height H of the image in pixels.</param>
    /// <param name="rgb">[H, W, 3] R, G, B of each pixel, row by row.</param>
    /// <param name="unary">[C, H·W] unary energies, −log p; finite. See <see cref="CrfUnary"/>.</param>
    /// <param name="labels">Number C of labels.</param>
    /// <returns>[C, H·W] the marginals Q; they sum to 1 over the labels.</returns>
    /// <exception cref="ArgumentException">
    /// The number of bytes is not 3·H·W or that of energies not C·H·W, or an energy is NaN or infinite, or C does not fit the
    /// compatibility.
    /// </exception>
    /// <exception cref="WsssException">A σ is too small for this image.</exception>
    public float[] Infer(int width, int height, ReadOnlySpan<byte> rgb, ReadOnlySpan<float> unary, int labels)
    {
        _options.RequireLabels(labels);
        CrfInput.Check(width, height, rgb, unary, labels);
        float[] marginals = new float[unary.Length];
        if (labels == 1)
        {
            marginals.AsSpan().Fill(1);
            return marginals;
        }
        _meanField.Start(unary, labels, width * height);
        if (_options.Iterations > 0) _meanField.Use(Build(width, height, rgb));
        for (int i = 0; i < _options.Iterations; i++) _meanField.Iterate();
        _meanField.Store(marginals);
        return marginals;
    }

    private unsafe LatticeFilter[] Build(int width, int height, ReadOnlySpan<byte> rgb)
    {
        var filters = new List<LatticeFilter>();
        if (_options.Gaussian is { } gaussian)
        {
            if (_gaussianSize != (width, height)) _gaussian.Build(PixelFeatures.Of(gaussian, width, height), gaussian.Weight);
            _gaussianSize = (width, height);
            filters.Add(_gaussian);
        }
        if (_options.Bilateral is { } bilateral)
        {
            fixed (byte* colours = rgb) _bilateral.Build(PixelFeatures.Of(bilateral, width, height, colours), bilateral.Weight);
            filters.Add(_bilateral);
        }
        return [.. filters];
    }
}
