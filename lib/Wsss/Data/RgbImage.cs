namespace Wsss.Data;

/// <summary>A decoded photograph or drawing: 8-bit RGB, row by row, interleaved.</summary>
/// <remarks>Immutable by convention: nobody writes into <see cref="Pixels"/> after construction.</remarks>
public sealed class RgbImage
{
    /// <summary>Wraps pixels without copying them.</summary>
    /// <param name="width">Width in pixels, at least 1.</param>
    /// <param name="height">Height in pixels, at least 1.</param>
    /// <param name="pixels">R, G, B per pixel; length 3·width·height.</param>
    /// <exception cref="ArgumentException">The length does not fit the size.</exception>
    public RgbImage(int width, int height, byte[] pixels)
    {
        if (width < 1 || height < 1 || pixels.Length != 3L * width * height)
            throw new ArgumentException($"Expected 3·{width}·{height} bytes for a {width}×{height} image, found {pixels.Length}.");
        (Width, Height, Pixels) = (width, height, pixels);
    }

    /// <summary>Width in pixels.</summary>
    public int Width { get; }

    /// <summary>Height in pixels.</summary>
    public int Height { get; }

    /// <summary>R, G, B per pixel, row by row.</summary>
    public byte[] Pixels { get; }

    /// <summary>How many pixels it has.</summary>
    internal long PixelCount => (long)Width * Height;
}
