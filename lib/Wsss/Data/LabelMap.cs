namespace Wsss.Data;

/// <summary>
/// One byte per pixel, row by row: a class mask (0 background, c + 1 for class c, 255 ignore), a part mask, a binary mask
/// or a saliency map.
/// </summary>
/// <remarks>Immutable by convention: nobody writes into <see cref="Values"/> after construction.</remarks>
public sealed class LabelMap
{
    /// <summary>The value that training and evaluation skip (VOC's void).</summary>
    public const byte Ignore = 255;

    /// <summary>Wraps values without copying them.</summary>
    /// <param name="width">Width in pixels, at least 1.</param>
    /// <param name="height">Height in pixels, at least 1.</param>
    /// <param name="values">One value per pixel; length width·height.</param>
    /// <exception cref="ArgumentException">The length does not fit the size.</exception>
    public LabelMap(int width, int height, byte[] values)
    {
        if (width < 1 || height < 1 || values.Length != (long)width * height)
            throw new ArgumentException($"Expected {width}·{height} bytes for a {width}×{height} label map, found {values.Length}.");
        (Width, Height, Values) = (width, height, values);
    }

    /// <summary>Width in pixels.</summary>
    public int Width { get; }

    /// <summary>Height in pixels.</summary>
    public int Height { get; }

    /// <summary>One value per pixel, row by row.</summary>
    public byte[] Values { get; }
}
