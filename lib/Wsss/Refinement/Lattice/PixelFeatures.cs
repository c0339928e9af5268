using Wsss.Data;

namespace Wsss.Refinement.Lattice;

/// <summary>Feature vectors of an image's pixels: position / σ_xy and, for five dimensions, colour / σ_rgb.</summary>
/// <param name="Width">Width in pixels.</param>
/// <param name="Height">Height in pixels.</param>
/// <param name="SigmaXy">Unit of the positions in pixels.</param>
/// <param name="SigmaRgb">Unit of the colours in grey levels.</param>
/// <param name="Colours">R, G, B per pixel, row by row; null for positions alone.</param>
internal sealed record PixelFeatures(int Width, int Height, float SigmaXy, float SigmaRgb, byte[]? Colours)
{
    private const int White = 255;

    /// <summary>The features of a smoothness kernel.</summary>
    public static PixelFeatures Of(RgbImage image, GaussianKernel kernel) => new(image.Width, image.Height, (float)kernel.Sigma, 1, null);

    /// <summary>The features of an appearance kernel.</summary>
    public static PixelFeatures Of(RgbImage image, BilateralKernel kernel) =>
        new(image.Width, image.Height, (float)kernel.SigmaXy, (float)kernel.SigmaRgb, image.Pixels);

    /// <summary>Number d of features.</summary>
    public int Dimensions => Colours is null ? 2 : 5;

    /// <summary>Number of pixels.</summary>
    public int Pixels => Width * Height;

    /// <summary>The largest value that the k-th feature can have; the smallest is 0.</summary>
    public double Largest(int k) => k switch
    {
        0 => (Width - 1) / (double)SigmaXy,
        1 => (Height - 1) / (double)SigmaXy,
        _ => White / (double)SigmaRgb,
    };

    /// <summary>Writes the features of <paramref name="count"/> pixels from <paramref name="first"/>, feature-major with that stride.</summary>
    public unsafe void Fill(int first, int count, float* features, int stride)
    {
        int y = first / Width, x = first % Width;
        for (int i = 0; i < count; i++)
        {
            features[i] = x / SigmaXy;
            features[stride + i] = y / SigmaXy;
            if (Colours is not null)
            {
                int at = 3 * (first + i);
                features[2 * stride + i] = Colours[at] / SigmaRgb;
                features[3 * stride + i] = Colours[at + 1] / SigmaRgb;
                features[4 * stride + i] = Colours[at + 2] / SigmaRgb;
            }
            if (++x == Width) (x, y) = (0, y + 1);
        }
    }
}
