using Wsss.Crf;
using Wsss.Data;
using Wsss.Tests.Models;
using static TorchSharp.torch;

namespace Wsss.Tests.Crf;

/// <summary>An image with unary energies, and what the lattice and the exact kernels make of it.</summary>
/// <param name="Image">The image.</param>
/// <param name="Unary">[C, H·W].</param>
/// <param name="Labels">C.</param>
internal sealed record CrfScene(RgbImage Image, float[] Unary, int Labels)
{
    /// <summary>Number of pixels.</summary>
    public int Pixels => Image.Width * Image.Height;

    /// <summary>
    /// An image of random patches, noisy in colour, and energies that are noisy but lean towards one label in each patch.
    /// </summary>
    public static CrfScene Random(int width, int height, int labels, int seed = 1)
    {
        const int Patch = 6;
        var random = SeededRandom.For(seed);
        int columns = width / Patch + 1;
        byte[] colours = [.. Enumerable.Range(0, 3 * columns * (height / Patch + 1)).Select(_ => (byte)random.Next(256))];
        byte[] pixels = new byte[3 * width * height];
        float[] unary = [.. Enumerable.Range(0, labels * width * height).Select(_ => (float)random.NextDouble(0, 3))];
        for (int i = 0; i < width * height; i++)
        {
            int patch = i / width / Patch * columns + i % width / Patch;
            for (int c = 0; c < 3; c++) pixels[3 * i + c] = (byte)Math.Clamp(colours[3 * patch + c] + random.Next(7) - 3, 0, 255);
            unary[patch % labels * width * height + i] -= 1;
        }
        return new CrfScene(new RgbImage(width, height, pixels), unary, labels);
    }

    /// <summary>The photograph of the parity files.</summary>
    public static CrfScene Parity()
    {
        using Tensor image = ParityFiles.Npy("crf_image_u8"), unary = ParityFiles.Npy("crf_unary");
        (int height, int width) = ((int)image.shape[0], (int)image.shape[1]);
        return new CrfScene(new RgbImage(width, height, image.data<byte>().ToArray()), unary.data<float>().ToArray(), (int)unary.shape[0]);
    }

    /// <summary>Marginals of the lattice.</summary>
    public float[] Dense(CrfOptions? options = null, int? threads = null) => Infer(new DenseCrf(options ?? new(), threads));

    /// <summary>Marginals of a lattice that may have served other images.</summary>
    public float[] Infer(DenseCrf crf) => crf.Infer(Image.Width, Image.Height, Image.Pixels, Unary, Labels);

    /// <summary>Marginals of the exact kernels.</summary>
    public float[] Exact(CrfOptions? options = null) =>
        new ExactCrf(options ?? new()).Infer(Image.Width, Image.Height, Image.Pixels, Unary, Labels);

    /// <summary>The most probable label of each pixel.</summary>
    public int[] Best(float[] marginals) =>
        [.. Enumerable.Range(0, Pixels).Select(i => Enumerable.Range(0, Labels).MaxBy(label => marginals[label * Pixels + i]))];

    /// <summary>Mean absolute difference of marginals, and the share of pixels with the same best label.</summary>
    public (double Difference, double SameLabels) Compare(float[] a, float[] b) =>
        (a.Zip(b, (x, y) => Math.Abs((double)x - y)).Average(), Best(a).Zip(Best(b), (x, y) => x == y ? 1.0 : 0).Average());
}
