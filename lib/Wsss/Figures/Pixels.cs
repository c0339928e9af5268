using SkiaSharp;
using Wsss.Data;

namespace Wsss.Figures;

/// <summary>Pixels on their way into SkiaSharp.</summary>
internal static class Pixels
{
    /// <summary>Copies an image; the caller disposes it.</summary>
    public static SKImage ToSkia(RgbImage image)
    {
        var rgba = new byte[4 * image.Width * image.Height];
        for (int from = 0, to = 0; from < image.Pixels.Length; from += 3, to += 4)
        {
            rgba[to] = image.Pixels[from];
            rgba[to + 1] = image.Pixels[from + 1];
            rgba[to + 2] = image.Pixels[from + 2];
            rgba[to + 3] = 255;
        }
        return SKImage.FromPixelCopy(new SKImageInfo(image.Width, image.Height, SKColorType.Rgba8888, SKAlphaType.Opaque), rgba);
    }

    /// <summary>The image in a size to look at: small ones by a whole factor without smoothing, large ones reduced.</summary>
    /// <param name="image">The image.</param>
    /// <param name="side">The longer side is to be at most that many pixels.</param>
    /// <returns>The size it is drawn in.</returns>
    public static SKSizeI FittedSize(RgbImage image, int side)
    {
        int longer = Math.Max(image.Width, image.Height);
        if (longer <= side) return new SKSizeI(image.Width * (side / longer), image.Height * (side / longer));
        double factor = (double)side / longer;
        return new SKSizeI(
            Math.Max(1, (int)Math.Round(image.Width * factor)), Math.Max(1, (int)Math.Round(image.Height * factor)));
    }

    /// <summary>Draws an image into a rectangle, sharp where it grows and averaged where it shrinks.</summary>
    public static void Draw(SKCanvas canvas, RgbImage image, SKRectI target)
    {
        using SKImage pixels = ToSkia(image);
        SKSamplingOptions sampling = target.Width < image.Width
            ? new SKSamplingOptions(SKFilterMode.Linear, SKMipmapMode.Linear)
            : new SKSamplingOptions(SKFilterMode.Nearest);
        canvas.DrawImage(pixels, target, sampling);
    }
}
