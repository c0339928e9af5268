using SkiaSharp;
using Wsss.Data;

namespace Wsss.Notebooks.Charting.Pictures;

/// <summary>
/// A picture of few colours as a PNG with a palette: a third of the bytes that Skia writes for it, which notebooks carry in base64.
/// </summary>
internal static class PalettePng
{
    private const int MostColors = 256;

    /// <summary>The file; beyond the 256 commonest colours each pixel has the nearest of them.</summary>
    public static byte[] Encode(SKImage image)
    {
        using var bitmap = SKBitmap.FromImage(image);
        SKColor[] pixels = bitmap.Pixels;
        var counts = new Dictionary<SKColor, int>();
        foreach (var pixel in pixels) counts[pixel] = counts.GetValueOrDefault(pixel) + 1;
        SKColor[] palette = [.. counts.OrderByDescending(entry => entry.Value).ThenBy(entry => (uint)entry.Key)
            .Take(MostColors).Select(entry => entry.Key)];
        var indices = counts.Keys.ToDictionary(color => color, color => Nearest(palette, color));
        using var file = new MemoryStream();
        PngFormat.Write(
            file, new LabelMap(image.Width, image.Height, [.. pixels.Select(pixel => indices[pixel])]),
            [.. palette.SelectMany(color => (byte[])[color.Red, color.Green, color.Blue])]);
        return file.ToArray();
    }

    private static byte Nearest(SKColor[] palette, SKColor color) =>
        (byte)Enumerable.Range(0, palette.Length).MinBy(i => Distance(palette[i], color));

    private static int Distance(SKColor a, SKColor b) => Square(a.Red - b.Red) + Square(a.Green - b.Green) + Square(a.Blue - b.Blue);

    private static int Square(int value) => value * value;
}
