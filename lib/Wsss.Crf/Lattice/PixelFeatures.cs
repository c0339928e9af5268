namespace Wsss.Crf.Lattice;

/// <summary>Feature vectors of an image's pixels: position / σ_xy and, for five dimensions, colour / σ_rgb.</summary>
internal sealed unsafe class PixelFeatures
{
    private const int White = 255;

    private readonly byte* _colours; // [H, W, 3], the caller's, pinned; null for positions alone

    private PixelFeatures(int width, int height, double sigmaXy, double sigmaRgb, byte* colours)
    {
        (Width, Height, SigmaXy, SigmaRgb) = (width, height, (float)sigmaXy, (float)sigmaRgb);
        _colours = colours;
    }

    /// <summary>Width in pixels.</summary>
    public int Width { get; }

    /// <summary>Height in pixels.</summary>
    public int Height { get; }

    /// <summary>Unit of the positions in pixels.</summary>
    public float SigmaXy { get; }

    /// <summary>Unit of the colours in grey levels; says nothing for positions alone.</summary>
    public float SigmaRgb { get; }

    /// <summary>Whether colours are features too.</summary>
    public bool HasColours => _colours != null;

    /// <summary>Number d of features.</summary>
    public int Dimensions => HasColours ? 5 : 2;

    /// <summary>Number of pixels.</summary>
    public int Pixels => Width * Height;

    /// <summary>The features of a smoothness kernel.</summary>
    public static PixelFeatures Of(GaussianKernel kernel, int width, int height) => new(width, height, kernel.Sigma, 1, null);

    /// <summary>The features of an appearance kernel.</summary>
    /// <param name="kernel">The kernel.</param>
    /// <param name="width">Width W in pixels.</param>
    /// <param name="height">Height H in pixels.</param>
    /// <param name="colours">[H, W, 3] R, G, B per pixel; stays where it is as long as the features are used.</param>
    public static PixelFeatures Of(BilateralKernel kernel, int width, int height, byte* colours) =>
        new(width, height, kernel.SigmaXy, kernel.SigmaRgb, colours);

    /// <summary>The largest value that the k-th feature can have; the smallest is 0.</summary>
    public double Largest(int k) => k switch
    {
        0 => (Width - 1) / (double)SigmaXy,
        1 => (Height - 1) / (double)SigmaXy,
        _ => White / (double)SigmaRgb,
    };

    /// <summary>
    /// Writes the features of <paramref name="count"/> pixels from <paramref name="first"/>, feature-major with that stride.
    /// </summary>
    public void Fill(int first, int count, float* features, int stride)
    {
        int y = first / Width, x = first % Width;
        for (int i = 0; i < count; i++)
        {
            features[i] = x / SigmaXy;
            features[stride + i] = y / SigmaXy;
            if (HasColours)
            {
                byte* colour = _colours + 3L * (first + i);
                features[2 * stride + i] = colour[0] / SigmaRgb;
                features[3 * stride + i] = colour[1] / SigmaRgb;
                features[4 * stride + i] = colour[2] / SigmaRgb;
            }
            if (++x == Width) (x, y) = (0, y + 1);
        }
    }
}
