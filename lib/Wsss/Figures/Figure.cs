using SkiaSharp;
using Wsss.Data;

namespace Wsss.Figures;

/// <summary>A picture to look at, as a PNG.</summary>
/// <param name="Png">The file's bytes.</param>
/// <param name="Width">Width in pixels.</param>
/// <param name="Height">Height in pixels.</param>
/// <param name="Caption">What it shows, for hosts that print a text below it or read it aloud; null if it says so itself.</param>
public sealed record Figure(byte[] Png, int Width, int Height, string? Caption = null)
{
    /// <summary>Makes a figure of an image as it is.</summary>
    /// <param name="image">The pixels.</param>
    /// <param name="caption">What it shows.</param>
    public static Figure Of(RgbImage image, string? caption = null)
    {
        using SKImage pixels = Pixels.ToSkia(image);
        return Encode(pixels, caption);
    }

    /// <summary>Writes the PNG, atomically.</summary>
    /// <param name="path">The file to write; its folder is created if missing.</param>
    public void Save(string path) => AtomicFile.Write(path, stream => stream.Write(Png));

    internal static Figure Encode(SKImage image, string? caption)
    {
        using SKData png = image.Encode(SKEncodedImageFormat.Png, 100);
        return new Figure(png.ToArray(), image.Width, image.Height, caption);
    }
}
