using System.Numerics;
using Wsss.Data;
using Wsss.Refinement.Lattice;

namespace Wsss.Refinement;

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
    /// <param name="image">The image.</param>
    /// <param name="unary">[C, H·W] unary energies, −log p; finite. See <see cref="CrfUnary"/>.</param>
    /// <param name="labels">Number C of labels.</param>
    /// <returns>[C, H·W] the marginals Q; they sum to 1 over the labels.</returns>
    /// <exception cref="ArgumentException">The number of energies is not C·H·W, or one is NaN or infinite, or C does not fit the compatibility.</exception>
    /// <exception cref="WsssException">A σ is too small for this image.</exception>
    public float[] Infer(RgbImage image, ReadOnlySpan<float> unary, int labels)
    {
        _options.RequireLabels(labels);
        int pixels = image.Width * image.Height;
        if (unary.Length != (long)labels * pixels)
        {
            throw new ArgumentException(
                $"Expected {labels}·{image.Height}·{image.Width} unary energies [labels, height·width], found {unary.Length}.");
        }
        RequireFinite(unary, pixels, image.Width);
        float[] marginals = new float[unary.Length];
        if (labels == 1)
        {
            marginals.AsSpan().Fill(1);
            return marginals;
        }
        _meanField.Start(unary, labels, pixels);
        if (_options.Iterations > 0) _meanField.Use(Build(image));
        for (int i = 0; i < _options.Iterations; i++) _meanField.Iterate();
        _meanField.Store(marginals);
        return marginals;
    }

    private LatticeFilter[] Build(RgbImage image)
    {
        var filters = new List<LatticeFilter>();
        if (_options.Gaussian is { } gaussian)
        {
            if (_gaussianSize != (image.Width, image.Height)) _gaussian.Build(PixelFeatures.Of(image, gaussian), gaussian.Weight);
            _gaussianSize = (image.Width, image.Height);
            filters.Add(_gaussian);
        }
        if (_options.Bilateral is { } bilateral)
        {
            _bilateral.Build(PixelFeatures.Of(image, bilateral), bilateral.Weight);
            filters.Add(_bilateral);
        }
        return [.. filters];
    }

    private static void RequireFinite(ReadOnlySpan<float> unary, int pixels, int width)
    {
        // x − x is 0 for finite numbers alone.
        int vectors = unary.Length / Vector<float>.Count * Vector<float>.Count;
        var sums = Vector<float>.Zero;
        for (int i = 0; i < vectors; i += Vector<float>.Count)
        {
            var values = new Vector<float>(unary[i..]);
            sums += values - values;
        }
        float sum = Vector.Sum(sums);
        foreach (float value in unary[vectors..]) sum += value - value;
        if (sum == 0) return;
        int at = 0;
        while (float.IsFinite(unary[at])) at++;
        throw new ArgumentException(
            $"Expected finite unary energies, found {unary[at]} for label {at / pixels} at x {at % pixels % width}, y {at % pixels / width}. " +
            "Clip probabilities before their logarithm, as CrfUnary.FromProbabilities does.");
    }
}
